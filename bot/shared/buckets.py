"""How many calls were made of an account's API, against limits that several processes share."""

from collections.abc import Iterable
from typing import Protocol

from bot.shared.crowd import Crowd
from bot.shared.meter import Limit, Meter

Limits = tuple[Limit, ...]


class Buckets(Protocol):
    """Counts calls by name within limits; `now_us` is business time."""

    def wait_us(self, name: str, limits: Limits, now_us: int, *, urgent: bool) -> int:
        """Return for how long no call may be made, as far as is known without asking anybody."""

    async def take(self, name: str, limits: Limits, now_us: int, *, urgent: bool) -> int:
        """Count one call and return 0; or count nothing, and return for how long none may be."""


class OwnBuckets:
    """Counts in this process, which keeps to its part of each limit: it sees no other's calls."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._meters: dict[str, tuple[Meter, ...]] = {}

    def wait_us(self, name: str, limits: Limits, now_us: int, *, urgent: bool) -> int:
        """Return for how long this process may make no call."""
        waits = (
            meter.wait_us(now_us, urgent=urgent, among=self._crowd.size)
            for meter in self._of(name, limits)
        )
        return max(waits, default=0)

    async def take(self, name: str, limits: Limits, now_us: int, *, urgent: bool) -> int:
        """Count one call of this process and return 0, or for how long it may make none."""
        wait_us = self.wait_us(name, limits, now_us, urgent=urgent)
        if not wait_us:
            self.count(name, limits, now_us)
        return wait_us

    def count(self, name: str, limits: Limits, now_us: int) -> None:
        """Count one call that is made."""
        for meter in self._of(name, limits):
            meter.count(now_us)

    def _of(self, name: str, limits: Iterable[Limit]) -> tuple[Meter, ...]:
        if name not in self._meters:
            self._meters[name] = tuple(map(Meter, limits))
        return self._meters[name]
