"""Writes the tables of docs/reference/errors.md from the error tables and limits of the platforms.

`python -m tests.errors_page` brings the page up to date.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.platforms import aibot, kf, oa, wecom
from bot.platforms.budget import HALT_WAITS_S, QUOTA_WAITS_S
from bot.platforms.codes import MIDNIGHT, RETRY_WAITS_S, Reaction, Sorted, read_errors
from bot.platforms.limits import Limits
from commands.parts.doors import published_limits
from tests.source import ROOT

PAGE = ROOT / "docs" / "reference" / "errors.md"
BEGIN, END = "<!-- generated: {} -->", "<!-- end of {} -->"
PLATFORMS = {"oa": oa, "wecom": wecom, "kf": kf, "aibot": aibot}
_USUAL = {
    Reaction.RETRY: RETRY_WAITS_S,
    Reaction.QUOTA: QUOTA_WAITS_S,
    Reaction.HALT: HALT_WAITS_S,
}


def errors_table(name: str) -> str:
    """A Markdown table of a platform's own error codes, one line a code or a run of alike ones."""
    table = read_errors(Path(str(PLATFORMS[name].__file__)).with_name("errors.yaml"))
    lines = [
        "| code | meaning | 含义 | reaction | waits (s) | 现在怎么办 |",
        "|---|---|---|---|---|---|",
    ]
    ordered = sorted(table.lines.items(), key=lambda item: (item[0][0], item[0][1]))
    for codes, api, one in _runs([(api, line) for (api, _), line in ordered]):
        where = f"{codes} of `{api}`" if api else codes
        lines.append(
            f"| {where} | {one.en} | {one.meaning} | {one.reaction} | {_waits(one)}"
            f" | {one.advice} |"
        )
    return "\n".join(lines)


def _runs(lines: list[tuple[str, Sorted]]) -> Iterator[tuple[str, str, Sorted]]:
    """Put neighbouring codes that say the same into one line."""
    at = 0
    while at < len(lines):
        api, first = lines[at]
        end = at + 1
        while end < len(lines) and _alike(lines[end], (api, first), end - at):
            end += 1
        last = lines[end - 1][1].code
        yield (f"{first.code}" if last == first.code else f"{first.code}–{last}"), api, first
        at = end


def _alike(one: tuple[str, Sorted], other: tuple[str, Sorted], distance: int) -> bool:
    said = [(api, line.meaning, line.en, line.advice) for api, line in (one, other)]
    return said[0] == said[1] and one[1].code == other[1].code + distance


def _waits(one: Sorted) -> str:
    waits: Iterable[float] = one.waits or _USUAL.get(one.reaction, ())
    return ", ".join("midnight" if wait == MIDNIGHT else f"{wait:g}" for wait in waits)


def limits_table() -> str:
    """A Markdown table of every published call limit."""
    lines = ["| platform | API | calls | per |", "|---|---|---|---|"]
    for name, limits in published_limits().items():
        lines += [f"| {name} | {row} |" for row in _limit_rows(limits)]
    return "\n".join(lines)


def _limit_rows(limits: Limits) -> Iterator[str]:
    for api, listed in {"any other": limits.of_any, **limits.of_api}.items():
        for one in listed:
            yield f"{api} | {one.calls:,} | {one.per}"
    for api, calls in limits.at_once.items():
        yield f"{api} | {calls} | at once"


def written(page: str) -> str:
    """The page with its tables made anew."""
    tables = {name: errors_table(name) for name in PLATFORMS} | {"limits": limits_table()}
    for name, table in tables.items():
        begin, end = BEGIN.format(name), END.format(name)
        head, _, rest = page.partition(begin)
        _, _, tail = rest.partition(end)
        page = f"{head}{begin}\n{table}\n{end}{tail}"
    return page


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
