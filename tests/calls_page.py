"""Writes the tables of docs/reference/calls.md from the calls as they are declared.

`python -m tests.calls_page` brings the page up to date.
"""

from collections.abc import Mapping
from typing import Any

from bot.platforms.call import Call, Paged, Upload
from bot.platforms.kf.api import CALLS as KF
from bot.platforms.oa.api import CALLS as OA
from bot.platforms.wecom.api import CALLS as WECOM
from bot.shared.meter import Per
from commands.parts.doors import published_limits
from tests.source import ROOT

PAGE = ROOT / "docs" / "reference" / "calls.md"
BEGIN, END = "<!-- generated: {} -->", "<!-- end of {} -->"
CALLS: Mapping[str, tuple[type[Call[Any]], ...]] = {"oa": OA, "wecom": WECOM, "kf": KF}
_A = {Per.MINUTE: "a minute", Per.HOUR: "an hour", Per.DAY: "a day"}
EVERY = tuple(call for calls in CALLS.values() for call in calls)


def table(platform: str) -> str:
    """A Markdown table of the calls to a platform, one line an API and use."""
    lines = ["| call | API | class | limits | what it does | sheet |", "|---|---|---|---|---|---|"]
    for call in CALLS[platform]:
        doc = " ".join((call.__doc__ or "").partition("\n\n")[0].split())
        lines.append(
            f"| `{call.__name__}` | {call.method} `{call.api}`{_form(call)} | {call.klass}"
            f" | {_limits(platform, call.api)} | {doc} | {call.source} |"
        )
    return "\n".join(lines)


def _form(call: type[Call[Any]]) -> str:
    if issubclass(call, Paged):
        return ", paged"
    return ", a file" if issubclass(call, Upload) else ""


def _limits(platform: str, api: str) -> str:
    known = published_limits()["oa" if platform == "oa" else "wecom"]
    return ", ".join(f"{one.calls:,} {_A[one.per]}" for one in known.of(api)) or "none published"


def written(page: str) -> str:
    """The page with its tables made anew."""
    for platform in CALLS:
        begin, end = BEGIN.format(platform), END.format(platform)
        head, _, rest = page.partition(begin)
        _, _, tail = rest.partition(end)
        page = f"{head}{begin}\n{table(platform)}\n{end}{tail}"
    return page


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
