"""Writes the tables of docs/reference/matching.md from what is measured.

`python -m tests.matching.page` brings the page up to date.
"""

from collections.abc import Mapping

from commands.parts.compose import sample_home
from tests.matching.__main__ import sets_of
from tests.matching.measured import Measured
from tests.matching.report import heard_line, tables
from tests.matching.variants import Stage, stage_of
from tests.source import ROOT

PAGE = ROOT / "docs" / "reference" / "matching.md"
_BEGIN, _END = "<!-- generated: {} -->", "<!-- end of {} -->"


def written(page: str, sets: Mapping[str, str]) -> str:
    """The page with the tables of these sets as they should be; others stay as they are."""
    for name, told in sets.items():
        begin, end = _BEGIN.format(name), _END.format(name)
        head, _, rest = page.partition(begin)
        page = f"{head}{begin}\n\n{told}\n\n{end}{rest.partition(end)[2]}"
    return page


def section(done: Measured, stage: Stage) -> str:
    """What the page tells of one set."""
    told = [table.markdown() for table in tables(done, stage)]
    return "\n\n".join([*told, _first_upper(f"{heard_line(done)}.")])


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


if __name__ == "__main__":
    shop = stage_of(sample_home())
    told = {done.name: section(done, shop) for done in sets_of(shop)}
    PAGE.write_text(written(PAGE.read_text("utf-8"), told), "utf-8")
