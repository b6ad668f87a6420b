"""The mark of a database that came out of a backup: what happened since then is not known to it.

Until an operator confirms it, nothing leaves, no code that was on a shelf is given, and what
expires is told for what it is: it may have been sent by the process that ran after the backup.
"""

from dataclasses import dataclass
from enum import StrEnum

import orjson

from bot.db import pauses
from bot.db.tx import Tx
from bot.errors import DatabaseTrouble
from bot.ids import ulid
from bot.pausing import ALL_SENDING

BY = "db restore"  # who paused all sending
UNDER_WAY = "xiaoer_restoring"  # a schema of a server's database while it is being restored
QUARANTINED = "quarantined"  # a code that may have been given in the gap
MAYBE_SENT = "恢复自备份：备份之后可能已经发出"
_KEY, _EPOCH, _GAP = "restored", "epoch", "gap"
_REASON = "数据库恢复自备份，等运营确认空档：python run.py db confirm-gap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """When the backup was taken, when it was restored, and the newest inbox row it holds."""

    taken_us: int
    restored_us: int
    last_inbox: int


async def restored(tx: Tx) -> Restored | None:
    """Return the mark of a restored database whose gap nobody has confirmed, else None."""
    row = await tx.one("SELECT value FROM meta WHERE key = ?", _KEY)
    return Restored(**orjson.loads(row["value"])) if row else None


async def epoch(tx: Tx) -> str:
    """Return which life of this database it is: a new name after each restore, "" at first."""
    row = await tx.one("SELECT value FROM meta WHERE key = ?", _EPOCH)
    return str(row["value"]) if row else ""


async def mark(tx: Tx, taken_us: int, now_us: int) -> Restored:
    """Mark a database as restored: a new epoch, nothing leaves, codes on the shelves are held."""
    newest = await tx.one("SELECT coalesce(max(id), 0) AS id FROM inbox")
    found = Restored(
        taken_us=taken_us, restored_us=now_us, last_inbox=newest["id"] if newest else 0
    )
    values = {"taken_us": taken_us, "restored_us": now_us, "last_inbox": found.last_inbox}
    await _write(tx, _KEY, orjson.dumps(values).decode())
    await _write(tx, _EPOCH, ulid(now_us))
    stop = pauses.Pause(name=ALL_SENDING, reason=_REASON, by=BY, at_us=now_us)
    await pauses.pause(tx, stop)
    # Also those off the shelf: a larger stock may have put them back on it in the gap.
    await tx.run(
        "UPDATE coupon SET state = ? WHERE state IN ('shelf', 'withdrawn') AND NOT EXISTS"
        " (SELECT 1 FROM coupon_grant g WHERE g.coupon_id = coupon.id)",
        QUARANTINED,
    )
    return found


class Resumed(StrEnum):
    """What became of a wish to let something go on."""

    LIFTED = "lifted"
    NOT_PAUSED = "not_paused"
    UNCONFIRMED = "unconfirmed"  # a restore paused it, and its gap is open


async def resume(tx: Tx, name: str) -> Resumed:
    """Let something paused go on; all sending only once the gap after a restore is confirmed."""
    if name == ALL_SENDING and await restored(tx):
        return Resumed.UNCONFIRMED
    return Resumed.LIFTED if await pauses.lift(tx, name) else Resumed.NOT_PAUSED


async def unmark(tx: Tx) -> None:
    """Take the mark off, and the pause with it unless an operator had paused before."""
    await tx.run("DELETE FROM meta WHERE key = ?", _KEY)
    await pauses.lift(tx, ALL_SENDING, by=BY)


async def _write(tx: Tx, key: str, value: str) -> None:
    await tx.run(
        "INSERT INTO meta(key, value) VALUES(?,?)"
        " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
        key, value,
    )  # fmt: skip


async def note_overdue(tx: Tx, now_us: int) -> None:
    """Write down of owed effects whose deadline has passed that sending was paused.

    Of those that were owed when a backup was taken nobody knows whether they left: unknown.
    """
    stop = await pauses.sending(tx)
    if stop is None:
        return
    if mark_ := await restored(tx):
        await tx.run(
            "UPDATE effect SET state = 'unknown', done_us = ?, attempts = attempts + 1,"
            " sent_us = coalesce(sent_us, ?), meaning = ? WHERE state = 'ready'"
            " AND deadline_us IS NOT NULL AND deadline_us <= ? AND inbox_id <= ?",
            now_us, mark_.taken_us, f"已过时限，不再发送；{MAYBE_SENT}", now_us, mark_.last_inbox,
        )  # fmt: skip
    await tx.run(
        "UPDATE effect SET meaning = CASE WHEN meaning = '' THEN cast(? AS text)"
        " ELSE meaning || '；' || cast(? AS text) END"
        " WHERE state = 'ready' AND deadline_us IS NOT NULL AND deadline_us <= ?",
        stop.told, stop.told, now_us,
    )  # fmt: skip


async def keep_gap(tx: Tx, from_us: int, until_us: int) -> None:
    """Remember the newest gap, in which another process did what this database knows nothing of."""
    await _write(tx, _GAP, f"{from_us} {until_us}")


async def within_gap(tx: Tx, at_us: int) -> bool:
    """Tell whether something happened in the newest gap: whoever ran then has dealt with it."""
    row = await tx.one("SELECT value FROM meta WHERE key = ?", _GAP)
    if row is None:
        return False
    from_us, until_us = map(int, row["value"].split())
    return from_us < at_us <= until_us


async def half_restored(tx: Tx) -> str | None:
    """Return what made room for a restore of this server's database that was not finished.

    The name of its schema, "" when nothing was there; None when no restore is unfinished.
    """
    row = await tx.one(
        "SELECT coalesce(obj_description(oid, 'pg_namespace'), '') AS aside FROM pg_namespace"
        " WHERE nspname = ?",
        UNDER_WAY,
    )
    return str(row["aside"]) if row else None


async def refuse_half_restored(tx: Tx) -> None:
    """Raise DatabaseTrouble for a server's database whose restore was not finished."""
    if await half_restored(tx) is not None:
        raise DatabaseTrouble("这个数据库恢复到一半：请再运行一次 db restore，做完才能用")
