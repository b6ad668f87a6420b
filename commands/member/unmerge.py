"""`member unmerge`: two people were taken for one; each gets back what was theirs."""

import asyncio
from pathlib import Path

import orjson

from bot.codec import event_to_json
from bot.db import inbox
from bot.errors import AlreadyServed, DatabaseTrouble
from bot.events import MergeUndone
from commands.member.direct import direct, home_of
from commands.parts.compose import Home
from commands.parts.problems import FINDINGS, FINE, USAGE, stop

VERSION = 1  # of the JSON form
_MOST_CHARS = 64


def run(number: int, by: str, home: Path, *, as_json: bool) -> int:
    """Undo merge `number` in the name of `by`; 1 when there was none.

    Repeating is safe: a merge that was undone stays as it is. Stops while a server runs, which
    owns the database.
    """
    name = by.strip()
    if not name or len(name) > _MOST_CHARS:
        stop(f"--by 要写谁撤销的，最多 {_MOST_CHARS} 个字", USAGE)
    read = home_of(home)
    try:
        told = asyncio.run(_undo(read, number, name))
    except AlreadyServed as served:
        stop(f"现在不能撤销：{served}。停下之后再运行这条命令，没有改动")
    except DatabaseTrouble as trouble:
        stop(str(trouble))
    if as_json:
        print(orjson.dumps({"v": VERSION, "number": number, **told}).decode())
    else:
        print(told["text"])
    return FINDINGS if told["code"] == "no_such_merge" else FINE


async def _undo(home: Home, number: int, by: str) -> dict[str, str]:
    async with direct(home) as rooms:
        now_us = rooms.shop.clock()
        canonical = f"unmerge\0{number}\0{by}\0{now_us}".encode()
        arrival = inbox.Arrival(
            account="operator",
            source="internal",
            dedupe=inbox.dedupe_key(rooms.shop.instance_key, canonical),
            kind=MergeUndone.__name__,
            body=event_to_json(MergeUndone(account="operator", merge=number, by=by)),
            received_us=now_us,
        )
        accepted = await rooms.db.write(lambda tx: inbox.accept(tx, arrival))
        decided = await rooms.decider.decide(accepted.id)
    if decided is None or decided.answer is None:
        stop("没有撤销成：请看 ledger 里隔离的事件")
    verdict: dict[str, str] = orjson.loads(decided.answer)
    return verdict
