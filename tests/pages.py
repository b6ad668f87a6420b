"""The project's Markdown pages as a test sees them: fenced blocks, headings, links."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.source import ROOT

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block: its tag, and its lines."""

    tag: str
    lines: tuple[str, ...]


def pages() -> list[Path]:
    """Every page of the project, those that others installed left out."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found = FENCE.findall(page.read_text(encoding="utf-8"))
    return [Block(tag=tag, lines=tuple(text.splitlines())) for tag, text in found]


def headings(page: Path) -> list[tuple[int, str]]:
    """Level and text of each heading, those inside fenced blocks left out."""
    prose = FENCE.sub("", page.read_text(encoding="utf-8"))
    return [(len(marks), text) for marks, text in HEADING.findall(prose)]


def links(page: Path) -> list[str]:
    """Where the links of a page lead, those inside fenced blocks left out."""
    return LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
