"""Claiming owed effects: each by one process, those of one order one at a time.

Many processes claim side by side. What another is claiming is passed over, and an order is held
while one of its effects is begun, so that two of one order are never under way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.db.tx import Row, Tx

_SOON_US = 30 * 1_000_000
_LAST = 9_000_000_000_000_000
_UNHURRIED = 2  # the first lane that answers nobody
# Nothing of its order is under way, and nothing older of it is due. What goes along with an answer
# waits for it, also while the answer waits for the platform to ask again, or is to be tried once
# more within half a minute: a card never overtakes its words.
_IN_TURN = (
    "(e.order_key = '' OR NOT EXISTS (SELECT 1 FROM effect o WHERE o.order_key = e.order_key"
    " AND (o.state = 'sending'"
    "      OR (o.state = 'ready' AND o.id < e.id AND (o.next_us <= ?"
    "          OR (o.inbox_id = e.inbox_id"
    "              AND (o.kind = 'oa_reply' OR (o.fence > 0 AND o.next_us <= ?))))))))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """How much of which lanes is claimed, by which worker; only what waited so long since due."""

    limit: int
    lanes: tuple[int, int] = (0, 9)
    owner: str = ""
    waited_us: int = 0


async def claim(tx: Tx, now_us: int, wanted: Claim) -> Sequence[Row]:
    """Mark due effects as being sent and return them: the intent, before any socket.

    Tightest lane first; in the urgent ones the earliest deadline first, in the others what has
    been due longest. Of one order only the oldest unfinished effect that is due is taken, and none
    while another of that order is under way.
    """
    found: list[Row] = []
    # Lane by lane, the index leads past what waits for a later day, however much that is.
    for lanes, order in _turns(wanted.lanes):
        if len(found) < wanted.limit:
            rows = await tx.all(
                "SELECT id, order_key FROM effect e WHERE state = 'ready' AND next_us <= ?"  # noqa: S608  (numbers)
                f" AND lane IN ({lanes}) AND {_IN_TURN} ORDER BY {order} LIMIT ?{tx.skip_locked}",
                now_us - wanted.waited_us, now_us, now_us + _SOON_US, wanted.limit - len(found),
            )  # fmt: skip
            found.extend(rows)
    begun = [await _begin(tx, row, now_us, wanted.owner) for row in found]
    return [row for row in begun if row is not None]


def _turns(lanes: tuple[int, int]) -> Iterator[tuple[str, str]]:
    """Yield lanes that are looked at together, and the order in which they are sent.

    Tens of thousands may wait in a lane that answers nobody: in the order of the index only those
    are read that are taken. What answers somebody is never as much, and is sorted.
    """
    listed = range(lanes[0], lanes[1] + 1)
    if urgent := [str(lane) for lane in listed if lane < _UNHURRIED]:
        yield ",".join(urgent), f"lane, coalesce(deadline_us, {_LAST}), id"
    yield from ((str(lane), "next_us, id") for lane in listed if lane >= _UNHURRIED)


async def _begin(tx: Tx, found: Row, now_us: int, owner: str) -> Row | None:
    order = found["order_key"]
    if order and not await tx.try_lock(f"order:{order}"):
        return None  # another process is beginning one of this order
    row = await tx.one(
        "UPDATE effect AS e SET state = 'sending', attempts = attempts + 1, fence = fence + 1,"  # noqa: S608  (ours)
        f" owner = ?, sent_us = ? WHERE id = ? AND state = 'ready' AND {_IN_TURN} RETURNING *",
        owner, now_us, found["id"], now_us, now_us + _SOON_US,
    )  # fmt: skip
    if row is None:
        return None  # another process has begun one of this order meanwhile
    await tx.run(
        "INSERT INTO attempt(effect_id, n, began_us) VALUES(?,?,?)",
        row["id"], row["attempts"], now_us,
    )  # fmt: skip
    return row


async def abandon(tx: Tx, row: Row) -> None:
    """Give up a try that nobody is at any more: the sweep settles it as one whose process is gone.

    Repeating is safe, and nothing happens to what somebody else has begun since.
    """
    await tx.run(
        "UPDATE effect SET owner = '' WHERE id = ? AND fence = ? AND state = 'sending'",
        row["id"], row["fence"],
    )  # fmt: skip


async def let_go(tx: Tx, owner: str, under_way: frozenset[int], now_us: int) -> int:
    """Give back what a living worker claimed without hearing of it; none of that was tried.

    `under_way` is what it did hear of. Only the worker itself may say so, while it claims nothing.
    """
    rows = await tx.all(
        "SELECT id, attempts FROM effect"
        " WHERE state = 'sending' AND carrier = 'call' AND owner = ?",
        owner,
    )
    lost = [row for row in rows if row["id"] not in under_way]
    for row in lost:
        await tx.run(
            "UPDATE effect SET state = 'ready', attempts = attempts - 1, next_us = ?"
            " WHERE id = ? AND state = 'sending'",
            now_us, row["id"],
        )  # fmt: skip
        await tx.run(
            "DELETE FROM attempt WHERE effect_id = ? AND n = ?", row["id"], row["attempts"]
        )
    return len(lost)
