"""Settles what is known of groups: who sits in them, who was shown the way in."""

from bot.actions import Invite, LeaveSeat, MarkGroup, TakeSeat
from bot.db import seats
from bot.db.tx import Tx
from bot.settle.decision import Decision


async def invite(tx: Tx, action: Invite, decision: Decision) -> None:
    """Hold a seat for the member."""
    await seats.invite(
        tx,
        pool=action.pool,
        person=decision.member,
        chat=action.chat,
        ticket=action.ticket,
        at_us=decision.now_us,
    )


async def take_seat(tx: Tx, action: TakeSeat, decision: Decision) -> None:
    """Record that the customer sits in a group."""
    since_us = action.joined * 1_000_000 or decision.now_us
    await seats.take(tx, action.chat, action.member, decision.member, since_us)


async def leave_seat(tx: Tx, action: LeaveSeat, decision: Decision) -> None:
    """Record that the customer left a group."""
    await seats.leave(tx, action.chat, action.member, decision.event_us)


async def mark_group(tx: Tx, action: MarkGroup, decision: Decision) -> None:
    """Record what we learnt of a group."""
    await seats.mark_group(tx, action, decision.account)
