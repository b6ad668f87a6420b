"""Settles what an employee should say to a member, and whether they did."""

from bot.actions import MarkProposal, Propose
from bot.db import proposals
from bot.db.tx import Tx
from bot.settle.decision import Decision


async def propose(tx: Tx, action: Propose, decision: Decision) -> None:
    """Keep words for an employee to say."""
    await proposals.keep(
        tx,
        action,
        account=decision.account,
        person=decision.member,
        inbox=decision.inbox,
        at_us=decision.now_us,
    )


async def mark_proposal(tx: Tx, action: MarkProposal, decision: Decision) -> None:
    """Record what became of them."""
    await proposals.mark(tx, action, decision.now_us)
