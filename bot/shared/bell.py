"""Wakes the other processes when one has committed work; who misses it looks by himself soon."""

import asyncio
from typing import Protocol


class Bell(Protocol):
    """One process's bell. It carries no work and no promise: SQL says what there is to do."""

    def ring(self, lane: int) -> None:
        """Wake the others: work of a lane was committed. Returns at once and never raises."""

    async def wait(self, timeout_s: float) -> bool:
        """Wait until another process rings; False when none did within so many seconds."""


class OwnBell:
    """A bell within one process: it wakes the others of its tower, and alone nobody."""

    def __init__(self, tower: list["OwnBell"] | None = None) -> None:
        self._tower = [] if tower is None else tower
        self._tower.append(self)
        self._rung = asyncio.Event()

    def ring(self, lane: int) -> None:
        """Wake the others of the tower."""
        for other in self._tower:
            if other is not self:
                other.heard()

    def heard(self) -> None:
        """Take in that another one rang."""
        self._rung.set()

    async def wait(self, timeout_s: float) -> bool:
        """Wait until another one rings, for at most so many seconds."""
        try:
            await asyncio.wait_for(self._rung.wait(), timeout_s)
        except TimeoutError:
            return False
        self._rung.clear()
        return True
