"""`proposals`: what group owners were asked to say, and whether they did."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from bot.clock import Clock, micros_of
from bot.db import proposals
from bot.db.tx import Row
from bot.facts import PROPOSAL_LIVES
from commands.parts.problems import FINE
from commands.report.names import Names, names_of
from commands.report.reading import reader_of
from commands.report.showing import clean, console, stamp, when

VERSION = 1  # of the JSON form
STATES = {"open": "待发", "sent": "已发送", "skipped": "没有发", "expired": "过了 24 小时没处理"}


def run(home: Path, *, still_open: bool, limit: int, as_json: bool) -> int:
    """Print proposals, the newest first; with `still_open` those that wait. Changes nothing."""
    reader, now_us = reader_of(home), Clock()()
    since_us = now_us - micros_of(PROPOSAL_LIVES) if still_open else None
    found = reader.ask(lambda tx: proposals.listed(tx, open_since_us=since_us, limit=limit))
    if as_json:
        document = {"v": VERSION, "proposals": [_document(row, now_us) for row in found]}
        print(orjson.dumps(document).decode())
    else:
        zone = ZoneInfo(reader.home.settings.store_zone)
        _print(found, names_of(reader.home), zone, now_us)
    return FINE


def _document(row: Row, now_us: int) -> dict[str, object]:
    return {
        "task": row["task"],
        "state": proposals.state_of(row, now_us),
        "chat": row["chat"],
        "staff": row["staff"],
        "person": row["person_id"],
        "text": row["text"],
        "at": stamp(row["at_us"]),
        "done_at": stamp(row["done_us"]),
        "done_by": row["done_by"],
    }


def _print(found: Sequence[Row], names: Names, zone: ZoneInfo, now_us: int) -> None:
    out = console()
    if not found:
        out.print("没有：群里没有等着群主回的话")
        return
    for row in found:
        state = STATES[proposals.state_of(row, now_us)]
        where = f"{names.group(row['chat'])} {names.staff(row['staff'])}"
        out.print(clean(f"{when(row['at_us'], zone)}  {state}  {where}  {row['text']}"))
