"""Settles what a member has: tags, a store, ways to be reached, conversations, open questions."""

from bot.actions import BindStore, CallOff, Gap, MarkReach, MarkTalk, MarkTold, Tag, Untag
from bot.clock import micros
from bot.db import calling_off, journal, talks
from bot.db.calling_off import Way
from bot.db.tx import Tx
from bot.settle.decision import Decision


async def tag(tx: Tx, action: Tag, decision: Decision) -> None:
    """Add a line to the journal: the tag is on."""
    await journal.tag(
        tx,
        person=decision.member,
        name=action.name,
        value=action.value,
        op="add",
        at_us=decision.now_us,
        expires_us=micros(action.expires) if action.expires else None,
        inbox=decision.inbox,
        rule=action.rule,
        ruleset=decision.ruleset,
    )


async def untag(tx: Tx, action: Untag, decision: Decision) -> None:
    """Add a line to the journal: the tag is off."""
    await journal.tag(
        tx,
        person=decision.member,
        name=action.name,
        value="",
        op="remove",
        at_us=decision.now_us,
        expires_us=None,
        inbox=decision.inbox,
        rule=action.rule,
        ruleset=decision.ruleset,
    )


async def bind_store(tx: Tx, action: BindStore, decision: Decision) -> None:
    """Bind the member to a store, unless they are bound already."""
    await tx.run(
        "UPDATE person SET store = ? WHERE id = ? AND store = ''", action.store, decision.member
    )


async def mark_reach(tx: Tx, action: MarkReach, decision: Decision) -> None:
    """Record a way to reach the member; what waits for a way that is off is called off."""
    await journal.reach(
        tx,
        person=decision.member,
        account=action.account,
        channel=decision.channel,
        address=action.address,
        staff=action.staff,
        on=action.on,
        spoke_us=_spoke_us(decision) if action.spoke else None,
        at_us=decision.event_us,
    )
    if not action.on:
        way = Way(account=action.account, address=action.address, staff=action.staff)
        await calling_off.call_off_way(tx, way, decision.now_us)


async def mark_talk(tx: Tx, action: MarkTalk, decision: Decision) -> None:
    """Record what happened in a conversation."""
    await talks.mark(
        tx,
        account=decision.account,
        kf=action.kf,
        member=action.member,
        person=decision.member,
        state=action.state,
        chat=action.chat,
        spoke_us=_spoke_us(decision) if action.spoke else None,
        staff_us=decision.event_us if action.staff_spoke else None,
        sent=action.sent,
    )


def _spoke_us(decision: Decision) -> int:
    # What we say afterwards is counted from here by our clock, which the platform's may be ahead
    # of: then nothing would count.
    return min(decision.event_us, decision.now_us)


async def gap(tx: Tx, action: Gap, decision: Decision) -> None:
    """Keep a phrase that no rule knows."""
    await journal.gap(
        tx, inbox=decision.inbox, person=decision.member, text=action.text, at_us=decision.now_us
    )


async def mark_told(tx: Tx, action: MarkTold, decision: Decision) -> None:
    """Record that the member was shown that answers come by themselves."""
    await tx.run("UPDATE person SET told_us = ? WHERE id = ?", decision.now_us, decision.member)


async def call_off(tx: Tx, _action: CallOff, decision: Decision) -> None:
    """Take back what waits unasked for its hour."""
    await calling_off.call_off(tx, decision.member, decision.now_us)
