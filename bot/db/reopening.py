"""What confirming the gap after a restore does to effects and coupon codes.

The gap runs from the backup to the moment when the last process before the restore stopped.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.actions import Policy
from bot.db import ledger, pauses, restored
from bot.db.restored import QUARANTINED, Restored
from bot.db.tx import Row, Tx

_UNKNOWN = f"{restored.MAYBE_SENT}，为避免重复不再自动发送"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """What became of what was owed and of the codes; `gap_us` 0: nothing ran after the backup.

    `kept_out` are generated codes that are never given again, `held` imported ones that wait for
    `release`.
    """

    gap_us: int
    unknown: int
    repeated: int
    kept_out: int
    held: int
    released: int
    paused: bool  # by an operator, before the backup was taken or since


async def reopen(
    tx: Tx, *, as_of_us: int, imported: Collection[str], now_us: int
) -> Reopened | None:
    """Settle what a restored database cannot know, and let sending go on; None: nothing to confirm.

    `as_of_us`: when the last process before the restore stopped. `imported`: the campaigns whose
    codes come from a file. Effects that were owed or under way at the backup and were due by then
    may have left: those that must not be repeated become unknown, the others are tried again.
    """
    mark = await restored.restored(tx)
    if mark is None:
        return None
    gap_us = max(0, as_of_us - mark.taken_us)
    unknown, repeated, released = 0, 0, 0
    if gap_us:
        unknown, repeated = await _doubt(tx, mark, as_of_us, now_us)
        await restored.keep_gap(tx, mark.taken_us, as_of_us)
    else:
        released = await _release_all(tx, imported)
    await restored.unmark(tx)
    held = sum([await _held(tx, campaign) for campaign in imported])
    return Reopened(
        gap_us=gap_us,
        unknown=unknown,
        repeated=repeated,
        kept_out=await _held(tx) - held,
        held=held,
        released=released,
        paused=await pauses.sending(tx) is not None,
    )


async def _doubt(tx: Tx, mark: Restored, as_of_us: int, now_us: int) -> tuple[int, int]:
    """Note a try that may have been made in the gap; return how many are unknown, how many not."""
    rows = await tx.all(
        "UPDATE effect SET state = 'sending', carrier = 'call', owner = '', fence = fence + 1,"
        " attempts = attempts + 1, sent_us = ? WHERE inbox_id <= ?"
        " AND (state = 'sending' OR state = 'ready' AND next_us <= ?) RETURNING *",
        mark.taken_us, mark.last_inbox, as_of_us,
    )  # fmt: skip
    return sum([await _doubt_one(tx, row, now_us) for row in rows]), sum(map(_repeatable, rows))


async def _doubt_one(tx: Tx, row: Row, now_us: int) -> bool:
    await tx.run(
        "INSERT INTO attempt(effect_id, n, began_us, phase, meaning) VALUES(?,?,?,'written',?)",
        row["id"], row["attempts"], row["sent_us"], restored.MAYBE_SENT,
    )  # fmt: skip
    if _repeatable(row):
        await ledger.repeat_while_known(tx, row)
        await tx.run(
            "UPDATE effect SET state = 'ready', next_us = ? WHERE id = ?", now_us, row["id"]
        )
        return False
    await tx.run(
        "UPDATE effect SET state = 'unknown', done_us = ?, meaning = ? WHERE id = ?",
        now_us, _UNKNOWN, row["id"],
    )  # fmt: skip
    return True


def _repeatable(row: Row) -> bool:
    return bool(row["policy"] == Policy.REPEAT)


async def _release_all(tx: Tx, imported: Iterable[str]) -> int:
    # Generated codes are not missed: the shelf was filled with new ones.
    return sum([
        await tx.run(
            "UPDATE coupon SET state = 'shelf' WHERE campaign = ? AND state = ?",
            campaign, QUARANTINED,
        )
        for campaign in imported
    ])  # fmt: skip


async def _held(tx: Tx, campaign: str = "") -> int:
    row = await tx.one(
        "SELECT count(*) AS n FROM coupon WHERE state = ?"
        " AND (cast(? AS text) = '' OR campaign = ?)",
        QUARANTINED, campaign, campaign,
    )  # fmt: skip
    return int(row["n"]) if row else 0


async def held_codes(tx: Tx, imported: Collection[str]) -> Sequence[Row]:
    """Return the imported codes that may have been given in the gap, with their campaign."""
    rows = await tx.all(
        "SELECT campaign, code FROM coupon WHERE state = ? ORDER BY campaign, id", QUARANTINED
    )
    return [row for row in rows if row["campaign"] in imported]


async def release(tx: Tx, codes: Iterable[str], imported: Collection[str]) -> int:
    """Put imported codes that nobody was given back on their shelves; return how many were held.

    Repeating it changes nothing. None are put back while the gap is not confirmed.
    """
    if await restored.restored(tx):
        return 0
    released = 0
    for code in codes:
        row = await tx.one(
            "SELECT id, campaign FROM coupon WHERE code = ? AND state = ?", code, QUARANTINED
        )
        if row and row["campaign"] in imported:
            released += await tx.run(
                "UPDATE coupon SET state = 'shelf' WHERE id = ? AND state = ?",
                row["id"], QUARANTINED,
            )  # fmt: skip
    return released
