"""Tells the running server of a mass message, or decides it here when none runs."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from bot.codec import event_to_json
from bot.db import inbox
from bot.errors import AlreadyServed, DatabaseTrouble
from bot.events import Event
from bot.web.masses import canonical
from commands.member.direct import clock_of, direct
from commands.parts.compose import Home
from commands.parts.operator import operator_of
from commands.parts.problems import stop
from commands.parts.telling import server_of, told
from config.home import UnsafeKey, instance_key

_ASLEEP = "服务没有在运行：下次 serve 启动后才交给平台"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The verdict on what was told, and whether a server was there to hear it."""

    code: str
    text: str
    served: bool

    @property
    def remark(self) -> str:
        """Return what the operator must know when no server runs, "" when one does."""
        return "" if self.served else _ASLEEP


def tell(home: Home, event: Event, name: str) -> Heard:
    """Record an event of the operator's and return the verdict; stops when that fails.

    The same `name` gets the first verdict again, so repeating is safe.
    """
    try:
        return asyncio.run(_tell(home, event, name))
    except (DatabaseTrouble, UnsafeKey) as trouble:
        stop(f"{trouble}。什么都没有改，解决后原样再运行一次")


async def _tell(home: Home, event: Event, name: str) -> Heard:
    try:
        verdict, served = await _directly(home, event, name), False
    except AlreadyServed:
        verdict, served = await _by_the_server(home, event, name), True
    return Heard(code=str(verdict["code"]), text=str(verdict["text"]), served=served)


async def _directly(home: Home, event: Event, name: str) -> Mapping[str, object]:
    async with direct(home) as rooms:
        arrival = inbox.Arrival(
            account=event.account,
            source="internal",
            dedupe=inbox.dedupe_key(rooms.shop.instance_key, canonical(event, name).encode()),
            kind=type(event).__name__,
            body=event_to_json(event),
            received_us=rooms.shop.clock(),
        )
        accepted = await rooms.db.write(lambda tx: inbox.accept(tx, arrival))
        await rooms.decider.decide(accepted.id)
        decided = await rooms.db.read(lambda tx: inbox.look_again(tx, accepted.id))
    if decided.answer is None:
        stop("没有做成：请看 ledger 里隔离的事件")
    verdict: Mapping[str, object] = orjson.loads(decided.answer)
    return verdict


async def _by_the_server(home: Home, event: Event, name: str) -> Mapping[str, object]:
    source, clock = operator_of(instance_key(Path(home.folder))), await clock_of(home)
    body = orjson.dumps({
        "kind": type(event).__name__,
        "name": name,
        "event": orjson.Fragment(event_to_json(event)),
    })  # fmt: skip
    url = server_of(home.settings) + "/api/masses"
    verdict: Mapping[str, object] = (await told(url, source, body, clock, holds="verdict"))[
        "verdict"
    ]
    return verdict
