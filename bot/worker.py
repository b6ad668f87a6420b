"""Keeps the rooms running: decides what arrives, performs what is owed, sweeps what was left.

Recovery is not a job in a queue: it is a loop over SQL that runs in every process and survives its
own failures.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from structlog.contextvars import bound_contextvars

from bot import metrics
from bot.accept import Acceptor
from bot.clock import Clock
from bot.db import inbox, ledger
from bot.db.inbox import Accepted
from bot.db.tx import Database, Row
from bot.decide import Decided, Decider
from bot.errors import DatabaseTrouble
from bot.fault import told
from bot.perform import Performer
from bot.responses import Responses
from bot.rounds import Rounds
from bot.sending import Sending
from bot.shop import Times
from bot.sweep import Sweep
from bot.tidy import FIRST_S, Tidier

_BATCH = 64
_POLL_S = 0.5
_SWEEP_S = 2.0
_RETRY_AFTER_FAULT_S = 1.0
_ROUNDS_S = 30.0
log = structlog.get_logger()
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """The three rooms of one process, and the database between them."""

    db: Database
    acceptor: Acceptor
    decider: Decider
    performer: Performer
    rounds: Rounds | None = None  # None = nothing is compared by itself
    tidier: Tidier | None = None  # None = nothing is cleared away


class Worker:
    """Runs the rooms of one process. Start it with `run`, stop it with `stop`."""

    def __init__(self, rooms: Staffing, clock: Clock, times: Times) -> None:
        self._db = rooms.db
        self._decider = rooms.decider
        self._rounds = rooms.rounds
        self._tidier = rooms.tidier
        self._lease = rooms.performer.lease
        self._sweep = Sweep(rooms.db, rooms.acceptor, clock, times, self._lease)
        self._clock = clock
        self._times = times
        self.able = asyncio.Event()  # rules are loaded: decisions may be made
        self._arrived = asyncio.Event()
        self._owed = asyncio.Event()
        self._stopping = asyncio.Event()
        self._loops_ended = asyncio.Event()
        self._loops_ended.set()
        self._under_way: set[asyncio.Task[Any]] = set()
        self._responses = Responses(rooms.db, clock, times.reply_fallback)
        self._sending = Sending(rooms.performer, self._spawn, self.look)
        self._keeping: asyncio.Task[None] | None = None

    async def recover(self) -> int:
        """Enter among the living and settle what the dead left under way; call before `run`.

        Returns how many effects that was. Raises DatabaseTrouble.
        """
        return await self._sweep.at_start()

    async def run(self) -> None:
        """Run every loop until `stop`; a loop that fails is logged and started again."""
        self._loops_ended.clear()
        if self._lease:  # until nothing is under way any more, which is after the loops
            self._keeping = asyncio.create_task(self._lease.keep())
        try:
            async with asyncio.TaskGroup() as group:
                for loop in self._loops():
                    group.create_task(self._supervised(loop))
        finally:
            self._loops_ended.set()

    def _loops(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        always = (self._decide_loop, self._perform_loop, self._sweep_loop)
        some = ((self._rounds, self._rounds_loop), (self._tidier, self._tidy_loop))
        return (*always, *(loop for there, loop in some if there))

    async def stop(self, within_s: float = 10.0) -> None:
        """Take nothing new; wait up to `within_s` for what is under way. The rest resumes later."""
        self._stopping.set()
        self._arrived.set()
        self._owed.set()
        await _wait(self._loops_ended, within_s)  # a claim must not end without its sending
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=within_s)
        await self._leave()

    async def _leave(self) -> None:
        if self._lease is None or self._keeping is None:
            return
        self._keeping.cancel()
        await asyncio.wait({self._keeping})  # or its last beat would extend what has been left
        if self._under_way:
            return  # whoever takes over must wait until the lease has ended by itself
        try:
            await self._lease.leave()
        except DatabaseTrouble:
            log.warning("lease_not_left", worker=self._lease.id)

    async def _supervised(self, loop: Callable[[], Awaitable[None]]) -> None:
        while not self._stopping.is_set():
            try:
                await loop()
            except Exception:
                log.exception("loop_failed", loop=loop.__name__)
                await asyncio.sleep(_RETRY_AFTER_FAULT_S)

    # --- what web asks for ---

    def arrived(self) -> None:
        """Say that the inbox has something new."""
        self._arrived.set()

    async def answer(self, accepted: Accepted) -> bytes | None:
        """Return the clear answer that belongs in the response to this callback, if any.

        The intent to write it is on disk. A platform retry gets the same bytes. None when there
        is nothing to say, or it took too long: then the answer follows as a message.
        """
        if accepted.state == "new":
            return await self._decide_inside(accepted)
        if accepted.state != "done" or accepted.answer is None:
            return None
        mine = await self._db.write(lambda tx: ledger.answer_inside(tx, accepted.id, self._clock()))
        return accepted.answer if mine else None

    async def _decide_inside(self, accepted: Accepted) -> bytes | None:
        deciding = self._spawn(self._decide_one(accepted.id, inside=True))
        done, _ = await asyncio.wait({deciding}, timeout=self._times.answer_within_s)
        self._owed.set()
        if not done:
            self._spawn(self._too_late(deciding, accepted.id))
            return None
        decided = deciding.result()
        if decided is not None:
            if decided.answer is None:
                await self._unanswered(accepted.id)
            return decided.answer
        # Another delivery of the same callback decided it a moment ago: share its answer.
        again = await self._db.read(lambda tx: inbox.look_again(tx, accepted.id))
        return await self.answer(again) if again.state == "done" else None

    async def _too_late(self, deciding: "asyncio.Task[Decided | None]", inbox_id: int) -> None:
        await asyncio.wait({deciding})
        if deciding.exception() is None and deciding.result():  # else another delivery has it
            await self._unanswered(inbox_id)

    async def _unanswered(self, inbox_id: int) -> None:
        await self._responses.empty(inbox_id)
        self._owed.set()

    async def answered(self, inbox_id: int) -> None:
        """Have it noted that the response holding the answer was written whole.

        The connection it went out on is free for the next callback meanwhile: a database in
        trouble must not hold that up. A process that stops waits for its notes.
        """
        noting = self._spawn(self._responses.written(inbox_id))
        if self._stopping.is_set():
            await noting

    async def decide_now(self, inbox_id: int) -> Decided | None:
        """Decide a row at once, for a caller that waits for its verdict; None when it took longer.

        The time allowed is that of an open response. Raises DatabaseTrouble.
        """
        deciding = self._spawn(self._decide_one(inbox_id, wait=True))
        done, _ = await asyncio.wait({deciding}, timeout=self._times.answer_within_s)
        self._owed.set()
        self._arrived.set()
        return deciding.result() if done else None

    # --- loops ---

    async def _decide_loop(self) -> None:
        while not self._stopping.is_set():
            self._arrived.clear()
            await self._able_before_stopping()
            rows = await self._waiting()
            if not rows:
                await _wait(self._arrived, _POLL_S)
                continue
            # All at once: the writer takes them in this order and commits them together.
            await asyncio.gather(*map(self._decide_row, rows))
            self._owed.set()

    async def _waiting(self) -> Sequence[Row]:
        if self._db.alone:
            return await self._db.read(lambda tx: inbox.waiting(tx, self._clock(), _BATCH))
        return await self._db.write(
            lambda tx: inbox.waiting(tx, self._clock(), _BATCH, undisturbed=True)
        )

    async def _decide_row(self, row: Row) -> None:
        with bound_contextvars(event_id=row["event_id"]):
            await self._decide_one(row["id"])

    async def _decide_one(
        self, inbox_id: int, *, inside: bool = False, wait: bool = False
    ) -> Decided | None:
        if not await self._able_before_stopping():
            return None
        began_us = self._clock()
        try:
            decided = await self._decider.decide(inbox_id, inside=inside, wait=wait)
        except DatabaseTrouble:
            raise  # no fault of this event's: it keeps its tries, and its turn
        except Exception as fault:  # noqa: BLE001  (logged and kept with the row)
            await self._postpone(inbox_id, fault)
            return None
        if decided is not None:
            metrics.DECISIONS.labels("done").inc()
            log.info(
                "decided", event_id=decided.event_id, kind=decided.kind, rules=decided.rules,
                actions=decided.actions, member=decided.person,
                ms=(self._clock() - began_us) // 1000,
            )  # fmt: skip
        return decided

    async def _able_before_stopping(self) -> bool:
        while not self.able.is_set() and not self._stopping.is_set():
            await _wait(self.able, _POLL_S)
        return self.able.is_set()

    async def _postpone(self, inbox_id: int, fault: Exception) -> None:
        metrics.DECISIONS.labels("failed").inc()
        log.error("decide_failed", inbox=inbox_id, exc_info=fault)
        reason, now_us = told(fault), self._clock()
        await self._db.write(lambda tx: inbox.postpone(tx, inbox_id, reason, now_us))

    async def _perform_loop(self) -> None:
        while not self._stopping.is_set():
            self._owed.clear()
            if not await self._sending.begin():
                await _wait(self._owed, _POLL_S)

    def look(self) -> None:
        """Look at once for what others left to decide and to send."""
        self._arrived.set()
        self._owed.set()

    async def _rounds_loop(self) -> None:
        while self._rounds and not self._stopping.is_set():
            if await self._able_before_stopping() and await self._rounds.begin_due():
                self._arrived.set()
            await _wait(self._stopping, _ROUNDS_S)

    async def _tidy_loop(self) -> None:
        await _wait(self._stopping, FIRST_S)
        while self._tidier and not self._stopping.is_set():
            await _wait(self._stopping, await self._tidier.tidy())

    async def _sweep_loop(self) -> None:
        while not self._stopping.is_set():
            await self.sweep()
            self._arrived.set()
            self._owed.set()
            await _wait(self._stopping, _SWEEP_S * random.uniform(0.75, 1.25))  # noqa: S311  (not all at once)

    async def sweep(self) -> None:
        """Settle what waits for nobody, and count what was refused. Repeating it is safe."""
        await self._sweep.once()

    def _spawn(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), timeout_s)
    except TimeoutError:
        return
