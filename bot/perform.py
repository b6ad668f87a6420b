"""The third room: carries out what we owe at the platforms; the only door out.

The intent is on disk before a socket opens, the outcome after; what a query answered enters the
inbox, and what its account must remember its memory, in the same transaction as the outcome.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import structlog
from structlog.contextvars import bound_contextvars

from bot import metrics
from bot.actions import (
    REMOTE,
    Class,
    Policy,
    Receipt,
    Remote,
    State,
    WelcomeContact,
    WelcomeKf,
)
from bot.clock import Clock, micros, moment
from bot.codec import action_from_json, event_to_json
from bot.db import claims, inbox, ledger, memory, pauses, reported
from bot.db.forgetting import PAGES_LANE
from bot.db.tx import Database, Row, Tx
from bot.db.windows import Windows
from bot.errors import DatabaseTrouble
from bot.events import ANSWERS, Event, KfEntered
from bot.ids import time_of
from bot.lease import Lease
from bot.platforms.port import Port
from bot.platforms.receipts import back_off
from bot.platforms.wire import Phase

Carrier = Callable[[Remote, Port, int], Awaitable[Receipt]]
_KINDS = frozenset(kind.kind for kind in REMOTE)
_WELCOMES = (WelcomeContact.kind, WelcomeKf.kind)
_WRITE_AGAIN_S = 1.0
_LEASE_ENDED = "这个进程停顿太久，租约已到期，没有发出：由接手的进程处理"
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One account's way out: its port, the platform's calls, and how much may be said there."""

    port: Port
    call: Carrier
    windows: Windows | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms effects are carried out.

    `lease`: the right to do so beside other processes; None = this one has the database alone.
    `settle_s`: how long an effect that is read back waits after a call without an answer, which
    may still be carried out.
    """

    lease: Lease | None = None
    settle_s: float = 15.0


class Performer:
    """Claims owed effects and carries them out."""

    def __init__(
        self,
        db: Database,
        doors: Mapping[str, Door],
        clock: Clock,
        instance_key: bytes,
        terms: Terms = Terms(),
    ) -> None:
        self._db = db
        self._doors = doors
        self._clock = clock
        self._instance_key = instance_key
        self._settle_s = terms.settle_s
        self.lease = terms.lease
        self._stopped: pauses.Pause | None = None  # as the last claim found it
        self._claiming = asyncio.Lock()
        self._in_doubt = False  # a claim may have been committed without our hearing of it
        self._mine: set[int] = set()

    async def claim(self, limit: int, lanes: tuple[int, int], *, waited_s: float = 0) -> list[Row]:
        """Take up to `limit` due effects of some lanes; their intent is on disk on return.

        `waited_s`: only what has been due for so long. Nothing without a lease that lasts a call,
        and nothing while all sending is paused: what was claimed before and waits is held back.
        Raises DatabaseTrouble.
        """
        async with self._claiming:
            owner = self.lease.id if self.lease else ""
            if not self._covers(owner):
                return []
            wanted = claims.Claim(
                limit=limit, lanes=lanes, owner=owner, waited_us=int(waited_s * 1_000_000)
            )
            try:
                missed, rows = await self._db.write(partial(self._claimed, wanted=wanted))
            except DatabaseTrouble:
                self._in_doubt = True
                raise
            self._in_doubt = False
            metrics.missed(missed)
            self._mine |= {row["id"] for row in rows}
            return list(rows)

    async def _claimed(self, tx: Tx, wanted: claims.Claim) -> tuple[tuple[str, ...], Sequence[Row]]:
        now_us = self._clock()
        if self._in_doubt:
            await claims.let_go(tx, wanted.owner, frozenset(self._mine), now_us)
        missed = await ledger.expire(tx, now_us)
        self._stopped = await pauses.sending(tx)
        if self._stopped:
            return missed, []
        return missed, await claims.claim(tx, now_us, wanted)

    def _covers(self, owner: str) -> bool:
        return self.lease is None or self.lease.covers(owner)

    def _may_call(self, owner: str) -> bool:
        return self._stopped is None and self._covers(owner)

    async def perform(self, row: Row) -> Receipt:
        """Carry out one claimed effect and write what became of it, however long that takes.

        What a platform did cannot be found out again, so trouble with the database is waited out.
        """
        event_id = str(row["key"]).partition(":")[0]
        with bound_contextvars(event_id=event_id, effect=row["id"], kind=row["kind"]):
            return await self._performed(row, event_id)

    async def abandon(self, row: Row) -> None:
        """Leave a claimed effect, which broke off in the middle, to the sweep, however long."""
        while True:
            try:
                return await self._db.write(partial(claims.abandon, row=row))
            except DatabaseTrouble:
                log.exception("effect_not_abandoned", effect=row["id"])
                await asyncio.sleep(_WRITE_AGAIN_S)

    async def _performed(self, row: Row, event_id: str) -> Receipt:
        began_us = self._clock()
        try:
            receipt = await self._call(row)
            while not await self._written(row, receipt):  # noqa: ASYNC110  (a full disk rings no bell)
                await asyncio.sleep(_WRITE_AGAIN_S)
        finally:
            self._mine.discard(row["id"])
        now_us = self._clock()
        _count(row, receipt, event_id, now_us)
        log.info(
            "performed", state=receipt.state, code=receipt.code, attempt=row["attempts"],
            member=row["person_id"], ms=(now_us - began_us) // 1000,
        )  # fmt: skip
        return receipt

    async def _call(self, row: Row) -> Receipt:
        if not self._covers(row["owner"]):
            return Receipt(state=State.READY, meaning=_LEASE_ENDED, tried=False)
        if self._stopped:
            return Receipt(state=State.READY, meaning=self._stopped.told, tried=False)
        receipt = await self._carried_out(row)
        unheard = receipt.state is State.READY and receipt.phase == Phase.WRITTEN
        if unheard and row["klass"] == Class.D:
            return replace(receipt, retry_s=max(receipt.retry_s, self._settle_s))
        return receipt

    async def _carried_out(self, row: Row) -> Receipt:
        door = self._doors.get(row["account"])
        if door is None:
            return Receipt(
                state=State.FAILED,
                meaning=f"账号 {row['account']} 没有出口：不在 settings.yaml 中，或没有填 secret",
            )
        action = action_from_json(row["kind"], row["body"])
        if not isinstance(action, Remote):
            return Receipt(state=State.FAILED, meaning=f"{row['kind']} 不是对外动作")
        try:
            if door.windows and (why := await door.windows.shut(action, row["person_id"])):
                return Receipt(state=State.SKIPPED, meaning=why)
            port = replace(
                door.port, effect=row["key"], urgent=row["lane"] == 0,
                may_call=partial(self._may_call, row["owner"]),
            )  # fmt: skip
            return await door.call(action, port, row["attempts"])
        except Exception:  # a fault of ours must not leave the effect under way for ever
            log.exception("perform_failed")
            return _after_fault(row)

    async def _written(self, row: Row, receipt: Receipt) -> bool:
        try:
            await self._write(row, receipt)
        except DatabaseTrouble:
            log.exception("outcome_not_written", state=receipt.state)
            return False
        return True

    async def _write(self, row: Row, receipt: Receipt) -> None:
        now_us = self._clock()

        async def work(tx: Tx) -> bool:
            if not await ledger.settle(tx, row, receipt, now_us):
                return False
            for n, told in enumerate(receipt.events):
                # Most answers name no time: they are learnt now.
                event = told if told.at else replace(told, at=moment(now_us))
                name = _name_of(event) or f"answer\0{row['key']}\0{n}"
                await inbox.accept(tx, self._arrival(event, name, now_us))
            await memory.remember(tx, row["account"], receipt.remember)
            await reported.catch_up(
                tx, account=row["account"], effect=row["id"], names=receipt.remember, at_us=now_us
            )
            return True

        if not await self._db.write(work, soon=True):
            metrics.FENCE_REJECTED.inc()
            log.warning("fence_rejected", state=receipt.state)

    def _arrival(self, event: Event, name: str, now_us: int) -> inbox.Arrival:
        return inbox.Arrival(
            account=event.account,
            source="internal",
            dedupe=inbox.dedupe_key(self._instance_key, name.encode()),
            kind=type(event).__name__,
            body=event_to_json(event),
            received_us=now_us,
            event_us=micros(event.at) if event.at else None,
            lane=_lane_of(event),
        )


def _count(row: Row, receipt: Receipt, event_id: str, now_us: int) -> None:
    kind = row["kind"]
    metrics.EFFECTS.labels(kind if kind in _KINDS else metrics.OTHER, receipt.state).inc()
    if kind in _WELCOMES and receipt.state is State.DONE:
        with suppress(ValueError):  # a name that tells no time keeps nobody from a receipt
            metrics.WELCOME_SECONDS.observe((now_us - time_of(event_id)) / 1_000_000)


def _lane_of(event: Event) -> int:
    if isinstance(event, ANSWERS):
        return PAGES_LANE
    return 0 if isinstance(event, KfEntered) and event.welcome_code else 1


def _name_of(event: Event) -> str:
    name = event.once()
    return f"once\0{event.account}\0{name}" if name else ""


def _after_fault(row: Row) -> Receipt:
    if row["policy"] == Policy.REPEAT:
        return Receipt(
            state=State.READY, meaning="程序出错，稍后重试", retry_s=back_off(row["attempts"])
        )
    return Receipt(state=State.UNKNOWN, meaning="程序在发送途中出错：平台可能已收到")
