"""Limits counted by all processes together: one script, so that no two calls see the same room."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from redis.asyncio import Redis

from bot.shared.buckets import Limits, OwnBuckets
from bot.shared.meter import SLICES, Limit, Per, midnight_us
from bot.shared.over_redis.link import Link

_SCRIPT = Path(__file__).with_name("take.lua").read_text("utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """The part of time that a limit counts now, in slots: a minute or hour has 60, a day one."""

    first: int
    now: int
    slot_us: int
    keep_ms: int

    @classmethod
    def of(cls, limit: Limit, now_us: int) -> "_Span":
        """Return what a limit counts at a moment."""
        span_us = limit.per.span_us
        if limit.per is Per.DAY:  # a calendar day: the slot is the midnight that ends it
            ends = midnight_us(now_us) // span_us
            return cls(first=ends, now=ends, slot_us=span_us, keep_ms=2 * span_us // 1_000)
        slot_us = span_us // SLICES
        now = now_us // slot_us
        return cls(first=now - SLICES, now=now, slot_us=slot_us, keep_ms=2 * span_us // 1_000)

    def wait_us(self, oldest: int, now_us: int) -> int:
        """Return when the oldest slot no longer counts."""
        if self.first == self.now:
            return midnight_us(now_us) - now_us
        return max(1, (oldest + SLICES + 1) * self.slot_us - now_us)


class SharedBuckets:
    """Counts in Redis; while that is away, in this process, which then keeps to its part."""

    def __init__(self, link: Link, own: OwnBuckets) -> None:
        self._link = link
        self._own = own
        self._full: dict[tuple[str, bool], tuple[int, int]] = {}  # since and until when

    def wait_us(self, name: str, limits: Limits, now_us: int, *, urgent: bool) -> int:
        """Return for how long no call may be made, as we were last told."""
        if self._link.away:
            return self._own.wait_us(name, limits, now_us, urgent=urgent)
        since_us, until_us = self._full.get((name, urgent), (0, 0))
        return until_us - now_us if since_us <= now_us < until_us else 0

    async def take(self, name: str, limits: Limits, now_us: int, *, urgent: bool) -> int:
        """Count one call for all processes and return 0, or for how long none may be made."""
        if not limits:
            return 0
        spans = [_Span.of(limit, now_us) for limit in limits]
        asked = partial(self._ask, name=name, limits=limits, spans=spans, urgent=urgent)
        refused = await self._link.ask(asked)
        if refused is None:
            return await self._own.take(name, limits, now_us, urgent=urgent)
        if not refused:
            self._own.count(name, limits, now_us)
            return 0
        pairs = zip(refused[::2], refused[1::2], strict=True)
        wait_us = max(spans[number - 1].wait_us(oldest, now_us) for number, oldest in pairs)
        self._full[name, urgent] = (now_us, now_us + wait_us)
        return wait_us

    async def _ask(
        self, redis: Redis, name: str, limits: Limits, spans: Sequence[_Span], urgent: bool
    ) -> list[int]:
        keys = [f"{self._link.prefix}calls:{{{name}}}:{limit.per}" for limit in limits]
        numbers = [
            number
            for limit, span in zip(limits, spans, strict=True)
            for number in (span.first, span.now, limit.room(urgent=urgent), span.keep_ms)
        ]
        answer = await redis.register_script(_SCRIPT)(keys=keys, args=numbers)
        return [int(one) for one in answer]
