"""Everything that processes share, as one value; `alone` for a process without others."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.shared.bell import Bell, OwnBell
from bot.shared.buckets import Buckets, OwnBuckets
from bot.shared.crowd import Crowd
from bot.shared.feed import Feed, OwnFeed
from bot.shared.hints import Hints, OwnHints
from bot.shared.narrowings import Narrowings, OwnNarrowings


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """Bell, buckets, narrowings, hints and feed. Losing any of it costs time, never work.

    `redis`: whether Redis is up or away, None = there is none.
    """

    buckets: Buckets
    crowd: Crowd = field(default_factory=Crowd)
    bell: Bell = field(default_factory=OwnBell)
    hints: Hints = field(default_factory=OwnHints)
    narrowings: Narrowings = field(default_factory=OwnNarrowings)
    feed: Feed = field(default_factory=OwnFeed)
    redis: Callable[[], str] | None = None


def alone(crowd: Crowd | None = None) -> Common:
    """Return what a process has that talks to no other; `crowd` says how many it divides by."""
    crowd = crowd or Crowd()
    return Common(crowd=crowd, buckets=OwnBuckets(crowd))
