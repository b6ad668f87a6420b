"""Clears away what is older than it is kept, while the shop goes on and customers come first."""

import time

import structlog

from bot.clock import Now
from bot.db import erasing, retention
from bot.db.retention import SORTS, Cleared, Keeping
from bot.db.tx import Database, Tx

FIRST_S = 60.0  # a process that starts has other things to do
_NEXT_S = 0.05  # between two slices
_BUSY_S = 1.0
_SLOW_S = 0.1  # a slice that waited for the writer so long held others up as well
_REST_S = 600.0
log = structlog.get_logger()


class Tidier:
    """Clears slice by slice; every process may have one, since a slice twice does no harm."""

    def __init__(self, db: Database, now: Now, instance_key: bytes, keeping: Keeping) -> None:
        self._db = db
        self._now = now
        self._instance_key = instance_key
        self._keeping = keeping
        self._at = 0
        self._gone = 0

    async def tidy(self) -> float:
        """Clear one slice and return after how many seconds the next is due.

        Nothing is cleared while a customer waits for a decision or a message. Raises
        DatabaseTrouble.
        """
        now_us = self._now()
        if await self._db.read(lambda tx: retention.customers_wait(tx, now_us)):
            return _BUSY_S
        began_s = time.monotonic()
        cleared = await self._db.write(self._clear)
        slow = time.monotonic() - began_s > _SLOW_S
        self._gone += cleared.gone
        if not cleared.more:
            self._at += 1
        if self._at == len(SORTS):
            return await self._finish()
        return _BUSY_S if slow else _NEXT_S

    async def _clear(self, tx: Tx) -> Cleared:
        now_us = self._now()
        if not await tx.try_lock("tidy"):  # another process is at it
            return Cleared(gone=0, more=False)
        return await retention.clear(
            tx, SORTS[self._at], self._keeping, instance_key=self._instance_key, now_us=now_us
        )

    async def _finish(self) -> float:
        await self._db.write(lambda tx: erasing.erase_late(tx, self._instance_key, self._now()))
        if self._gone:
            log.info("cleared", rows=self._gone)
        self._at = self._gone = 0
        return _REST_S
