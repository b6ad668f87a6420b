"""A home's server on loopback, in this process, as commands and other programs find it."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp.test_utils import TestServer

from bot.perform import Performer
from bot.web.app import new_app
from bot.web.keys import Rooms
from bot.worker import Staffing, Worker
from commands.report.tracing import traces_of
from tests.homes import Served, served_home
from tests.rooms import location_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A served home and where it listens."""

    rooms: Served
    port: int

    @property
    def url(self) -> str:
        """The base of its addresses."""
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def serving(home: Path, *, deciding: bool = False) -> AsyncIterator[Serving]:
    """Serve a home of samples by the wall clock while the context lasts.

    Only with `deciding` is decided what somebody waits for.
    """
    async with served_home(home, start_s=time.time()) as rooms:
        performer = Performer(rooms.db, {}, rooms.clock, rooms.shop.instance_key)
        staffing = Staffing(
            db=rooms.db, acceptor=rooms.acceptor, decider=rooms.decider, performer=performer
        )
        worker = Worker(staffing, rooms.clock, rooms.shop.times)
        if deciding:
            worker.able.set()
        parts = Rooms(
            db=rooms.db, shop=rooms.shop, acceptor=rooms.acceptor, worker=worker,
            clock=rooms.clock, ready=_ready,
            traces=traces_of(rooms.home, location_in(home), rooms.clock),
        )  # fmt: skip
        async with TestServer(new_app(parts)) as server:
            assert server.port is not None
            yield Serving(rooms=rooms, port=server.port)


async def _ready() -> dict[str, str]:
    return {}
