"""Reads, inside the deciding transaction, everything a planner may look at."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import micros, micros_of, moment
from bot.db import seats, shelves
from bot.db.people import People
from bot.db.tx import Row, Tx
from bot.events import (
    ANSWERED_INSIDE,
    ContactAdded,
    Event,
    GroupRead,
    KfEntered,
    MemberJoined,
    RedeemAsked,
)
from bot.events.kf import KfItem
from bot.facts import Content, CouponFacts, Facts
from bot.gather.look import Look
from bot.gather.subject import subject_of
from bot.gather.who import who_of
from bot.plan import Needs, needs
from bot.shop import Shop
from keyword_rules.rule import Trace

__all__ = ["Known", "gather", "pool_of_chat"]

_STALE = timedelta(minutes=30)  # the first pull reads three days back
_AFTER_STAFF = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was found out about an event before planning."""

    facts: Facts
    trace: Trace
    linked: str = ""  # a name learnt just now, for the trace


async def gather(tx: Tx, shop: Shop, people: People, row: Row, event: Event) -> Known:
    """Find the member, match the rules, and read what the plan needs."""
    now_us = shop.clock()
    content = shop.content()
    who = await who_of(tx, people, event, now_us)
    look = Look(
        shop=shop,
        content=content,
        row=row,
        event=event,
        member=who.member,
        pool=pool_of_chat(content, getattr(event, "chat", "")),
        now_us=now_us,
    )
    trace = shop.rules().match(await subject_of(tx, look))
    wanted = needs(event, trace.hits, content, look.pool)
    return Known(facts=await _facts(tx, look, wanted), trace=trace, linked=who.linked)


def pool_of_chat(content: Content, chat: str) -> str:
    """Return the pool a group belongs to, or ""."""
    if not chat:
        return ""
    for pool in content.pools.values():
        if any(group.chat == chat for group in pool.groups):
            return pool.id
    return ""


async def _facts(tx: Tx, look: Look, wanted: Needs) -> Facts:
    shop, content, event = look.shop, look.content, look.event
    campaigns = [content.campaigns[c] for c in sorted(wanted.campaigns)]
    pools = [content.pools[p] for p in sorted(wanted.pools)]
    dice = _dice(shop.instance_key, look.row["event_id"])
    return Facts(
        now=moment(look.now_us),
        content=content,
        member=look.member,
        campaigns={c.id: await shelves.campaign_facts(tx, c, look.person) for c in campaigns},
        pools={p.id: await seats.pool_facts(tx, p, look.person, look.now_us) for p in pools},
        coupon=await _coupon(tx, content, event),
        seats=await _seats(tx, event),
        pool_of_chat=look.pool,
        dice=dice,
        public_url=shop.public_url,
        silent=_silent(look),
        answers_inside=isinstance(event, ANSWERED_INSIDE),
        ticket=dice[-24:],
        welcome_until=_welcome_until(shop, event, look.row),
        zone=shop.zone,
        corps={k.id: k.scope for k in shop.accounts.values() if k.channel == "wecom"},
        group_lag=shop.times.group_lag,
    )


async def _coupon(tx: Tx, content: Content, event: Event) -> CouponFacts | None:
    if not isinstance(event, RedeemAsked):
        return None
    row = await shelves.find_coupon(tx, event.code)
    if row is None or row["campaign"] not in content.campaigns:
        return None
    return shelves.coupon_facts(row, content.campaigns[row["campaign"]])


def _silent(look: Look) -> str:
    """Return why nothing may be said by itself in a conversation; "" when it may."""
    event, now = look.event, moment(look.now_us)
    talks = look.member.talks if look.member else ()
    talk = next((t for t in talks if isinstance(event, KfItem) and t.kf == event.kf), None)
    if isinstance(event, KfItem) and event.at and now - event.at > _STALE:
        return "消息太旧，不再自动回复"
    if talk and talk.held(now):
        return "真人接待中"
    if talk and talk.staff_spoke and now - talk.staff_spoke < _AFTER_STAFF:
        return "真人刚说过话"
    return ""


async def _seats(tx: Tx, event: Event) -> frozenset[str]:
    if isinstance(event, GroupRead | MemberJoined):
        return await seats.seated_in(tx, event.chat)
    return frozenset()


def _welcome_until(shop: Shop, event: Event, row: Row) -> datetime | None:
    if not isinstance(event, ContactAdded | KfEntered):
        return None
    received_us, times = row["received_us"], shop.times
    event_us = micros(event.at) if event.at else received_us
    began = shop.skew.began(received_us, event_us, micros_of(times.welcome_lives))
    return moment(began) + times.welcome_lives - times.welcome_margin


def _dice(instance_key: bytes, event_id: str) -> str:
    return hmac.new(instance_key, f"dice\0{event_id}\0000".encode(), hashlib.sha256).hexdigest()
