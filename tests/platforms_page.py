"""Writes the tables of docs/reference/callbacks.md and quality.md from the platforms' own data.

`python -m tests.platforms_page` brings both pages up to date.
"""

from collections.abc import Mapping
from pathlib import Path

import yaml

from bot import platforms
from bot.platforms.kinds import read_kinds
from commands.report.payload import PLATFORMS
from tests.source import ROOT

REFERENCE = ROOT / "docs" / "reference"
CALLBACKS, QUALITY = REFERENCE / "callbacks.md", REFERENCE / "quality.md"
BEGIN, END = "<!-- generated: {} -->", "<!-- end of {} -->"

CHECKS: Mapping[str, str] = {
    "verify": "the callback URL verifies, and a false verification is refused",
    "seal": "a callback is verified and opened before it is believed; a damaged one is quarantined",
    "known": "every message and event that the sheets name is recognised, and no field is lost",
    "tolerant": "spellings, lists, numbers and modes that differ in the wild read alike",
    "once": "a redelivery changes nothing",
    "replies": "every type of answer inside the response can be written",
    "deadline": "what must be answered in time outranks everything else",
    "errors": "every error code of the sheets says what it means and what to do now",
    "token": "one refresher, ahead of expiry, one bounded retry",
    "budget": "calls stay below the published limits; a closed API stays closed over a restart",
    "doctor": "the first hour: each usual mistake is named with its next step",
    "twin": "the offline twin plays it on the wire",
    "paged": "large lists are read page by page",
    "late": "what no callback told us is found by asking",
}


def quality_of(platform: str) -> Mapping[str, Mapping[str, str]]:
    """How complete a platform is: check → status, and the test that shows it or the reason."""
    path = Path(str(platforms.__file__)).parent / platform / "quality.yaml"
    checks: Mapping[str, Mapping[str, str]] = yaml.safe_load(path.read_text("utf-8"))["checks"]
    return checks


def kinds_table(platform: str) -> str:
    """A Markdown table of every kind a platform sends, one line a subject."""
    lines = ["| subject | acted on | of a customer | recorded | sheet |", "|---|---|---|---|---|"]
    for group in read_kinds(platform).groups:
        acted = "<br>".join(f"`{kind}` → {event}" for kind, event in group.acted.items())
        theirs, recorded = (
            " ".join(f"`{kind}`" for kind in kinds) for kinds in (group.of_customer, group.recorded)
        )
        source = group.source or "—"
        lines.append(f"| {group.subject} | {acted} | {theirs} | {recorded} | {source} |")
    return "\n".join(lines)


def quality_table() -> str:
    """A Markdown table of every check, one column a platform."""
    lines = [f"| check | {' | '.join(PLATFORMS)} |", "|---|" + "---|" * len(PLATFORMS)]
    told = {platform: quality_of(platform) for platform in PLATFORMS}
    for check, says in CHECKS.items():
        cells = [_cell(told[platform][check]) for platform in PLATFORMS]
        lines.append(f"| {says} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(line: Mapping[str, str]) -> str:
    if line["status"] == "done":
        return f"done (`tests/{line['shown_by']}.py`)"
    return f"**{line['status']}**: {line['reason']}"


def written(page: str, tables: Mapping[str, str]) -> str:
    """The page with its tables made anew."""
    for name, table in tables.items():
        begin, end = BEGIN.format(name), END.format(name)
        head, _, rest = page.partition(begin)
        _, _, tail = rest.partition(end)
        page = f"{head}{begin}\n{table}\n{end}{tail}"
    return page


def pages() -> dict[Path, str]:
    """Each page as it should read now."""
    kinds = {platform: kinds_table(platform) for platform in PLATFORMS}
    return {
        CALLBACKS: written(CALLBACKS.read_text("utf-8"), kinds),
        QUALITY: written(QUALITY.read_text("utf-8"), {"quality": quality_table()}),
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, "utf-8")
