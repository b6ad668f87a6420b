"""The pages of docs/rules as a test walks them: files to lay down, mistakes, commands, words."""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from tests.source import ROOT

FOLDER = ROOT / "docs" / "rules"
INDEX = FOLDER / "README.md"
PARTS = re.compile(
    r"^```(?P<tag>\w*)\n(?P<text>.*?)^```$|<!-- said: (?P<who>\S+) (?P<words>.+?) -->",
    re.MULTILINE | re.DOTALL,
)
COMMAND = "python run.py "
REFUSED = "# refused: "
PATH = re.compile(r"# ([\w./-]+\.(?:yaml|csv|txt))")
CUT = "…"  # stands for whatever is left out of a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a follower typed before the commands below it."""

    who: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """Something to be laid into a home. `refused` is what the program must say of it."""

    path: str
    text: str
    named: bool
    refused: tuple[str, ...] = ()

    @property
    def is_rules(self) -> bool:
        """Whether it belongs to the home's rules."""
        return self.path.startswith("rules/")

    def lay(self, home: Path) -> None:
        """Write it; further rules of a page, and settings, go below what is there."""
        target = home / self.path
        target.parent.mkdir(exist_ok=True)
        goes_below = target.exists() and target.suffix == ".yaml"
        before = target.read_text("utf-8") if goes_below else ""
        target.write_text(before + self.text, "utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A command, and the lines that the page shows of its answer."""

    argv: tuple[str, ...]
    shown: tuple[str, ...]


Part = Said | File | Typed


def rule_pages() -> list[Path]:
    """Every page, the index left out."""
    return sorted(set(FOLDER.glob("*.md")) - {INDEX})


def parts(page: Path) -> Iterator[Part]:
    """What a page asks to be done, in its order."""
    for found in PARTS.finditer(page.read_text("utf-8")):
        if found["who"]:
            yield Said(who=found["who"], words=found["words"])
        elif found["tag"] == "console":
            yield from _typed(found["text"].splitlines())
        else:
            yield _file(found["text"], page)


def shows(shown: str, answer: str) -> bool:
    """Whether one line of an answer is the one shown, spaces and what is cut out aside."""
    looks = ".*".join(map(re.escape, " ".join(shown.split()).split(CUT)))
    return any(re.fullmatch(looks, " ".join(line.split())) for line in answer.splitlines())


def _typed(lines: Sequence[str]) -> Iterator[Typed]:
    starts = [at for at, line in enumerate(lines) if line.startswith(COMMAND)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield Typed(
            argv=tuple(shlex.split(lines[start].removeprefix(COMMAND))),
            shown=tuple(lines[start + 1 : end]),
        )


def _file(text: str, page: Path) -> File:
    head = list(takewhile(lambda line: line.startswith("# "), text.splitlines()))
    paths = [found[1] for line in head if (found := PATH.fullmatch(line))]
    return File(
        path=paths[0] if paths else f"rules/{page.stem}.yaml",
        text=text,
        named=bool(paths),
        refused=tuple(line.removeprefix(REFUSED) for line in head if line.startswith(REFUSED)),
    )
