"""How many calls of one API were made lately, against what the platform publishes."""

from collections import deque
from dataclasses import dataclass
from datetime import timedelta, timezone
from enum import StrEnum

from bot.clock import micros, moment

CHINA = timezone(timedelta(hours=8))  # the platforms' days are China's, which knows no summer time
SLICES = 60  # of a span
_RESERVED = 5  # one call in five is kept for what cannot wait


class Per(StrEnum):
    """The span a published limit speaks of. A day is a calendar day in China."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"

    @property
    def span_us(self) -> int:
        """Return the span in microseconds."""
        return {"minute": 60, "hour": 3_600, "day": 86_400}[self] * 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `calls` in a span."""

    calls: int
    per: Per

    @property
    def pace_s(self) -> float:
        """Return how far apart calls are that use the limit up evenly."""
        return self.per.span_us / 1_000_000 / max(1, self.calls)

    def room(self, *, urgent: bool, among: int = 1) -> int:
        """Return how many calls one of `among` may make in a span, at least one.

        >>> Limit(calls=100, per=Per.HOUR).room(urgent=False, among=2)
        40
        """
        calls = max(1, self.calls // among)
        return calls if urgent else max(1, calls - -(-calls // _RESERVED))


class Meter:
    """Counts the calls of one API within one limit; what is not urgent leaves a fifth of it.

    A bucket that refills would let twice its size through within one span, so calls are counted in
    slices of a sixtieth: never more than the limit in any minute or hour, or calendar day.
    """

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._slice_us = limit.per.span_us // SLICES
        self._slices: deque[tuple[int, int]] = deque()  # when it began, how many calls
        self._sum = 0

    def wait_us(self, now_us: int, *, urgent: bool, among: int = 1) -> int:
        """Return for how long no call may be made, 0 for not at all.

        `among`: how many meters divide the limit, none knowing what the others count.
        """
        self._forget(now_us)
        if self._sum < self._limit.room(urgent=urgent, among=among):
            return 0
        if self._limit.per is Per.DAY:
            return midnight_us(now_us) - now_us
        oldest_us, _ = self._slices[0]
        return oldest_us + self._slice_us + self._limit.per.span_us - now_us

    def count(self, now_us: int) -> None:
        """Count one call."""
        began_us = now_us - now_us % self._slice_us
        calls = 1
        if self._slices and self._slices[-1][0] == began_us:
            calls += self._slices.pop()[1]
        self._slices.append((began_us, calls))
        self._sum += 1

    def _forget(self, now_us: int) -> None:
        span_us = self._limit.per.span_us
        if self._limit.per is Per.DAY:
            since_us = midnight_us(now_us) - span_us
        else:
            since_us = now_us - span_us - self._slice_us + 1
        # A clock that was put back must not keep us from calling.
        while self._slices and not since_us <= self._slices[0][0] <= now_us:
            self._sum -= self._slices.popleft()[1]


def midnight_us(now_us: int) -> int:
    """Return when the day ends in China, in UTC microseconds.

    >>> (midnight_us(1_760_000_000_000_000) - 1_760_000_000_000_000) // 3_600_000_000
    7
    """
    today = moment(now_us).astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    return micros(today + timedelta(days=1))


def china_day(now_us: int) -> str:
    """Return the day in China.

    >>> china_day(1_760_000_000_000_000)
    '2025-10-09'
    """
    return f"{moment(now_us).astimezone(CHINA):%Y-%m-%d}"
