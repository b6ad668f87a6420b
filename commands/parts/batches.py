"""A long sheet told in calls that each hold as much as one may, with word of how far it is."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

import orjson

from bot.web.body import BODY_LIMIT_BYTES
from bot.web.tellings import MOST
from config.problems import Problem

_ROOM_BYTES = BODY_LIMIT_BYTES - 1024
_TELL_EVERY = 2_000  # rows


class Row(Protocol):
    """A row of a sheet, and what it tells as a call's item."""

    @property
    def item(self) -> Mapping[str, object]:
        """Return the item."""


R = TypeVar("R", bound=Row)


def batches(rows: Sequence[R]) -> Iterator[list[R]]:
    """Yield rows as many at a time as one call may hold."""
    batch: list[R] = []
    size = 2
    for row in rows:
        more = len(orjson.dumps(row.item)) + 1
        if batch and (len(batch) == MOST or size + more > _ROOM_BYTES):
            yield batch
            batch, size = [], 2
        batch.append(row)
        size += more
    if batch:
        yield batch


class Progress:
    """Says now and then, on standard error, how far a long sheet is."""

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._done = 0

    def step(self, count: int) -> None:
        """Count rows as done."""
        before, self._done = self._done, self._done + count
        if before // _TELL_EVERY < self._done // _TELL_EVERY:
            print(f"{self._what} {self._done} / {self._total}", file=sys.stderr)


def document_of(one: Problem) -> dict[str, object]:
    """Return a problem of a sheet as the JSON form tells it."""
    return {"line": one.line, "column": one.column, "level": one.level, "message": one.message}
