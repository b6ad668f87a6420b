"""Feels the program's pulse: is it ready, does its loop turn, do the books balance, what waits.

Asking is cheap for whoever asks: an answer is kept for a moment, one question is under way at a
time, and a database that does not answer holds nobody up for longer than a second.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from shutil import disk_usage
from typing import Protocol, TypeVar

import structlog

from bot import metrics
from bot.clock import Clock
from bot.db import catalogue, schema
from bot.db.gauges import Gauges, gauges
from bot.db.identity import Answered, violations
from bot.db.standing import Standing, standing
from bot.db.tx import Database, Tx, Work
from bot.errors import DatabaseTrouble
from bot.shop import Shop
from bot.stalls import feel_stalls

T = TypeVar("T")
KEPT_S = 5.0  # gauges are not read more often
LOOK_WITHIN_S = 1.0
GREEN_KEPT_S = 1.0  # with the second that a commit may take: red within two
REFUSED_KEPT_S = 2.0
LEAST_FREE = 0.05
_PROBE_EVERY_S = 5.0
CHECK_EVERY_S = 60.0
_CALM = 20  # a check that takes long comes less often: it may use a twentieth of the time
_CERTIFICATE_EVERY_S = 6 * 3600.0
log = structlog.get_logger()
_SLOW = "没有等到，可能被别的程序锁着，或者磁盘很慢"


class Look(Protocol):
    """Runs work that only reads, out of the way of everybody else's."""

    async def __call__(self, work: Work[T]) -> T:
        """Return what `work` returns. Raises DatabaseTrouble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a pulse is felt on.

    `able`: rules are loaded. `wal`: where SQLite's log lies. `about`: versions, for people.
    `certificate_days`: until the certificate outside runs out, None = it cannot be told. `redis`:
    whether it is up or away. `rules`: how many, since when, and what is wrong with their files.
    """

    db: Database
    look: Look
    shop: Shop
    home: Path
    able: Callable[[], bool]
    wal: Path | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    certificate_days: Callable[[], Awaitable[float | None]] | None = None
    redis: Callable[[], str] | None = None
    rules: Callable[[], Mapping[str, object]] = dict


class Vitals:
    """What is known of how the program is. `run` keeps it current; asking works without it."""

    def __init__(self, body: Body, answered: Answered | None = None) -> None:
        self.body = body
        self.answered = answered or Answered()
        self.leaving = False  # told to stop: nothing new should come here
        self.began_s = time.time()
        self.certificate_days: float | None = None
        self._clock: Clock = body.shop.clock
        self._green_at_s = -GREEN_KEPT_S
        self._refused_at_s = -REFUSED_KEPT_S
        self._probing: asyncio.Task[dict[str, str]] | None = None
        self._gauges: Gauges | None = None
        self._read_at_s = -KEPT_S
        self._reading: asyncio.Task[Gauges] | None = None

    async def run(self) -> None:
        """Watch for ever; a look that fails is told and taken again."""
        async with asyncio.TaskGroup() as group:
            group.create_task(feel_stalls())
            group.create_task(_every(_PROBE_EVERY_S, self.probe))
            group.create_task(_every(CHECK_EVERY_S, self.check, at_once=False))
            if self.body.certificate_days:
                group.create_task(_every(_CERTIFICATE_EVERY_S, self._look_at_certificate))

    # --- is it ready? ---

    async def ready(self) -> dict[str, str]:
        """Return what keeps us from serving, each with what it means; nothing when all is well.

        A good answer is kept for 1 s. The platforms' troubles are not ours.
        """
        if not self.leaving and time.monotonic() - self._green_at_s < GREEN_KEPT_S:
            return {}
        if self._probing is None or self._probing.done():
            self._probing = asyncio.create_task(self._troubles())
        return await asyncio.shield(self._probing)

    async def _troubles(self) -> dict[str, str]:
        began_s = time.monotonic()
        troubles = {}
        if self.leaving:
            troubles["stopping"] = "正在停止"
        if not self.body.able():
            troubles["rules"] = "规则还在加载"
        if (free := self.disk_free()) is not None and free < LEAST_FREE:
            troubles["disk"] = f"磁盘只剩 {free:.1%}，低于 {LEAST_FREE:.0%}"
        try:
            async with asyncio.timeout(LOOK_WITHIN_S):
                missing = await self.body.db.write(_touch)
        except (DatabaseTrouble, TimeoutError) as trouble:
            troubles["database"] = f"1 秒内写不进数据库：{str(trouble) or _SLOW}"
        else:
            if missing:
                troubles["schema"] = f"数据库结构与程序不符：{'、'.join(missing)}"
        if began_s - self._refused_at_s < REFUSED_KEPT_S:
            troubles.setdefault("database", "刚才有回调写不进数据库")
        self._green_at_s = -GREEN_KEPT_S if troubles else began_s
        return troubles

    def refused(self) -> None:
        """Note that a callback could not be written: for 2 s we are not ready.

        On a disk that is all but full a smaller write may still fit, and proves nothing.
        """
        self._refused_at_s = time.monotonic()
        self._green_at_s = -GREEN_KEPT_S

    def disk_free(self) -> float | None:
        """Return the free part of the disk that holds the home, None when it cannot be told."""
        try:
            found = disk_usage(self.body.home)
        except OSError:
            return None
        return found.free / found.total if found.total else None

    async def probe(self) -> None:
        """Look whether we are ready, and how far the platforms' clocks lie behind."""
        metrics.READY.set(0 if await self.ready() else 1)
        if (behind_us := self.body.shop.skew.behind_us()) is not None:
            metrics.CLOCK_SKEW.set(behind_us / 1_000_000)

    # --- do the books balance? ---

    async def check(self) -> Mapping[str, int]:
        """Hold the books against each other, and count and tell what does not balance."""
        taken = self.answered.taken()
        try:
            found = await self.body.look(partial(violations, answered=taken))
        except DatabaseTrouble:
            self.answered.give_back(taken)
            raise
        for what, count in found.items():
            metrics.IDENTITY_VIOLATION.labels(what).inc(count)
            log.error("books_do_not_balance", step=what, count=count)
        return found

    # --- how does the work stand? ---

    async def gauges(self) -> Gauges | None:
        """Return how the work stands, read at most 5 s ago; None while it was never read.

        Waits for the database at most 1 s, and tells what was read before that when it is slower.
        """
        if time.monotonic() - self._read_at_s >= KEPT_S:
            if self._reading is None or self._reading.done():
                self._reading = asyncio.create_task(self._read())
            try:
                async with asyncio.timeout(LOOK_WITHIN_S):
                    await asyncio.shield(self._reading)
            except (DatabaseTrouble, TimeoutError):
                log.warning("gauges_not_read")
        return self._gauges

    async def _read(self) -> Gauges:
        now_us = self._clock()
        found = await self.body.look(lambda tx: gauges(tx, now_us))
        self._gauges, self._read_at_s = found, time.monotonic()
        return found

    async def standing(self) -> tuple[Standing, Mapping[str, str]]:
        """Return who is at work, and the engine's settings.

        Raises DatabaseTrouble, or TimeoutError after 1 s.
        """
        async with asyncio.timeout(LOOK_WITHIN_S):
            return await self.body.look(standing), await self.body.db.write(catalogue.set_up)

    async def samples(self) -> metrics.Samples:
        """Return the gauges that are read when somebody asks."""
        now = await self.gauges()
        disk, wal = self.disk_free(), self.wal_bytes()
        alone = {
            "disk_free_ratio": disk,
            "wal_bytes": wal,
            "certificate_days": self.certificate_days,
        }
        found: metrics.Samples = {
            f"{metrics.PREFIX}_{name}": {(): float(value)}
            for name, value in alone.items()
            if value is not None
        }
        if now is not None:
            known = frozenset(self.body.shop.content().campaigns)
            found |= samples_of(now, self._clock(), known)
            age_s = time.monotonic() - self._read_at_s
            found[f"{metrics.PREFIX}_gauges_age_seconds"] = {(): age_s}
        return found

    def wal_bytes(self) -> int | None:
        """Return how large SQLite's log is, None where there is none."""
        try:
            return self.body.wal.stat().st_size if self.body.wal else None
        except OSError:  # it is not there before the first write
            return 0

    async def _look_at_certificate(self) -> None:
        if self.body.certificate_days:
            self.certificate_days = await self.body.certificate_days()


