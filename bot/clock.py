"""Business time: the wall clock, or in a demonstration the twin's, which can jump."""

import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median

Now = Callable[[], int]  # UTC microseconds


class Clock:
    """Tells business time: the wall clock, or in a demonstration one that is ahead and faster."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._offset_s = 0.0
        self._followed = 0.0  # when, by the wall clock
        self._rate = 1.0

    def follow(self, offset_s: float, rate: float = 1.0) -> None:
        """Shift business time to the wall clock plus `offset_s` seconds.

        From there it passes `rate` times as fast, 0 for not at all.
        """
        self._offset_s = offset_s
        self._followed = self._wall()
        self._rate = rate

    def __call__(self) -> int:
        """Return the business time as UTC microseconds."""
        wall = self._wall()
        gained_s = (wall - self._followed) * (self._rate - 1.0)
        return int((wall + self._offset_s + gained_s) * 1_000_000)


class Skew:
    """Learns how far the platforms' clock lies behind ours, from callbacks as they arrive.

    The median of the last 101, so that retries, which arrive late, do not count as skew.
    """

    _ENOUGH = 5

    def __init__(self) -> None:
        self._seen: deque[int] = deque(maxlen=101)

    def note(self, received_us: int, event_us: int) -> None:
        """Learn from one callback: when we got it, and when it says that it happened."""
        self._seen.append(received_us - event_us)

    def began(self, received_us: int, event_us: int, lives_us: int) -> int:
        """Return by our clock when something happened that dies `lives_us` later; never too late.

        While little is known, an event that would have died before it came is taken to have
        happened when it came: rather a call too many than no welcome on a clock that is fast.
        """
        if len(self._seen) >= self._ENOUGH:
            return min(received_us, event_us + int(median(self._seen)))
        return received_us if received_us - event_us > lives_us else min(received_us, event_us)


def moment(us: int) -> datetime:
    """Return UTC microseconds as an aware datetime.

    >>> moment(1_760_000_000_000_000).isoformat()
    '2025-10-09T08:53:20+00:00'
    """
    return datetime.fromtimestamp(us / 1_000_000, UTC)


def micros(at: datetime) -> int:
    """Return an aware datetime as UTC microseconds.

    >>> micros(moment(1_760_000_000_000_000))
    1760000000000000
    """
    return int(at.timestamp() * 1_000_000)


def micros_of(span: timedelta) -> int:
    """Return a span of time as microseconds.

    >>> micros_of(timedelta(seconds=1.5))
    1500000
    """
    return span // timedelta(microseconds=1)
