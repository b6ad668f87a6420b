"""The list of what happened: entries of the book, newest first, filtered and stopped at will."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from twin.page.bubbles import clock
from twin.page.state import View
from twin.page.words import Words
from twin.shape import Json
from twin.stage import Stage

MOST = 80
_OK = 200
_HIDDEN = ("callback",)  # a delivery stands with its happening


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One entry in the list: when, of which sort, about whom, and in a few words what."""

    n: int
    clock: str
    sort: str
    sign: str
    who: str
    what: str
    outcome: str = ""
    is_bad: bool = False


def rows(stage: Stage, view: View, say: Words) -> tuple[Row, ...]:
    """Return the newest 80 entries that the view's filters let through."""
    return tuple(_rows(stage, view, say))


def people(stage: Stage) -> tuple[str, ...]:
    """Return everybody that the list can be filtered by."""
    return (*stage.world.customers, *(one.name for one in stage.world.staff))


def sorts() -> tuple[str, ...]:
    """Return the sorts that the list can be filtered by."""
    return ("happening", "call", "shown", "trouble", "rest")


def _rows(stage: Stage, view: View, say: Words) -> Iterator[Row]:
    found, last = 0, view.last() or len(stage.book.entries)
    for entry in reversed(stage.book.entries[:last]):
        if entry["kind"] in _HIDDEN or not _about(stage, view.about, entry):
            continue
        row = _row(stage, entry, say)
        if _sorted(view.sort, row) and _holds(view.find, row):
            yield row
            found += 1
        if found >= MOST:
            return


def _about(stage: Stage, wanted: str, entry: Json) -> bool:
    if not wanted:
        return True
    employee = stage.world.employee(wanted)
    names = {wanted, employee.userid} if employee else {wanted}
    return bool(names & set(str(entry.get("who", "")).split("|")))


def _sorted(wanted: str, row: Row) -> bool:
    return wanted in ("", row.sort) or (wanted == "trouble" and row.is_bad)


def _holds(wanted: str, row: Row) -> bool:
    return not wanted or wanted in f"{row.who} {row.what} {row.outcome}"


def _row(stage: Stage, entry: Json, say: Words) -> Row:
    kind = str(entry["kind"])
    told = _TOLD.get(kind, _other)(stage, entry)
    sort, what, outcome, is_bad = told
    return Row(
        n=int(str(entry["n"])),
        clock=clock(float(str(entry["at"]))),
        sort=sort,
        sign=say(f"sort_{sort}"),
        who=str(entry.get("who", "")),
        what=what,
        outcome=outcome,
        is_bad=is_bad,
    )


def _happening(stage: Stage, entry: Json) -> tuple[str, str, str, bool]:
    sent = stage.parcels.of(str(entry["id"]))
    what = f"{entry['account']} · {entry['event']}"
    if not sent:
        return "happening", what, "", False
    newest = sent[-1].answer
    outcome = f"{newest.status or newest.trouble} · {newest.ms:.0f} ms"
    if len(sent) > 1:
        outcome = f"×{len(sent)} {outcome}"
    return "happening", what, outcome, newest.status != _OK


def _call(stage: Stage, entry: Json) -> tuple[str, str, str, bool]:
    code, fault = entry["errcode"], str(entry["fault"])
    outcome = f"{code} {fault}".rstrip()
    what = str(entry["api"]).removeprefix("/cgi-bin/")
    return "call", what, outcome, bool(code) or bool(fault)


def _shown(stage: Stage, entry: Json) -> tuple[str, str, str, bool]:
    words = str(entry["text"])[:60]
    return "shown", words, str(entry["via"]), entry["kind"] == "fault_shown"


def _other(stage: Stage, entry: Json) -> tuple[str, str, str, bool]:
    named = (entry.get(one) for one in ("act", "account", "step", "reason", "chat_id", "how"))
    what = " · ".join([str(entry["kind"]), *(str(one) for one in named if one)])
    return "rest", what, "", entry.get("ok") is False


_TOLD: Mapping[str, Callable[[Stage, Json], tuple[str, str, str, bool]]] = {
    "happening": _happening,
    "call": _call,
    "shown": _shown,
    "fault_shown": _shown,
}
