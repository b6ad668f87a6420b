"""Keeps the rooms running: decides what arrives, performs what is owed, sweeps what was left.

Recovery is not a job in a queue: it is a loop over SQL that runs in every process and survives its
own failures.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import structlog

from bot.accept import Acceptor
from bot.clock import Clock, micros_of, moment
from bot.db import inbox, ledger, memory, tokens
from bot.db.inbox import Accepted
from bot.db.tx import Database, Row, Tx
from bot.decide import Decided, Decider
from bot.errors import DatabaseTrouble
from bot.perform import Performer
from bot.rounds import Rounds
from bot.shop import Times

_BATCH = 64
_POLL_S = 0.5
_SLOTS = 16
_URGENT_SLOTS = 64  # lane 0 may have this many: a welcome never waits behind labels
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


class Worker:
    """Runs the rooms of one process. Start it with `run`, stop it with `stop`."""

    def __init__(self, rooms: Staffing, clock: Clock, times: Times) -> None:
        self._db = rooms.db
        self._acceptor = rooms.acceptor
        self._decider = rooms.decider
        self._performer = rooms.performer
        self._rounds = rooms.rounds
        self._clock = clock
        self._times = times
        self.able = asyncio.Event()  # rules are loaded: decisions may be made
        self._arrived = asyncio.Event()
        self._owed = asyncio.Event()
        self._stopping = asyncio.Event()
        self._loops_ended = asyncio.Event()
        self._loops_ended.set()
        self._under_way: set[asyncio.Task[Any]] = set()
        self._sending = 0

    async def recover(self) -> int:
        """Settle what the last process left under way; call before serving, as the only process."""

        async def work(tx: Tx) -> int:
            await tokens.end_leases(tx)
            return await ledger.recover(tx, self._clock())

        return await self._db.write(work)

    async def run(self) -> None:
        """Run every loop until `stop`; a loop that fails is logged and started again."""
        self._loops_ended.clear()
        try:
            async with asyncio.TaskGroup() as group:
                for loop in self._loops():
                    group.create_task(self._supervised(loop))
        finally:
            self._loops_ended.set()

    def _loops(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        always = (self._decide_loop, self._perform_loop, self._sweep_loop)
        return (*always, self._rounds_loop) if self._rounds else always

    async def stop(self, within_s: float = 10.0) -> None:
        """Take nothing new; wait up to `within_s` for what is under way. The rest resumes later."""
        self._stopping.set()
        self._arrived.set()
        self._owed.set()
        await _wait(self._loops_ended, within_s)  # a claim must not end without its sending
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=within_s)

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
        if deciding.exception() is None:
            await self._unanswered(inbox_id)

    async def _unanswered(self, inbox_id: int) -> None:
        now_us, after_us = self._clock(), micros_of(self._times.reply_fallback)
        await self._db.write(lambda tx: ledger.not_answered(tx, inbox_id, now_us, after_us))
        self._owed.set()

    async def answered(self, inbox_id: int) -> None:
        """Note that the response holding the answer was written whole."""
        await self._db.write(lambda tx: ledger.answered(tx, inbox_id, self._clock()))

    async def decide_now(self, inbox_id: int) -> Decided | None:
        """Decide a row at once, for a caller that waits for its verdict; None when it took longer.

        The time allowed is that of an open response. Raises DatabaseTrouble.
        """
        deciding = self._spawn(self._decide_one(inbox_id))
        done, _ = await asyncio.wait({deciding}, timeout=self._times.answer_within_s)
        self._owed.set()
        self._arrived.set()
        return deciding.result() if done else None

    # --- loops ---

    async def _decide_loop(self) -> None:
        while not self._stopping.is_set():
            self._arrived.clear()
            await self._able_before_stopping()
            rows = await self._db.read(lambda tx: inbox.waiting(tx, self._clock(), _BATCH))
            if not rows:
                await _wait(self._arrived, _POLL_S)
                continue
            # All at once: the writer takes them in this order and commits them together.
            await asyncio.gather(*(self._decide_one(row["id"]) for row in rows))
            self._owed.set()

    async def _decide_one(self, inbox_id: int, *, inside: bool = False) -> Decided | None:
        if not await self._able_before_stopping():
            return None
        began_us = self._clock()
        try:
            decided = await self._decider.decide(inbox_id, inside=inside)
        except DatabaseTrouble:
            raise  # no fault of this event's: it keeps its tries, and its turn
        except Exception as fault:  # noqa: BLE001  (logged and kept with the row)
            await self._postpone(inbox_id, fault)
            return None
        if decided is not None:
            log.info(
                "decided", event_id=decided.event_id, kind=decided.kind, rules=decided.rules,
                actions=decided.actions, ms=(self._clock() - began_us) // 1000,
            )  # fmt: skip
        return decided

    async def _able_before_stopping(self) -> bool:
        while not self.able.is_set() and not self._stopping.is_set():
            await _wait(self.able, _POLL_S)
        return self.able.is_set()

    async def _postpone(self, inbox_id: int, fault: Exception) -> None:
        log.error("decide_failed", inbox=inbox_id, exc_info=fault)
        reason = f"{type(fault).__name__}: {fault}"[:500]
        await self._db.write(lambda tx: inbox.postpone(tx, inbox_id, reason, self._clock()))

    async def _perform_loop(self) -> None:
        while not self._stopping.is_set():
            self._owed.clear()
            began = await self._begin((0, 0), _URGENT_SLOTS)
            began += await self._begin((1, 9), _SLOTS)
            if not began:
                await _wait(self._owed, _POLL_S)

    async def _begin(self, lanes: tuple[int, int], slots: int) -> int:
        """Claim as much of some lanes as `slots` leave room for, and begin it at once."""
        free = slots - self._sending
        rows = await self._performer.claim(free, lanes) if free > 0 else []
        for row in rows:
            self._sending += 1
            self._spawn(self._perform_one(row))
        return len(rows)

    async def _perform_one(self, row: Row) -> None:
        try:
            await self._performer.perform(row)
        finally:
            self._sending -= 1
        self._arrived.set()
        self._owed.set()

    async def _rounds_loop(self) -> None:
        while self._rounds and not self._stopping.is_set():
            if await self._able_before_stopping() and await self._rounds.begin_due():
                self._arrived.set()
            await _wait(self._stopping, _ROUNDS_S)

    async def _sweep_loop(self) -> None:
        while not self._stopping.is_set():
            await self.sweep()
            self._arrived.set()
            self._owed.set()
            await _wait(self._stopping, _POLL_S * 2)

    async def sweep(self) -> None:
        """Settle what waits for nobody, and count what was refused. Repeating it is safe."""
        refused = self._acceptor.refused.copy()
        verified = self._acceptor.verified_us.copy()
        await self._db.write(partial(self._sweep, refused=refused, verified=verified))
        self._acceptor.refused -= refused
        for account, at_us in verified.items():
            if self._acceptor.verified_us[account] == at_us:
                del self._acceptor.verified_us[account]

    async def _sweep(
        self, tx: Tx, refused: Counter[tuple[str, str]], verified: Mapping[str, int]
    ) -> None:
        now_us = self._clock()
        await ledger.expire(tx, now_us)
        await ledger.give_up_silent_answers(tx, now_us, micros_of(self._times.reply_fallback))
        day = moment(now_us).date().isoformat()
        for (account, step), count in refused.items():
            last = self._acceptor.last_refused.get((account, step), inbox.Refusal())
            await inbox.count_refused(tx, account, step, day, count, last=last)
        for account, at_us in verified.items():
            await memory.remember(tx, account, {memory.VERIFIED: str(at_us)})

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
