"""Checks that the books balance, every minute, over our own tables.

A warning light, and not the judge: it can only see what our own tables say. The judge is the
book of whoever sent the callbacks and took the calls.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from bot.actions import State
from bot.db.tx import Tx

MOST_REMEMBERED = 20_000  # rows answered between two checks; of more, only the newest are checked
_SLICE = 400
_FINAL = (State.DONE, State.FAILED, State.EXPIRED, State.SKIPPED, State.UNKNOWN)
_OPEN = (State.READY, State.SENDING)


class Answered:
    """Remembers which inbox rows this process answered with 2xx since the last check."""

    def __init__(self) -> None:
        self._times: Counter[int] = Counter()

    def note(self, inbox_id: int) -> None:
        """Remember that a delivery of a row was answered; 0 stands for one that needs no row."""
        if inbox_id:
            self._times[inbox_id] += 1
        if len(self._times) > MOST_REMEMBERED:
            del self._times[next(iter(self._times))]

    def taken(self) -> Mapping[int, int]:
        """Return how often each row was answered, and begin anew."""
        times, self._times = self._times, Counter()
        return times

    def give_back(self, times: Mapping[int, int]) -> None:
        """Take back what could not be checked now."""
        self._times.update(times)


async def violations(tx: Tx, answered: Mapping[int, int]) -> Mapping[str, int]:
    """Return how many entries of each book do not balance; nothing for those that do.

    answered: a delivery answered with 2xx that has neither a row nor a counted duplicate.
    states: an effect in no known state, or settled without a moment. silent: an unknown effect that
    does not say why. stock: a code given that its shelf does not have, or given twice. share: more
    codes than one for a member's slot in a campaign. Reads only.
    """
    found = {
        "answered": await _unrecorded(tx, answered),
        "states": await _stateless(tx),
        "silent": await _count(tx, "FROM effect WHERE state = 'unknown' AND meaning = ''"),
        "stock": await _off_the_shelf(tx),
        "share": await _doubled_shares(tx),
    }
    return {what: count for what, count in found.items() if count}


async def _unrecorded(tx: Tx, answered: Mapping[int, int]) -> int:
    """Count deliveries that were answered and are neither a row nor one of its duplicates."""
    missing, ids = 0, list(answered)
    for start in range(0, len(ids), _SLICE):
        part = ids[start : start + _SLICE]
        told = {row["id"]: 1 + row["duplicates"] for row in await _rows(tx, part)}
        missing += sum(max(0, answered[one] - told.get(one, 0)) for one in part)
    return missing


async def _rows(tx: Tx, ids: Sequence[int]) -> Sequence[Mapping[str, int]]:
    marks = ", ".join("?" * len(ids))
    found = await tx.all(f"SELECT id, duplicates FROM inbox WHERE id IN ({marks})", *ids)  # noqa: S608  (marks)
    return [{"id": row["id"], "duplicates": row["duplicates"]} for row in found]


async def _stateless(tx: Tx) -> int:
    known = ", ".join(f"'{state}'" for state in (*_FINAL, *_OPEN))
    final = ", ".join(f"'{state}'" for state in _FINAL)
    return await _count(
        tx,
        f"FROM effect WHERE state NOT IN ({known}) OR (state IN ({final}) AND done_us IS NULL)",
    )


async def _off_the_shelf(tx: Tx) -> int:
    """Count grants whose code is gone or still for anybody, and codes that two members hold."""
    loose = await _count(
        tx,
        "FROM coupon_grant g LEFT JOIN coupon c ON c.id = g.coupon_id"
        " WHERE c.id IS NULL OR c.state = 'shelf'",
    )
    twice = await _count(
        tx, "FROM (SELECT coupon_id FROM coupon_grant GROUP BY coupon_id HAVING count(*) > 1) AS d"
    )
    return loose + twice


async def _doubled_shares(tx: Tx) -> int:
    return await _count(
        tx,
        "FROM (SELECT campaign FROM coupon_grant WHERE ordinal IS NOT NULL"
        " GROUP BY campaign, person_id, ordinal HAVING count(*) > 1) AS d",
    )


async def _count(tx: Tx, found: str) -> int:
    row = await tx.one(f"SELECT count(*) AS n {found}")
    return int(row["n"]) if row else 0
