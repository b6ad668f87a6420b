"""Effects whose process is gone: each is settled by its policy, by whoever finds it.

Whether such an effect left is not known, even if it was claimed a moment ago: between the intent
and the socket nothing is written down.
"""

from collections.abc import Sequence

from bot.actions import Class, Policy
from bot.db.ledger import repeat_while_known
from bot.db.tx import Row, Tx
from bot.db.workers import ALIVE

_UNKNOWN = "发送途中进程中断：平台可能已收到，为避免重复不再自动发送"
_ORPHANED = f"state = 'sending' AND carrier = 'call' AND owner NOT IN ({ALIVE})"


async def found(tx: Tx, after: int, limit: int) -> Sequence[Row]:
    """Return up to `limit` effects, from id `after` on, whose process is gone.

    An answer inside a response is none: the platform's retry, or its silence, tells.
    """
    return await tx.all(
        f"SELECT id, fence FROM effect WHERE {_ORPHANED} AND id > ? ORDER BY id LIMIT ?",  # noqa: S608  (ours)
        await tx.clock_us(), after, limit,
    )  # fmt: skip


async def settle(tx: Tx, orphan: Row, now_us: int, settle_us: int) -> bool:
    """Settle one by its policy: tried again, or unknown. False when somebody else has done so.

    What the platform is asked about before it is repeated waits `settle_us` first: a request that
    was cut off may still be carried out.
    """
    row = await tx.one(
        f"SELECT * FROM effect WHERE id = ? AND fence = ? AND {_ORPHANED}{tx.skip_locked}",  # noqa: S608  (ours)
        orphan["id"], orphan["fence"], await tx.clock_us(),
    )  # fmt: skip
    if row is None:
        return False
    if row["policy"] != Policy.REPEAT:
        await tx.run(
            "UPDATE effect SET state = 'unknown', done_us = ?, meaning = ? WHERE id = ?",
            now_us, _UNKNOWN, row["id"],
        )  # fmt: skip
        return True
    await repeat_while_known(tx, row)
    wait_us = settle_us if row["klass"] == Class.D else 0
    await tx.run(
        "UPDATE effect SET state = 'ready', next_us = ? WHERE id = ?", now_us + wait_us, row["id"]
    )
    return True


async def recover(tx: Tx, now_us: int, settle_us: int = 0) -> int:
    """Settle every orphan in one transaction and return how many there were."""
    everything = await found(tx, 0, 1_000_000)
    return sum([await settle(tx, row, now_us, settle_us) for row in everything])
