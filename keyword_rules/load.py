"""Files → rules, or every problem at once; the last good version of a file stays live."""

import os.path
import stat
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from keyword_rules.chosen import Loaded, ReadFile, chosen
from keyword_rules.match import RuleSet, compile_rules
from keyword_rules.parse import Parsed, parse_rules
from keyword_rules.problem import Problem, Report, Spot
from keyword_rules.rule import Segment
from keyword_rules.segment import segment as cut_by_jieba
from keyword_rules.vocabulary import Vocabulary
from keyword_rules.yaml_source import LARGEST_FILE_BYTES

__all__ = ["Loaded", "Problem", "RuleBook", "read", "rule_files", "within"]


def read(paths: Iterable[Path], vocabulary: Vocabulary, segment: Segment = cut_by_jieba) -> Loaded:
    """Read these files. A file with a problem gives its problems and none of its rules.

    Limits: 1 MiB a file, 100,000 rules. Raises nothing for a file that cannot be read: that is
    a problem too.
    """
    reading = _Reading(vocabulary, segment)
    return chosen([reading.file(path, str(path)) for path in paths], {})[0]


def rule_files(folder: Path) -> tuple[Path, ...]:
    """The rule files under a folder, in the order in which their rules count."""
    found = (path for pattern in ("*.yaml", "*.yml") for path in folder.rglob(pattern))
    return tuple(
        sorted(path for path in found if not path.relative_to(folder).name.startswith("."))
    )


def shut_folders(folder: Path) -> Mapping[str, str]:
    """The folders of rules that cannot be listed, by their path in it ("" is itself), and why."""
    shut: dict[str, str] = {}

    def note(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            name = os.path.relpath(error.filename, folder)
            shut["" if name == os.curdir else f"{name}/"] = f"读不了：{error.strerror}"

    for _ in os.walk(folder, onerror=note):
        pass
    return shut


def within(path: Path, folder: Path) -> bool:
    """Whether a path leads into the folder, links followed; one that leads in a circle does."""
    # Path.resolve raises for a circle of links, which opening the file then tells as it should be.
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


class RuleBook:
    """The rules of one folder, kept fresh.

    A bad file is refused alone: its last good version goes on, and its problems are shown. What
    is being matched is never touched; `current` is replaced in one assignment. `same_sound` maps
    a syllable to the one it counts as, by default itself.
    """

    def __init__(
        self,
        folder: Path,
        vocabulary: Vocabulary,
        segment: Segment = cut_by_jieba,
        same_sound: Callable[[str], str] = str,
    ) -> None:
        self.folder = folder
        self.vocabulary = vocabulary
        self.segment = segment
        self.same_sound = same_sound
        self.current: RuleSet = compile_rules((), segment=segment, same_sound=same_sound)
        self.loaded = Loaded()
        self._read: dict[str, ReadFile] = {}
        self._good: dict[str, ReadFile] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong when the rules were last read."""
        return self.loaded.problems

    def use(self, rules: RuleSet, loaded: Loaded) -> None:
        """Take into use what was made elsewhere."""
        self.loaded = loaded
        self.current = rules

    def reload(self, vocabulary: Vocabulary | None = None) -> Loaded:
        """Read what changed and use it. Repeating without a change costs only the reading.

        With another vocabulary every file is checked again by it.
        """
        if vocabulary is not None:
            self.vocabulary = vocabulary
            self._read = {}
        loaded = self.read()
        rules = compile_rules(loaded.rules, segment=self.segment, same_sound=self.same_sound)
        self.use(rules, loaded)
        return loaded

    def read(
        self,
        telling: Callable[[str], None] = lambda name: None,
        refused: Mapping[str, str] | None = None,
    ) -> Loaded:
        """Read what changed and use nothing yet; `telling` hears the name of each file before.

        Those in `refused` are not read, for the reason given there.
        """
        reading = _Reading(self.vocabulary, self.segment, self.same_sound, telling)
        files = []
        for path in rule_files(self.folder):
            name = path.relative_to(self.folder).as_posix()
            if refused and name in refused:
                files.append(_refused(name, refused[name]))
            elif not within(path, self.folder):
                files.append(_refused(name, "链接指向规则文件夹之外，不读"))
            else:
                files.append(reading.file(path, name, self._read.get(name)))
        files += self._behind(self._shut())
        files.sort(key=lambda file: Path(file.name))
        loaded, self._good = chosen(files, self._good)
        self._read = {file.name: file for file in files}
        return loaded

    def _shut(self) -> Mapping[str, str]:
        if self._good and not self.folder.is_dir():  # nobody takes back every rule like that
            return {"": "规则文件夹不在了"}
        return shut_folders(self.folder)

    def _behind(self, shut: Mapping[str, str]) -> list[ReadFile]:
        """Folders that are shut or gone, and what was good in them, which goes on."""
        return [
            _refused(name, why)
            for folder, why in shut.items()
            for name in (folder or "./", *(one for one in self._good if one.startswith(folder)))
        ]

    def good_texts(self) -> Mapping[str, bytes]:
        """What is in use of each file, as it was written: its newest version without a mistake."""
        return {name: file.raw for name, file in self._good.items()}

    def trust(
        self, texts: Mapping[str, bytes], telling: Callable[[str], None] = lambda name: None
    ) -> None:
        """Take these as the last good versions of their files, as far as they are good here."""
        for name, raw in texts.items():
            telling(name)
            parsed = parse_rules(name, raw, self.vocabulary, self.segment, self.same_sound)
            if not parsed.problems:
                file = ReadFile(name=name, digest=_digest(raw), raw=raw, parsed=parsed)
                self._good[name] = self._read[name] = file


class _Reading:
    """Reads files, those alone that are not known."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        segment: Segment,
        same_sound: Callable[[str], str] = str,
        telling: Callable[[str], None] = lambda name: None,
    ) -> None:
        self._vocabulary = vocabulary
        self._segment = segment
        self._same_sound = same_sound
        self._telling = telling

    def file(self, path: Path, name: str, known: ReadFile | None = None) -> ReadFile:
        """Read one file; a problem where that is not possible."""
        try:
            found = path.stat()
            if not stat.S_ISREG(found.st_mode):
                return _refused(name, "不是普通文件，不读")
            with path.open("rb") as opened:
                raw = opened.read(LARGEST_FILE_BYTES + 1)  # one more shows that it is too large
        except OSError as error:
            return _refused(name, f"读不了：{error.strerror}")
        writable = bool(found.st_mode & stat.S_IWOTH)
        if known and known.digest == _digest(raw) and known.writable == writable:
            return known
        self._telling(name)
        parsed = parse_rules(name, raw, self._vocabulary, self._segment, self._same_sound)
        return ReadFile(
            name=name, digest=_digest(raw), raw=raw, parsed=parsed, writable=writable
        )  # fmt: skip


def _digest(raw: bytes) -> str:
    return sha256(raw).hexdigest()


def _refused(name: str, message: str) -> ReadFile:
    report = Report(name)
    report.add(Spot(), message)
    return ReadFile(name=name, parsed=Parsed(problems=tuple(report.problems)))
