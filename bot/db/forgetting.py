"""Forgets what comparisons asked and were answered: lists are long, and read again every hour."""

from bot.actions import AskStaff
from bot.db.tx import Tx

PAGES_LANE = 3  # of the inbox: what a platform answered to a comparison
_KEPT_US = 2 * 24 * 3_600 * 1_000_000
_AT_ONCE = 2_000  # rows; a run that leaves more is caught up with by the next ones


async def forget_pages(tx: Tx, account: str, now_us: int) -> int:
    """Delete decided pages and settled questions older than two days; return how many rows.

    What was found stays, with its event. Repeating it is safe.
    """
    before_us = now_us - _KEPT_US
    pages = await tx.all(
        "SELECT id FROM inbox WHERE state = 'done' AND lane = ? AND account = ?"
        " AND received_us < ? ORDER BY id LIMIT ?",
        PAGES_LANE, account, before_us, _AT_ONCE,
    )  # fmt: skip
    for page in pages:
        await tx.run("DELETE FROM trace WHERE inbox_id = ?", page["id"])
        await tx.run("DELETE FROM inbox WHERE id = ?", page["id"])
    asked = await tx.all(
        "SELECT id FROM effect WHERE order_key = ? AND state IN ('done', 'failed', 'expired')"
        " AND done_us < ? LIMIT ?",
        AskStaff(account=account, run="").order(), before_us, _AT_ONCE,
    )  # fmt: skip
    for one in asked:
        await tx.run("DELETE FROM attempt WHERE effect_id = ?", one["id"])
        await tx.run("DELETE FROM effect WHERE id = ?", one["id"])
    seen = await tx.run(
        "DELETE FROM sighting WHERE account = ? AND run < ?", account, str(before_us)
    )
    return len(pages) + len(asked) + seen
