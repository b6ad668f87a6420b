"""Business time: the wall clock, or in a demonstration the twin's, which can jump."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Now = Callable[[], int]  # UTC microseconds


class Clock:
    """Tells business time as the wall clock plus an offset that only a demonstration sets."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._offset_s = 0.0

    def follow(self, offset_s: float) -> None:
        """Shift business time to the wall clock plus `offset_s` seconds."""
        self._offset_s = offset_s

    def __call__(self) -> int:
        """Return the business time as UTC microseconds."""
        return int((self._wall() + self._offset_s) * 1_000_000)


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
