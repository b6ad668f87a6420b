"""The third room: carries out what we owe at the platforms; the only door out.

The intent is on disk before a socket opens, the outcome after; what a query answered enters the
inbox, and what its account must remember its memory, in the same transaction as the outcome.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

import structlog

from bot.actions import Policy, Receipt, Remote, State
from bot.clock import Clock, micros, moment
from bot.codec import action_from_json, event_to_json
from bot.db import inbox, ledger, memory, reported
from bot.db.forgetting import PAGES_LANE
from bot.db.tx import Database, Row, Tx
from bot.db.windows import Windows
from bot.errors import DatabaseTrouble
from bot.events import ANSWERS, Event, KfEntered
from bot.platforms.port import Port
from bot.platforms.receipts import back_off

Carrier = Callable[[Remote, Port, int], Awaitable[Receipt]]
_WRITE_AGAIN_S = 1.0
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One account's way out: its port, the platform's calls, and how much may be said there."""

    port: Port
    call: Carrier
    windows: Windows | None = None


class Performer:
    """Claims owed effects and carries them out."""

    def __init__(
        self, db: Database, doors: Mapping[str, Door], clock: Clock, instance_key: bytes
    ) -> None:
        self._db = db
        self._doors = doors
        self._clock = clock
        self._instance_key = instance_key

    async def claim(self, limit: int, lanes: tuple[int, int]) -> list[Row]:
        """Take up to `limit` due effects of some lanes; their intent is on disk on return."""
        now_us = self._clock()

        async def work(tx: Tx) -> list[Row]:
            await ledger.expire(tx, now_us)
            return list(await ledger.claim(tx, now_us, limit, lanes))

        return await self._db.write(work)

    async def perform(self, row: Row) -> Receipt:
        """Carry out one claimed effect and write what became of it, however long that takes.

        What a platform did cannot be found out again, so trouble with the database is waited out.
        """
        began_us = self._clock()
        receipt = await self._call(row)
        while not await self._written(row, receipt):  # noqa: ASYNC110  (a full disk rings no bell)
            await asyncio.sleep(_WRITE_AGAIN_S)
        log.info(
            "performed", effect=row["id"], kind=row["kind"], state=receipt.state,
            code=receipt.code, attempt=row["attempts"],
            ms=(self._clock() - began_us) // 1000,
        )  # fmt: skip
        return receipt

    async def _call(self, row: Row) -> Receipt:
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
            port = replace(door.port, effect=row["key"], urgent=row["lane"] == 0)
            return await door.call(action, port, row["attempts"])
        except Exception:  # a fault of ours must not leave the effect under way for ever
            log.exception("perform_failed", effect=row["id"], kind=row["kind"])
            return _after_fault(row)

    async def _written(self, row: Row, receipt: Receipt) -> bool:
        try:
            await self._write(row, receipt)
        except DatabaseTrouble:
            log.exception("outcome_not_written", effect=row["id"], state=receipt.state)
            return False
        return True

    async def _write(self, row: Row, receipt: Receipt) -> None:
        now_us = self._clock()

        async def work(tx: Tx) -> None:
            if not await ledger.settle(tx, row, receipt, now_us):
                log.warning("fence_rejected", effect=row["id"])
                return
            for n, told in enumerate(receipt.events):
                # Most answers name no time: they are learnt now.
                event = told if told.at else replace(told, at=moment(now_us))
                name = _name_of(event) or f"answer\0{row['key']}\0{n}"
                await inbox.accept(tx, self._arrival(event, name, now_us))
            await memory.remember(tx, row["account"], receipt.remember)
            await reported.catch_up(
                tx, account=row["account"], effect=row["id"], names=receipt.remember, at_us=now_us
            )

        await self._db.write(work)

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
