"""Reads what an event has to do with a customer group: which one, whose store, what is proposed."""

from datetime import timedelta

from bot.clock import micros_of
from bot.db import ledger, proposals
from bot.db.tx import Tx
from bot.events import (
    CardSent,
    CardTapped,
    Event,
    GroupChanged,
    GroupCreated,
    GroupLinkMade,
    GroupRead,
    GroupSaid,
    KfEntered,
    KfNotice,
    ProposalSaid,
    group_scene,
)
from bot.events.kf import KfItem
from bot.facts import Content, DraftFacts, Member
from bot.gather.look import Look

ONE_WITHIN = timedelta(minutes=10)  # a member's next question waits with the first
_ABOUT_A_PROPOSAL = (CardTapped, CardSent, ProposalSaid)
_ABOUT_A_WELCOME = (GroupCreated, GroupChanged, GroupRead, GroupLinkMade)


def pool_of_chat(content: Content, chat: str) -> str:
    """Return the pool a group belongs to, or ""."""
    if not chat:
        return ""
    for pool in content.pools.values():
        if any(group.chat == chat for group in pool.groups):
            return pool.id
    return ""


def chat_of(content: Content, event: Event, member: Member | None) -> str:
    """Return the group an event is about, or by whose link the customer came to talk; else ""."""
    if isinstance(event, KfEntered) and (chat := _chat_of_scene(content, event.scene)):
        return chat
    if isinstance(event, KfItem | KfNotice) and member:
        return next((talk.chat for talk in member.talks if talk.kf == event.kf), "")
    return str(getattr(event, "chat", ""))


def _chat_of_scene(content: Content, scene: str) -> str:
    if not scene.startswith(group_scene("")[:2]):
        return ""
    chats = (group.chat for pool in content.pools.values() for group in pool.groups)
    return next((chat for chat in chats if group_scene(chat) == scene), "")


def store_of_chat(look: Look) -> str:
    """Return the store of the group, or ""."""
    pool = look.content.pools.get(look.pool)
    return next((g.store for g in pool.groups if g.chat == look.chat), "") if pool else ""


async def draft_facts(tx: Tx, look: Look) -> DraftFacts:
    """Return what of proposals and of group welcomes concerns this event."""
    event = look.event
    if isinstance(event, _ABOUT_A_PROPOSAL):
        return DraftFacts(proposal=await proposals.of_task(tx, event.task))
    if isinstance(event, GroupSaid) and look.person:
        since_us = look.now_us - micros_of(ONE_WITHIN)
        return DraftFacts(waits=await proposals.waiting_for(tx, look.person, since_us))
    if isinstance(event, _ABOUT_A_WELCOME) and look.pool:
        order = f"group:{event.account}:{look.chat}"
        return DraftFacts(asked=await ledger.asked(tx, order, look.now_us))
    return DraftFacts()
