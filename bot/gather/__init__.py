"""Reads, inside the deciding transaction, everything a planner may look at."""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.clock import micros, micros_of, moment
from bot.db import pauses, seats
from bot.db.erasing import erased_among
from bot.db.people import People
from bot.db.restored import within_gap
from bot.db.tx import Row, Tx
from bot.events import (
    ContactAdded,
    Event,
    GroupRead,
    GroupSaid,
    KfEntered,
    KfNotice,
    MemberJoined,
    answered_inside,
)
from bot.events.kf import KfItem
from bot.facts import Content, Facts
from bot.gather.coupon import campaign_of, coupon_of
from bot.gather.group import chat_of, draft_facts, pool_of_chat
from bot.gather.holds import hold_pools
from bot.gather.linking import link_facts
from bot.gather.look import Look
from bot.gather.mass import mass_facts
from bot.gather.orders import bought, buyer, follow, order_facts
from bot.gather.proofs import Arrived
from bot.gather.reconcile import listed_facts
from bot.gather.reported import reported_of
from bot.gather.shift import shift_of
from bot.gather.spent import with_spent
from bot.gather.subject import subject_of
from bot.gather.who import Who, who_of
from bot.pausing import paused_of
from bot.plan import Needs, needs
from bot.shop import Shop
from keyword_rules.rule import Subject, Trace

__all__ = ["Known", "gather", "pool_of_chat"]

_IN_KF = (KfItem, KfNotice)
_STALE = timedelta(minutes=30)  # the first pull reads three days back
_AFTER_STAFF = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was found out about an event before planning."""

    facts: Facts
    trace: Trace
    subject: Subject  # what the rules were compared with
    linked: str = ""  # a name learnt just now, for the trace


async def gather(tx: Tx, shop: Shop, people: People, row: Row, event: Event) -> Known:
    """Find the member, match the rules, and read what the plan needs."""
    now_us = shop.clock()
    content = shop.content()
    order = await bought(tx, shop.instance_key, event)
    arrived = Arrived(shop=shop, people=people, row=row, event=event, now_us=now_us)
    who = await buyer(tx, people, event, order, now_us) or await who_of(tx, arrived)
    await follow(tx, event, who.member, now_us)
    chat = _chat(content, event, who)
    look = Look(
        shop=shop,
        content=content,
        row=row,
        event=event,
        member=who.member,
        chat=chat,
        pool=pool_of_chat(content, chat),
        now_us=now_us,
        orders=await order_facts(tx, who.member, order, now_us),
        listed=await listed_facts(tx, shop, event, now_us),
    )
    rules, paused = shop.rules(), paused_of(await pauses.names(tx))
    subject = await subject_of(tx, look, rules, paused)
    trace = rules.match(subject)
    wanted = needs(event, trace.hits, content, look.pool)
    facts = replace(
        await _facts(tx, look, wanted), links=await link_facts(tx, look, who), paused=paused
    )
    return Known(facts=facts, trace=trace, subject=subject, linked=who.linked)


def _chat(content: Content, event: Event, who: Who) -> str:
    return who.passphrase.chat if who.passphrase else chat_of(content, event, who.member)


async def _facts(tx: Tx, look: Look, wanted: Needs) -> Facts:
    shop, content, event = look.shop, look.content, look.event
    campaigns = [content.campaigns[c] for c in sorted(wanted.campaigns)]
    pools = [content.pools[p] for p in sorted(wanted.pools)]
    dice = _dice(shop.instance_key, look.row["event_id"])
    await hold_pools(tx, *wanted.pools)
    return Facts(
        now=moment(look.now_us),
        content=content,
        member=await with_spent(tx, event, look.member, look.now_us),
        campaigns={c.id: await campaign_of(tx, look, c) for c in campaigns},
        pools={p.id: await seats.pool_facts(tx, p, look.person, look.now_us) for p in pools},
        coupon=await coupon_of(tx, content, event),
        orders=look.orders,
        seats=await _seats(tx, shop, event),
        chat=look.chat,
        pool_of_chat=look.pool,
        listed=look.listed,
        drafts=await draft_facts(tx, look),
        dice=dice,
        public_url=shop.public_url,
        silent=_silent(look) or await _answered_before(tx, event),
        answers_inside=answered_inside(event),
        ticket=dice[-24:],
        welcome_until=_welcome_until(shop, event, look.row),
        shift=await shift_of(tx, look),
        reported=await reported_of(tx, event, look.now_us),
        mass=await mass_facts(tx, look),
        zone=shop.zone,
        corps={k.id: k.scope for k in shop.accounts.values() if k.channel == "wecom"},
        group_lag=shop.times.group_lag,
        redeem_undo=shop.tills.undo_within,
        quota=shop.quota,
    )


def _silent(look: Look) -> str:
    """Return why nothing may be said by itself in a conversation; "" when it may."""
    event, now = look.event, moment(look.now_us)
    talks = look.member.talks if look.member else ()
    talk = next((t for t in talks if isinstance(event, _IN_KF) and t.kf == event.kf), None)
    if isinstance(event, (*_IN_KF, GroupSaid)) and event.at and now - event.at > _STALE:
        return "消息太旧，不再自动回复"
    if talk and talk.held(now):
        return "真人接待中"
    if talk and talk.staff_spoke and now - talk.staff_spoke < _AFTER_STAFF:
        return "真人刚说过话"
    return ""


async def _answered_before(tx: Tx, event: Event) -> str:
    # A restored backup is read up to an older mark: it is told once more what was said since then.
    again = isinstance(event, _IN_KF) and event.at and await within_gap(tx, micros(event.at))
    return "恢复备份之前说的，当时的进程已处理" if again else ""


async def _seats(tx: Tx, shop: Shop, event: Event) -> frozenset[str]:
    if not isinstance(event, GroupRead | MemberJoined):
        return frozenset()
    seated = await seats.seated_in(tx, event.chat)
    if isinstance(event, GroupRead):  # a list brings nobody back who was erased
        there = [one.member for one in event.members if one.member not in event.expect]
        seated |= await erased_among(tx, shop.instance_key, there)
    return seated


def _welcome_until(shop: Shop, event: Event, row: Row) -> datetime | None:
    if not isinstance(event, ContactAdded | KfEntered):
        return None
    received_us, times = row["received_us"], shop.times
    event_us = micros(event.at) if event.at else received_us
    began = shop.skew.began(received_us, event_us, micros_of(times.welcome_lives))
    return moment(began) + times.welcome_lives - times.welcome_margin


def _dice(instance_key: bytes, event_id: str) -> str:
    return hmac.new(instance_key, f"dice\0{event_id}\0000".encode(), hashlib.sha256).hexdigest()
