"""What drills measure: how long a backlog takes, percentiles, what the twin's book holds."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from commands.play import peek
from tests.drills.running import Rig
from tests.drills.verdict import Judged

_LOOK_S = 0.1
_NEAR_S = 0.5
_PUT_OFF_US = 120 * 1_000_000
_LEFT = (
    "SELECT (SELECT count(*) FROM inbox WHERE state = 'new') AS undecided,"
    " (SELECT count(*) FROM effect WHERE state = 'sending') AS sending,"
    " (SELECT count(*) FROM effect WHERE state = 'ready' AND next_us <= ?) AS due,"
    " (SELECT min(next_us) FROM effect WHERE state = 'ready' AND (attempts > 0 OR next_us <= ?))"
    " AS next_us"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What is not settled: decisions, sendings, what is due, and when the next one is."""

    undecided: int
    sending: int
    due: int
    next_s: float  # business time; infinity when nothing waits

    @property
    def busy(self) -> bool:
        """Whether something is to be done now."""
        return bool(self.undecided or self.sending or self.due)


async def backlog(r: Rig) -> Backlog:
    """Look at what is left, without what is put off for over two minutes and was never tried."""
    now_us = int(r.now() * 1_000_000)
    near_us = now_us + int(_NEAR_S * 1_000_000)
    (row,) = await asyncio.to_thread(peek.rows, r.location, _LEFT, near_us, now_us + _PUT_OFF_US)
    return Backlog(
        undecided=int(row["undecided"]),
        sending=int(row["sending"]),
        due=int(row["due"]),
        next_s=inf if row["next_us"] is None else row["next_us"] / 1_000_000,
    )


async def drained(r: Rig, *, within_s: float = 90.0) -> float:
    """Wait until nothing is left and return how long that took by the platforms' clock.

    The clock is turned on over the time in which everything waits for its moment. Infinity when
    it takes more than `within_s` real seconds.
    """
    began, deadline = r.now(), time.monotonic() + within_s
    while time.monotonic() < deadline:
        left = await backlog(r)
        if left.busy:
            await asyncio.sleep(_LOOK_S)
        elif left.next_s < inf:
            await r.jump(max(left.next_s - r.now(), 0.0) + _LOOK_S)
            await asyncio.sleep(_NEAR_S)
        elif (await r.twin.post("idle", wait_s=2.0)).get("idle") and not (await backlog(r)).busy:
            return r.now() - began
    return inf


def percentile(figures: Iterable[float], share: float) -> float:
    """Return the smallest figure that is not below so large a share of all; 0 of none.

    >>> percentile([5, 1, 4, 2, 3], 0.5), percentile([1, 2], 0.999), percentile([], 0.5)
    (3, 2, 0.0)
    """
    found = sorted(figures)
    return found[min(int(len(found) * share), len(found) - 1)] if found else 0.0


async def newest(r: Rig) -> int:
    """Return the number of the newest entry of the book."""
    return max((one["n"] for one in await r.twin.lines("book?format=jsonl")), default=0)


async def entries(r: Rig, kind: str, since: int = 0) -> list[dict[str, Any]]:
    """Return the entries of one kind of the book after a number."""
    lines = await r.twin.lines(f"book?format=jsonl&since={since}")
    return [one for one in lines if one["kind"] == kind]


async def accept_ms(r: Rig, since: int) -> Sequence[float]:
    """Return how long the platform waited for each answer to a callback since an entry."""
    return [float(one["ms"]) for one in await entries(r, "callback", since) if one["attempt"]]


def wrongs(judged: Judged) -> set[str]:
    """Return everything that a verdict has against a run."""
    return {*judged.lost, *judged.findings, *judged.wrong}