def samples_of(now: Gauges, now_us: int, campaigns: frozenset[str]) -> metrics.Samples:
    """Return how the work stands as gauges; of coupon stocks only those of `campaigns`."""
    shelves = {name: one for name, one in now.shelves.items() if name in campaigns}
    closed: dict[tuple[str, ...], float] = {}
    for one in now.closings:
        api = one.api if one.api == "*" else metrics.api_label(one.api)
        until_s = (one.until_us - now_us) / 1_000_000
        closed[one.account, api] = max(until_s, closed.get((one.account, api), 0.0))
    found: metrics.Samples = {
        "inbox_lag_seconds": {
            (str(lane),): now.lag_us.get(lane, 0) / 1_000_000
            for lane in sorted({0, 1, 2, 3} | now.lag_us.keys())
        },
        "effects_owed": {(): float(now.effects["ready"] + now.effects["sending"])},
        "effects_unknown": {(): float(now.effects["unknown"])},
        "quarantine_open": {(): float(now.quarantined)},
        "api_blocked_seconds": closed,
        "coupon_stock": {(name,): float(one.left) for name, one in shelves.items()},
        "coupon_stock_size": {(name,): float(one.size) for name, one in shelves.items()},
        "paused": {(): float(now.paused)},
        "rulesets": {(): float(now.rulesets)},
        "rule_problems": {(): float(now.rule_problems)},
    }
    if now.next_deadline_us is not None:
        slack_s = (now.next_deadline_us - now_us) / 1_000_000
        found["oldest_deadline_slack_seconds"] = {(): slack_s}
    return {f"{metrics.PREFIX}_{name}": values for name, values in found.items()}


async def _every(
    span_s: float, look: Callable[[], Awaitable[object]], *, at_once: bool = True
) -> None:
    if not at_once:
        await asyncio.sleep(span_s)
    while True:
        began_s = time.monotonic()
        try:
            await look()
        except Exception:
            log.exception("look_failed", loop=getattr(look, "__name__", ""))
        await asyncio.sleep(max(span_s, _CALM * (time.monotonic() - began_s)))


async def _touch(tx: Tx) -> tuple[str, ...]:
    """Write one row, since an empty commit needs no disk; return migrations that differ."""
    await tx.run(
        "INSERT INTO meta(key, value) VALUES('touched', ?)"
        " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
        str(await tx.clock_us()),
    )
    found = await schema.standing(tx)
    return (*found.pending, *found.newer)
