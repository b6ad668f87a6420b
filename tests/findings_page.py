"""Writes the kinds of findings of docs/how-to/check.md from those that there are.

`python -m tests.findings_page` brings the page up to date.
"""

from commands.checking.kinds import KINDS
from tests.source import ROOT

PAGE = ROOT / "docs" / "how-to" / "check.md"
BEGIN, END = "<!-- generated: findings -->", "<!-- end of findings -->"


def written(page: str) -> str:
    """The page with the table as it should be."""
    rows = [f"| `{name}` | {kind.level} | {kind.tells} |" for name, kind in KINDS.items()]
    table = "\n".join(["| kind | level | tells |", "|---|---|---|", *rows])
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
