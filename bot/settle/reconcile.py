"""Settles what comparing with a platform comes to: counts, whom a list showed, what was found."""

from bot.actions import MarkCompared, MarkGap, MarkListed
from bot.db import comparisons
from bot.db.tx import Tx
from bot.settle.decision import Decision


async def mark_compared(tx: Tx, action: MarkCompared, decision: Decision) -> None:
    """Count what was compared."""
    await comparisons.mark(tx, action, decision.account, decision.inbox, decision.now_us)


async def mark_listed(tx: Tx, action: MarkListed, decision: Decision) -> None:
    """Remember whom a list showed."""
    await comparisons.listed(tx, action, decision.account)


async def mark_gap(tx: Tx, action: MarkGap, decision: Decision) -> None:
    """Record what no callback told us."""
    await comparisons.found(
        tx,
        action,
        account=decision.account,
        person=decision.person,
        inbox=decision.inbox,
        now_us=decision.now_us,
    )
