"""Business time: the wall clock as far as it can be believed, or in a demonstration the twin's."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import structlog

Now = Callable[[], int]  # UTC microseconds
Seconds = Callable[[], float]
_AGREES_S = 1.0  # what NTP corrects in one go, and what reading two clocks takes
_BELIEVED_S = 300.0  # a wall clock that was put forward, after so long
_SLOW = 0.5  # how fast time passes until a wall clock that was put back has caught up
log = structlog.get_logger()


def steady_s() -> float:
    """Return seconds of a clock that nobody sets, and that goes on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class _Anchored:
    """Wall time that never jumps because somebody set the clock.

    It follows a steady clock from the wall clock's first reading. A wall clock put back is
    approached at half speed; one put forward is believed after five minutes. Threads may share it.
    """

    def __init__(self, wall: Seconds, steady: Seconds) -> None:
        self._wall = wall
        self._steady = steady
        self._lock = threading.Lock()
        self._at_s = wall()
        self._read_s = steady()
        self._ahead: tuple[float, float] | None = None  # by how much, since when (steady)
        self._behind = False

    def __call__(self) -> float:
        """Return seconds since 1970, never fewer than before."""
        with self._lock:
            steady, wall = self._steady(), self._wall()
            passed_s = max(0.0, steady - self._read_s)
            self._read_s = steady
            off_s = wall - self._at_s - passed_s
            if off_s < 0:
                self._at_s = max(self._at_s + passed_s * _SLOW, min(wall, self._at_s + passed_s))
            else:
                self._at_s += passed_s + self._gained(off_s, steady)
            self._tell(off_s)
            return self._at_s

    def _gained(self, off_s: float, steady: float) -> float:
        """Return how much of being ahead is taken over now: a little at once, a step later."""
        if off_s <= _AGREES_S:
            self._ahead = None
            return off_s
        if self._ahead is None or abs(off_s - self._ahead[0]) > _AGREES_S:
            self._ahead = off_s, steady
            log.warning("clock_stepped", by_s=round(off_s), believed_in_s=_BELIEVED_S)
        if steady - self._ahead[1] < _BELIEVED_S:
            return 0.0
        self._ahead = None
        return off_s

    def _tell(self, off_s: float) -> None:
        if off_s < 0:
            self._ahead = None
        if off_s < -_AGREES_S and not self._behind:
            self._behind = True
            log.warning("clock_stepped", by_s=round(off_s), slowed_for_s=round(-off_s / _SLOW))
        elif off_s >= 0:
            self._behind = False


class Clock:
    """Tells business time: the wall clock, or in a demonstration one that is ahead and faster.

    `steady` is a clock that nobody sets; a `wall` of a test's own is believed as it is.
    """

    def __init__(self, wall: Seconds = time.time, steady: Seconds | None = None) -> None:
        if steady is None and wall is time.time:
            steady = steady_s
        self._base = _Anchored(wall, steady) if steady else wall
        self._offset_s = 0.0
        self._followed = 0.0  # when, by the base clock
        self._rate = 1.0
        self.follows = False  # another clock, whose time is right by definition

    def follow(self, offset_s: float, rate: float = 1.0) -> None:
        """Shift business time to the wall clock plus `offset_s` seconds.

        From there it passes `rate` times as fast, 0 for not at all.
        """
        self._offset_s = offset_s
        self._followed = self._base()
        self._rate = rate
        self.follows = True

    def __call__(self) -> int:
        """Return the business time as UTC microseconds."""
        now = self._base()
        gained_s = (now - self._followed) * (self._rate - 1.0)
        return int((now + self._offset_s + gained_s) * 1_000_000)


class Skew:
    """Learns how far the platforms' clock lies behind ours, from callbacks as they arrive.

    The lower quartile of the last 101 seconds in which something came: retries arrive late and
    never early, so the median would take their delay for skew. Of each second only the least
    counts: hundreds that waited for us come at once, and say no more than one does.
    """

    _ENOUGH = 5

    def __init__(self) -> None:
        self._seen: deque[int] = deque(maxlen=101)
        self._second: int | None = None  # of the newest
        self._newest_us = 0

    def learn(self, seen: Iterable[tuple[int, int]]) -> None:
        """Learn from callbacks that others took, or we before a restart: as `note`, oldest first.

        What is older than what we know already says nothing new.
        """
        for received_us, event_us in seen:
            if received_us > self._newest_us:
                self.note(received_us, event_us)

    def note(self, received_us: int, event_us: int) -> None:
        """Learn from one callback: when we got it, and when it says that it happened."""
        behind_us, second = received_us - event_us, received_us // 1_000_000
        if second == self._second:
            behind_us = min(behind_us, self._seen.pop())
        self._second, self._newest_us = second, received_us
        self._seen.append(behind_us)

    def behind_us(self) -> int | None:
        """Return how far the platforms' clock lies behind ours, None while too little is known."""
        if len(self._seen) < self._ENOUGH:
            return None
        return sorted(self._seen)[len(self._seen) // 4]

    def began(self, received_us: int, event_us: int, lives_us: int) -> int:
        """Return by our clock when something happened that dies `lives_us` later; never too late.

        While little is known, an event that would have died before it came is taken to have
        happened when it came: rather a call too many than no welcome on a clock that is fast.
        """
        behind_us = self.behind_us()
        if behind_us is not None:
            return min(received_us, event_us + behind_us)
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
