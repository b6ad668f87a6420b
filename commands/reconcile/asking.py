"""Has accounts compared: by the running server, or here when none runs."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import orjson

from bot import rounds
from bot.actions import AskStaff
from bot.db import comparisons, reading
from bot.db.tx import Tx
from bot.errors import AlreadyServed
from bot.lease import Lease
from bot.perform import Performer, Terms
from bot.platforms.wire import new_session
from commands.member.direct import Direct, clock_of, direct
from commands.parts.compose import Home
from commands.parts.doors import doors
from commands.parts.operator import operator_of
from commands.parts.pictures import MEDIA
from commands.parts.telling import server_of, told
from commands.report.reading import database_of
from config.home import instance_key

_WITHIN_S = 600.0
_LOOK_S = 0.5
_LANES = (AskStaff.lane, AskStaff.lane)  # what is only asked; what is owed besides waits for serve
_AT_ONCE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How a comparison ended: whether all was asked, and how much waits for a server to run."""

    done: bool = True
    owed: int = 0


async def compare(home: Home, accounts: Sequence[str]) -> Compared:
    """Compare accounts now, for up to ten minutes.

    What is not done by then goes on in the running server, or when one is started. Raises
    DatabaseTrouble; stops when a running server cannot be asked.
    """
    try:
        async with direct(home) as rooms:
            done = await _here(home, rooms, accounts)
            return Compared(done=done, owed=await rooms.db.read(comparisons.left_owed))
    except AlreadyServed:
        return Compared(done=await _by_the_server(home, accounts))


async def _by_the_server(home: Home, accounts: Sequence[str]) -> bool:
    source = operator_of(instance_key(home.folder))
    url, clock = server_of(home.settings) + "/api/reconcile", await clock_of(home)
    body = orjson.dumps({"accounts": list(accounts)})
    await told(url, source, body, clock, holds="runs")
    running = partial(comparisons.running, accounts=accounts, pulling=True)
    look = partial(reading.ask, database_of(home), running)
    for _ in range(int(_WITHIN_S / _LOOK_S)):
        if not await asyncio.to_thread(look):
            return True
        await asyncio.sleep(_LOOK_S)
    return False


async def _here(home: Home, rooms: Direct, accounts: Sequence[str]) -> bool:
    async def begun(tx: Tx) -> None:
        for one in accounts:
            await rounds.begin(tx, rooms.shop, one, asked=True)

    await rooms.db.write(begun)
    async with new_session(home.settings.send_timeout_s) as session:
        clock, media = rooms.shop.clock, home.folder / MEDIA
        ways = doors(home.settings, rooms.db, session, clock, media)
        lease = Lease(rooms.db, "reconcile", call_s=home.settings.send_timeout_s)
        performer = Performer(rooms.db, ways, clock, rooms.shop.instance_key, Terms(lease=lease))
        try:
            async with lease.held(), asyncio.timeout(_WITHIN_S):
                return await _until_done(rooms, performer, accounts)
        except TimeoutError:
            return False


async def _until_done(rooms: Direct, performer: Performer, accounts: Sequence[str]) -> bool:
    running = partial(comparisons.running, accounts=accounts, pulling=False)
    while True:
        waiting = await rooms.db.read(comparisons.undecided)
        await rooms.decide(waiting)
        rows = await performer.claim(_AT_ONCE, _LANES)
        await asyncio.gather(*(performer.perform(row) for row in rows))
        if waiting or rows:
            continue
        if not await rooms.db.read(running):
            return True
        await asyncio.sleep(_LOOK_S)
