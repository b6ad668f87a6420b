"""Accepts callbacks together where many processes write: what waits goes with the next statement.

On SQLite the one writer shares its commits already. On PostgreSQL a statement and a commit for
each callback cost most of the time that accepting takes.
"""

import asyncio
from collections import deque
from functools import partial

from bot.db import inbox
from bot.db.inbox import Accepted, Arrival
from bot.db.tx import Database
from bot.errors import DatabaseTrouble

_MOST = 64  # arrivals in one statement
Waiting = tuple[Arrival, "asyncio.Future[Accepted]"]


class Arrivals:
    """Records arrivals of one process in groups, in the order in which they came."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: deque[Waiting] = deque()
        self._flushing: asyncio.Task[None] | None = None  # one, for two would mix the order up

    async def accept(self, arrival: Arrival) -> Accepted:
        """Record an arrival as `inbox.accept` does; return when it is on disk.

        Raises DatabaseTrouble. One that cannot be recorded takes no other with it.
        """
        future: asyncio.Future[Accepted] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, future))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        return await future

    async def _flush(self) -> None:
        while self._waiting:
            group = self._next_group()
            try:
                work = partial(inbox.accept_all, arrivals=[one for one, _ in group])
                accepted = await self._db.write(work, soon=True)
            except DatabaseTrouble as trouble:
                for _, future in group:
                    _raise(future, trouble)
            except Exception as fault:  # noqa: BLE001  (raised again where it belongs)
                await self._one_by_one(group, fault)
            else:
                for (_, future), one in zip(group, accepted, strict=True):
                    _settle(future, one)

    def _next_group(self) -> list[Waiting]:
        """Take out what goes together: a power of two, so that few statements are prepared.

        A message that waits twice goes twice.
        """
        most = 1 << (min(len(self._waiting), _MOST).bit_length() - 1)
        group: dict[str, Waiting] = {}
        while len(group) < most and self._waiting[0][0].dedupe not in group:
            one = self._waiting.popleft()
            group[one[0].dedupe] = one
            if not self._waiting:
                break
        return list(group.values())

    async def _one_by_one(self, group: list[Waiting], fault: Exception) -> None:
        if len(group) == 1:
            _raise(group[0][1], fault)
            return
        for arrival, future in group:
            try:
                work = partial(inbox.accept, arrival=arrival)
                _settle(future, await self._db.write(work, soon=True))
            except Exception as own:  # noqa: BLE001  (raised again in its caller)
                _raise(future, own)


def _settle(future: "asyncio.Future[Accepted]", accepted: Accepted) -> None:
    if not future.done():  # whoever waited was cancelled
        future.set_result(accepted)


def _raise(future: "asyncio.Future[Accepted]", fault: Exception) -> None:
    if not future.done():
        future.set_exception(fault)
