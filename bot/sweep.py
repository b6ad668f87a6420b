"""Recovery: a look over the tables, every two seconds in every process, for what nobody is at.

It is no job in a queue that it would have to recover, and it survives its own failures: one row
that cannot be settled hides no other, and one part that fails none of the rest.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

import structlog

from bot import metrics
from bot.accept import Acceptor
from bot.clock import Clock, micros_of, moment
from bot.db import inbox, ledger, memory, orphans, rewound, tokens, workers
from bot.db.tx import Database, Row, Tx
from bot.errors import DatabaseTrouble
from bot.lease import Lease
from bot.neighbours import gone, machine
from bot.shop import Times

_BATCH = 32
log = structlog.get_logger()


class Sweep:
    """Settles what waits for nobody. Every part may be repeated, and run in many processes.

    Without a `lease` this process has the database alone: what is under way is its own.
    """

    def __init__(
        self, db: Database, acceptor: Acceptor, clock: Clock, times: Times, lease: Lease | None
    ) -> None:
        self._db = db
        self._acceptor = acceptor
        self._clock = clock
        self._times = times
        self._lease = lease

    async def at_start(self) -> int:
        """Enter, take up what processes that are gone left behind, and return how many effects.

        The first process alive also ends what only a living one may hold, and makes rows from a
        clock that ran ahead fit ours. Raises DatabaseTrouble.
        """
        if self._lease:
            await self._lease.enter()
        worker = self._lease.id if self._lease else ""

        async def work(tx: Tx) -> int:
            if await workers.others(tx, worker):
                return 0
            await tokens.end_leases(tx)
            return 0 if self._clock.follows else await rewound.mend(tx, self._clock())

        gap_us = await self._db.write(work)
        if gap_us:
            log.warning("clock_behind_database", by_s=gap_us // 1_000_000)
        await self._acceptor.hear()
        await self.bury()
        return await self.orphans()

    async def once(self) -> None:
        """Run every part; one that fails keeps none from its turn, and is raised at the end."""
        faults: list[Exception] = []
        recovering = (self.bury, self.orphans, self._acceptor.hear) if self._lease else ()
        for part in (self.expire, self.count, *recovering):
            try:
                await part()
            except Exception as fault:  # noqa: BLE001  (raised below)
                faults.append(fault)
        if faults:
            raise ExceptionGroup("the sweep did not run to its end", faults)
        metrics.SWEEP_LAST_OK.set_to_current_time()

    async def expire(self) -> None:
        """Settle what is past its deadline, and answers that no platform asked for again."""
        now_us, fallback_us = self._clock(), micros_of(self._times.reply_fallback)

        async def work(tx: Tx) -> tuple[str, ...]:
            missed = await ledger.expire(tx, now_us)
            await ledger.give_up_silent_answers(tx, now_us, fallback_us)
            return missed

        metrics.missed(await self._db.write(work))

    async def count(self) -> None:
        """Write down what was refused at the door, and which callback URLs were verified."""
        refused = self._acceptor.refused.copy()
        verified = self._acceptor.verified_us.copy()
        if not refused and not verified:
            return
        await self._db.write(partial(self._count, refused=refused, verified=verified))
        self._acceptor.refused -= refused
        for account, at_us in verified.items():
            if self._acceptor.verified_us[account] == at_us:
                del self._acceptor.verified_us[account]

    async def _count(
        self, tx: Tx, refused: Counter[tuple[str, str]], verified: Mapping[str, int]
    ) -> None:
        day = moment(self._clock()).date().isoformat()
        for (account, step), count in refused.items():
            last = self._acceptor.last_refused.get((account, step), inbox.Refusal())
            await inbox.count_refused(tx, account, step, day, count, last=last)
        for account, at_us in verified.items():
            await memory.remember(tx, account, {memory.VERIFIED: str(at_us)})

    async def bury(self) -> None:
        """End the leases of processes of this machine that are no more: they send nothing now."""
        if self._db.alone:
            return  # whoever was before ended when this one entered
        for row in await self._db.read(partial(workers.neighbours, machine=machine())):
            if gone(row["pid"]):
                await self._db.write(partial(workers.leave, worker=row["id"]))
                log.warning("process_gone", worker=row["id"], pid=row["pid"])

    async def orphans(self) -> int:
        """Settle effects whose process is gone, each by its policy; return how many.

        Raises DatabaseTrouble; a row at fault by itself is logged and keeps its place.
        """
        settled, after = 0, 0
        while rows := await self._db.read(partial(orphans.found, after=after, limit=_BATCH)):
            settled += await self._settle(rows)
            after = rows[-1]["id"]
        if settled:
            log.warning("orphans_settled", effects=settled)
        return settled

    async def _settle(self, rows: Sequence[Row]) -> int:
        done = await asyncio.gather(*map(self._settle_one, rows), return_exceptions=True)
        for row, outcome in zip(rows, done, strict=True):
            if isinstance(outcome, DatabaseTrouble):
                raise outcome
            if isinstance(outcome, BaseException):
                log.error("orphan_not_settled", effect=row["id"], exc_info=outcome)
        return sum(1 for outcome in done if outcome is True)

    async def _settle_one(self, row: Row) -> bool:
        now_us, settle_us = self._clock(), micros_of(self._times.settle)
        return await self._db.write(lambda tx: orphans.settle(tx, row, now_us, settle_us))
