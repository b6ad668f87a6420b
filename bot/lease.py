"""The right of this process to carry effects out, and until when it surely has it.

Others go by the row in the database and its clock. We go by a clock of our own that never goes
back and counts time asleep, from before the row was extended: so we stop before they take over.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from math import inf

import structlog

from bot import metrics
from bot.clock import steady_s
from bot.db import workers
from bot.db.tx import Database, Tx
from bot.errors import DatabaseTrouble
from bot.ids import ulid
from bot.neighbours import machine

LEASE_S = 20.0
_BEAT_S = 5.0
_BEATS = 4  # fit into a lease, so that one or two may fail
_AGAIN_S = 1.0
log = structlog.get_logger()


class Lease:
    """Enter before work is claimed, keep it while working, leave when nothing is under way.

    It lasts for `lease_s` seconds, at least twice as long as a call takes, which is `call_s`.
    """

    def __init__(
        self,
        db: Database,
        role: str,
        *,
        lease_s: float = LEASE_S,
        call_s: float = 8.0,
        steady: Callable[[], float] = steady_s,
    ) -> None:
        self._db = db
        self._role = role
        self._lease_s = max(lease_s, 2 * call_s)
        self._call_s = call_s
        self._steady = steady
        self._until_s = -inf
        self._rules: workers.Rules | None = None
        self._told = True
        self.id = ""

    def covers(self, owner: str) -> bool:
        """Whether a call of `owner` that begins now ends before somebody else may repeat it."""
        return owner == self.id and self._steady() + self._call_s <= self._until_s

    async def enter(self) -> None:
        """Enter under a new id. Raises DatabaseTrouble."""
        began_s = self._steady()
        self.id = await self._db.write(self._enter)
        self._until_s = inf if self._db.alone else began_s + self._lease_s
        log.info("lease_entered", worker=self.id, role=self._role)

    async def _enter(self, tx: Tx) -> str:
        entry = workers.Entry(
            id=ulid(await tx.clock_us()), host=socket.gethostname()[:255], machine=machine(),
            pid=os.getpid(), role=self._role, rules=self._rules,
        )  # fmt: skip
        await workers.enter(tx, entry, self._lease_us, alone=self._db.alone)
        return entry.id

    async def beat(self) -> None:
        """Extend the lease, or enter anew where it ended meanwhile. Raises DatabaseTrouble.

        Who has the database alone has nothing to extend.
        """
        if self._db.alone:
            return
        began_s, mine = self._steady(), self.id
        if await self._db.write(lambda tx: workers.beat(tx, mine, self._lease_us)):
            self._until_s = began_s + self._lease_s
            if self._rules and not self._told:
                await self.go_by(self._rules)
            return
        metrics.LEASE_LOST.inc()
        log.warning("lease_lost", worker=mine)
        await self.enter()

    async def go_by(self, rules: workers.Rules) -> None:
        """Tell the others which rules this process goes by from now on. Raises DatabaseTrouble."""
        self._rules, self._told, mine = rules, False, self.id
        await self._db.write(lambda tx: workers.go_by(tx, mine, rules))
        self._told = True

    async def leave(self) -> None:
        """End the lease: nothing is under way any more. Raises DatabaseTrouble."""
        mine, self._until_s = self.id, -inf
        await self._db.write(lambda tx: workers.leave(tx, mine))

    async def keep(self) -> None:
        """Extend the lease for ever, through any trouble with the database."""
        while True:
            wait_s = min(_BEAT_S, self._lease_s / _BEATS)
            try:
                await self.beat()
            except DatabaseTrouble:
                log.exception("lease_not_extended", worker=self.id)
                wait_s = min(_AGAIN_S, wait_s)
            await asyncio.sleep(wait_s)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Hold the lease while the context lasts; whatever was begun must end within it."""
        await self.enter()
        keeping = asyncio.create_task(self.keep())
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await self.leave()

    @property
    def _lease_us(self) -> int:
        return int(self._lease_s * 1_000_000)
