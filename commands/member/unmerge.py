"""`member unmerge`: two people were taken for one; each gets back what was theirs."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import orjson

from bot.codec import event_to_json
from bot.db import inbox
from bot.errors import AlreadyServed, DatabaseTrouble
from bot.events import MergeUndone
from bot.web.operator import LAST
from bot.web.unmerge import MOST_CHARS, canonical
from commands.member.direct import direct, home_of
from commands.parts.acting import by_the_server
from commands.parts.compose import Home
from commands.parts.problems import FINDINGS, FINE, USAGE, stop

VERSION = 1  # of the JSON form


def run(number: int, by: str, home: Path, *, as_json: bool) -> int:
    """Undo merge `number` in the name of `by`, by the running server if there is one.

    Returns 1 when there was none. Repeating is safe: a merge that was undone stays as it is.
    """
    name = by.strip()
    if not name or len(name) > MOST_CHARS:
        stop(f"--by 要写谁撤销的，最多 {MOST_CHARS} 个字", USAGE)
    if number > LAST:
        stop(f"没有第 {number} 号合并")
    event = MergeUndone(account="operator", merge=number, by=name)
    try:
        verdict = asyncio.run(_undo(home_of(home), event))
    except DatabaseTrouble as trouble:
        stop(str(trouble))
    if as_json:
        print(orjson.dumps({"v": VERSION, "number": number, **verdict}).decode())
    else:
        print(verdict["text"])
    return FINDINGS if verdict["code"] == "no_such_merge" else FINE


async def _undo(home: Home, event: MergeUndone) -> Mapping[str, str]:
    try:
        return await _directly(home, event)
    except AlreadyServed:
        body = {"merge": event.merge, "by": event.by}
        told: Mapping[str, str] = await by_the_server(home, "/api/unmerge", body, holds="verdict")
        return told


async def _directly(home: Home, event: MergeUndone) -> Mapping[str, str]:
    async with direct(home) as rooms:
        now_us = rooms.shop.clock()
        arrival = inbox.Arrival(
            account=event.account,
            source="internal",
            dedupe=inbox.dedupe_key(rooms.shop.instance_key, canonical(event, now_us).encode()),
            kind=MergeUndone.__name__,
            body=event_to_json(event),
            received_us=now_us,
        )
        accepted = await rooms.db.write(lambda tx: inbox.accept(tx, arrival))
        decided = await rooms.decider.decide(accepted.id)
    if decided is None or decided.answer is None:
        stop("没有撤销成：请看 ledger 里隔离的事件")
    verdict: Mapping[str, str] = orjson.loads(decided.answer)
    return verdict
