"""Files → rules, or every problem at once; the last good version of a file stays live."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from keyword_rules.match import RuleSet, compile_rules
from keyword_rules.parse import Parsed, parse_rules
from keyword_rules.problem import Problem, Report, Spot
from keyword_rules.rule import Rule, Segment
from keyword_rules.segment import segment as cut_by_jieba
from keyword_rules.vocabulary import Vocabulary

MOST_RULES = 100_000

__all__ = ["MOST_RULES", "Loaded", "Problem", "RuleBook", "read", "rule_files"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What came of reading: the rules to use, every problem, and each file's SHA-256."""

    rules: tuple[Rule, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    name: str
    digest: str
    parsed: Parsed


def read(paths: Iterable[Path], vocabulary: Vocabulary, segment: Segment = cut_by_jieba) -> Loaded:
    """Read these files. A file with a problem gives its problems and none of its rules.

    Limits: 1 MiB a file, 100,000 rules. Raises nothing for a file that cannot be read: that is
    a problem too.
    """
    files = [_read_file(path, str(path), vocabulary, segment) for path in paths]
    return _chosen(files, {})[0]


def rule_files(folder: Path) -> tuple[Path, ...]:
    """The rule files under a folder, in the order in which their rules count."""
    found = (path for pattern in ("*.yaml", "*.yml") for path in folder.rglob(pattern))
    return tuple(
        sorted(path for path in found if not path.relative_to(folder).name.startswith("."))
    )


class RuleBook:
    """The rules of one folder, kept fresh.

    A bad file is refused alone: its last good version goes on, and its problems are shown. What
    is being matched is never touched; `current` is replaced in one assignment.
    """

    def __init__(
        self, folder: Path, vocabulary: Vocabulary, segment: Segment = cut_by_jieba
    ) -> None:
        self.folder = folder
        self.current: RuleSet = compile_rules((), segment=segment)
        self.problems: tuple[Problem, ...] = ()
        self._vocabulary = vocabulary
        self._segment = segment
        self._read: dict[str, _File] = {}
        self._good: dict[str, _File] = {}

    def reload(self, vocabulary: Vocabulary | None = None) -> Loaded:
        """Read what changed and use it. Repeating without a change costs only the reading.

        With another vocabulary every file is checked again by it.
        """
        if vocabulary is not None:
            self._vocabulary = vocabulary
            self._read = {}
        files = [self._fresh(path) for path in rule_files(self.folder)]
        loaded, self._good = _chosen(files, self._good)
        self._read = {file.name: file for file in files}
        self.problems = loaded.problems
        self.current = compile_rules(loaded.rules, segment=self._segment)
        return loaded

    def _fresh(self, path: Path) -> _File:
        name = path.relative_to(self.folder).as_posix()
        if not path.resolve().is_relative_to(self.folder.resolve()):
            return _refused(name, "链接指向规则文件夹之外，不读")
        known = self._read.get(name)
        return _read_file(path, name, self._vocabulary, self._segment, known)


def _read_file(
    path: Path, name: str, vocabulary: Vocabulary, segment: Segment, known: _File | None = None
) -> _File:
    try:
        raw = path.read_bytes()
    except OSError as error:
        return _refused(name, f"读不了：{error.strerror}")
    digest = hashlib.sha256(raw).hexdigest()
    if known and known.digest == digest:
        return known
    return _File(name=name, digest=digest, parsed=parse_rules(name, raw, vocabulary, segment))


def _refused(name: str, message: str) -> _File:
    report = Report(name)
    report.add(Spot(), message)
    return _File(name=name, digest="", parsed=Parsed(problems=tuple(report.problems)))


def _chosen(files: list[_File], good: Mapping[str, _File]) -> tuple[Loaded, dict[str, _File]]:
    """For each file the version to use: this one, else its last good one, else none."""
    claims: dict[str, Rule] = {}
    usable: dict[str, _File] = {}
    problems: list[Problem] = []
    # A file that did not change keeps its ids against one that did.
    for file in sorted(files, key=lambda file: good.get(file.name) != file):
        found = [*file.parsed.problems, *_conflicts(file, claims)]
        problems += found
        chosen = good.get(file.name) if found else file
        if chosen and not _conflicts(chosen, claims):
            usable[file.name] = chosen
            claims |= {rule.id: rule for rule in chosen.parsed.rules}
    rules = tuple(
        rule for file in files if file.name in usable for rule in usable[file.name].parsed.rules
    )
    loaded = Loaded(
        rules=rules,
        problems=tuple(sorted(problems)),
        files={file.name: file.digest for file in files},
    )
    return loaded, usable


def _conflicts(file: _File, claims: Mapping[str, Rule]) -> list[Problem]:
    taken, report = dict(claims), Report(file.name)
    for rule in file.parsed.rules:
        if not rule.id:  # that it has none was told when it was read
            continue
        if other := taken.get(rule.id):
            report.add(rule, f"规则 id {rule.id} 已经用在 {other.file}:{other.line}", "换一个 id")
        taken[rule.id] = rule
    if len(taken) > MOST_RULES:
        report.add(Spot(), f"规则超过 {MOST_RULES} 条")
    return report.problems
