"""Rows from the future: what a clock left that ran ahead, while we were not running, of ours now.

Nothing may wait until the true time has come that far: what was due then is due now, and what
lives for seconds dies in seconds.
"""

from bot.clock import moment
from bot.db import journal
from bot.db.tx import Tx

_AGREES_US = 60 * 1_000_000
_RETRIES_US = 60 * 1_000_000  # the longest wait between two tries


async def mend(tx: Tx, now_us: int) -> int:
    """Make what was due by a clock that ran ahead due now, and tell operators once a day.

    Return by how many microseconds it ran ahead, 0 when the tables agree with `now_us` to within
    a minute. Repeating is safe.
    """
    newest_us = await _newest_us(tx)
    gap_us = newest_us - now_us
    if gap_us <= _AGREES_US:
        return 0
    due_us = newest_us + _RETRIES_US
    for table, state in (("inbox", "new"), ("effect", "ready")):
        await tx.run(
            f"UPDATE {table} SET next_us = ? WHERE state = ? AND next_us > ? AND next_us <= ?",  # noqa: S608  (ours)
            now_us, state, now_us, due_us,
        )  # fmt: skip
    await tx.run(
        "UPDATE effect SET deadline_us = deadline_us - ?"
        " WHERE state = 'ready' AND deadline_us IS NOT NULL AND created_us > ?",
        gap_us, now_us,
    )  # fmt: skip
    await tx.run(
        "UPDATE effect SET sent_us = ? WHERE state = 'sending' AND sent_us > ?", now_us, now_us
    )
    text = (
        f"数据库里最新的记录比现在的时间晚 {gap_us // 1_000_000} 秒：本机时钟先前快了，或现在慢了。"
        "到期的工作已改为现在处理；请核对本机时间（NTP）"
    )
    await journal.notice(tx, f"clock-back:{moment(now_us).date().isoformat()}", text, now_us)
    return gap_us


async def _newest_us(tx: Tx) -> int:
    row = await tx.one(
        "SELECT (SELECT received_us FROM inbox ORDER BY id DESC LIMIT 1) AS received_us,"
        " (SELECT began_us FROM attempt ORDER BY id DESC LIMIT 1) AS began_us"
    )
    return max(row["received_us"] or 0, row["began_us"] or 0) if row else 0
