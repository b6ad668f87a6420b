"""`member merges`: who was taken for one, by what, and whether that was undone."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from bot.db.merged import Merged
from bot.db.merged import merges as merges_of
from commands.parts.problems import FINE
from commands.report.reading import reader_of
from commands.report.showing import clean, console, stamp, when
from commands.report.words import LINKED

VERSION = 1  # of the JSON form


def run(home: Path, *, limit: int, as_json: bool) -> int:
    """Print the newest merges of a home. Changes nothing."""
    reader = reader_of(home)
    found = reader.ask(lambda tx: merges_of(tx, limit))
    if as_json:
        print(orjson.dumps({"v": VERSION, "merges": documents(found)}).decode())
    else:
        _print(found, ZoneInfo(reader.home.settings.store_zone))
    return FINE


def documents(found: Sequence[Merged]) -> list[dict[str, object]]:
    """Return merges as programs read them."""
    return [
        {
            "number": one.number,
            "keep": one.keep,
            "gone": one.gone,
            "how": one.how,
            "event_id": one.event_id or None,
            "rows": one.rows,
            "at": stamp(one.at_us),
            "undone": stamp(one.undone_us),
            "undone_by": one.undone_by,
        }
        for one in found
    ]


def line(one: Merged, zone: ZoneInfo) -> str:
    """Return a merge as one line for a person."""
    undone = ""
    if one.undone_us is not None:
        undone = f"；{when(one.undone_us, zone)} 由 {clean(one.undone_by)} 撤销"
    how = LINKED.get(one.how, one.how)
    return f"#{one.number} {when(one.at_us, zone)} {one.gone} 并入 {one.keep}，凭 {how}{undone}"


def _print(found: Sequence[Merged], zone: ZoneInfo) -> None:
    out = console()
    if not found:
        out.print("还没有合并过谁")
    for one in found:
        out.print(line(one, zone), style="dim" if one.undone_us else "")
    if any(one.undone_us is None for one in found):
        out.print("认错了人就撤销：member unmerge 编号 --by 名字")
