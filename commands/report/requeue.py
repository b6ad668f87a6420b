"""`ledger --requeue`: quarantined events are decided once more, after what was wrong is fixed."""

import asyncio
import re
from pathlib import Path

import orjson

from bot.db import inbox
from bot.errors import AlreadyServed, DatabaseTrouble
from commands.member.direct import clock_of, direct, home_of
from commands.parts.compose import Home
from commands.parts.operator import operator_of
from commands.parts.problems import FINDINGS, FINE, USAGE, stop
from commands.parts.telling import server_of, told
from config.home import UnsafeKey, instance_key

VERSION = 1  # of the JSON form
EVERYTHING = "all"
_EVENT_ID = re.compile(r"[0-9A-Z]{26}")


def run(folder: Path, which: str, *, as_json: bool = False) -> int:
    """Have one quarantined event decided again, or `all`; by the running server if there is one.

    Repeating is safe: what was decided meanwhile stays as it is.
    """
    if which != EVERYTHING and not _EVENT_ID.fullmatch(which):
        stop("要写全：ledger --requeue 事件号（26 位，账本的「已隔离」里有）或 all", USAGE)
    event_id = "" if which == EVERYTHING else which
    try:
        count = asyncio.run(_requeue(home_of(folder), event_id))
    except (DatabaseTrouble, UnsafeKey) as trouble:
        stop(str(trouble))
    if as_json:
        print(orjson.dumps({"v": VERSION, "requeued": count}).decode())
        return FINE if count else FINDINGS
    if not count:
        stop("没有隔离的事件" if not event_id else f"事件 {event_id} 不在隔离中，没有改动")
    print(f"{count} 个隔离的事件已重新排队；还处理不了的会再次隔离（ledger 可看）")
    return FINE


async def _requeue(home: Home, event_id: str) -> int:
    try:
        async with direct(home) as rooms:
            now_us = rooms.shop.clock()
            return await rooms.db.write(lambda tx: inbox.requeue(tx, event_id, now_us))
    except AlreadyServed:
        return await _by_the_server(home, event_id)


async def _by_the_server(home: Home, event_id: str) -> int:
    source = operator_of(instance_key(home.folder))
    url, body = server_of(home.settings) + "/api/requeue", orjson.dumps({"event": event_id})
    answer = await told(url, source, body, await clock_of(home), holds="requeued")
    return int(answer["requeued"])
