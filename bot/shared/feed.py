"""What the rooms just did, line by line, for whoever looks on: ids, kinds and states only."""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Protocol

KEPT = 1_000  # lines; older ones are in the tables


class Room(StrEnum):
    """Which room a line comes from."""

    DECIDED = "decided"
    PERFORMED = "performed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing done. Never a text, and never an id of a person."""

    at_us: int
    room: Room
    id: str  # of the event, or of the effect
    kind: str
    state: str  # which rules won, or what became of the effect


class Feed(Protocol):
    """The latest lines of all processes; nothing depends on any of them."""

    def tell(self, line: Line) -> None:
        """Add a line. Returns at once and never raises; an old line may be lost for it."""

    async def latest(self, most: int) -> tuple[Line, ...]:
        """Return at most so many lines, the newest first."""


class OwnFeed:
    """The latest lines of one process."""

    def __init__(self) -> None:
        self._lines: deque[Line] = deque(maxlen=KEPT)

    def tell(self, line: Line) -> None:
        """Add a line."""
        self._lines.appendleft(line)

    async def latest(self, most: int) -> tuple[Line, ...]:
        """Return at most so many lines of this process, the newest first."""
        return tuple(islice(self._lines, most))
