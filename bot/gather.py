"""Reads, inside the deciding transaction, everything a planner may look at."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import micros, micros_of, moment
from bot.db import journal, seats, shelves
from bot.db.people import People
from bot.db.tx import Row, Tx
from bot.events import (
    ANSWERED_INSIDE,
    Alias,
    AliasKind,
    ContactAdded,
    Event,
    Followed,
    GroupRead,
    KfEntered,
    KfSaid,
    MemberJoined,
    MenuTapped,
    ProfileRead,
    RedeemAsked,
    Scanned,
    TextSaid,
)
from bot.events.kf import KfItem
from bot.facts import Content, CouponFacts, Facts, Member
from bot.plan import Needs, needs
from bot.shop import Shop
from keyword_rules.rule import Limit, Subject, Trace

_STALE = timedelta(minutes=30)  # the first pull reads three days back
_AFTER_STAFF = timedelta(minutes=30)
_WINDOWS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was found out about an event before planning."""

    facts: Facts
    trace: Trace
    linked: str = ""  # a name learnt just now, for the trace


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What is known of an event while the rest is being found out."""

    shop: Shop
    content: Content
    row: Row
    event: Event
    member: Member | None
    pool: str
    now_us: int

    @property
    def person(self) -> str | None:
        return self.member.id if self.member else None


async def gather(tx: Tx, shop: Shop, people: People, row: Row, event: Event) -> Known:
    """Find the member, match the rules, and read what the plan needs."""
    now_us = shop.clock()
    content = shop.content()
    member, linked = await _who(tx, people, event, now_us)
    look = _Look(
        shop=shop,
        content=content,
        row=row,
        event=event,
        member=member,
        pool=pool_of_chat(content, getattr(event, "chat", "")),
        now_us=now_us,
    )
    trace = shop.rules().match(await _subject(tx, look))
    wanted = needs(event, trace.hits, content, look.pool)
    return Known(facts=await _facts(tx, look, wanted), trace=trace, linked=linked)


def pool_of_chat(content: Content, chat: str) -> str:
    """Return the pool a group belongs to, or ""."""
    if not chat:
        return ""
    for pool in content.pools.values():
        if any(group.chat == chat for group in pool.groups):
            return pool.id
    return ""


async def _who(tx: Tx, people: People, event: Event, now_us: int) -> tuple[Member | None, str]:
    if isinstance(event, RedeemAsked):
        return await _holder(tx, people, event, now_us), ""
    if event.who is None:
        return None, ""
    unionid = event.unionid if isinstance(event, ProfileRead | MemberJoined) else ""
    other = Alias(AliasKind.UNIONID, "", unionid) if unionid else None
    person, new = await people.meet(tx, event.who, now_us, known_as=other)
    linked = ""
    if other:
        person = await people.link(tx, person, other)
        linked = other.kind
    return await people.member(tx, person, now_us, new=new), linked


async def _holder(tx: Tx, people: People, event: RedeemAsked, now_us: int) -> Member | None:
    """Return the member whose coupon a till presents."""
    row = await shelves.find_coupon(tx, event.code)
    if row is None or row["person_id"] is None:
        return None
    return await people.member(tx, row["person_id"], now_us)


async def _subject(tx: Tx, look: _Look) -> Subject:
    event, member = look.event, look.member
    key = key_of(event)
    entry = look.content.entry_codes.get(key)
    local = moment(look.now_us).astimezone(look.shop.zone)
    # Who sat in a group before us did not join it now: no rule may greet them for it.
    before_us = isinstance(event, MemberJoined) and event.earlier
    return Subject(
        occasion="" if before_us else event.occasion,
        text=event.text if isinstance(event, TextSaid | KfSaid) else "",
        key=key,
        channel="kf" if isinstance(event, KfItem) else look.shop.channel(event.account),
        store=(entry.store if entry else "") or (member.store if member else ""),
        group=look.pool,
        tags=frozenset(member.tags) if member else frozenset(),
        stage=member.stage if member else "",
        local=local,
        counts=await _counts(tx, look, local),
    )


def key_of(event: Event) -> str:
    """Return the menu key, scene or state an event carries, or ""."""
    match event:
        case MenuTapped(key=key):
            return key
        case Followed(scene=scene) | Scanned(scene=scene) | KfEntered(scene=scene):
            return scene
        case ContactAdded(state=state) | MemberJoined(state=state):
            return state
        case _:
            return ""


async def _counts(tx: Tx, look: _Look, local: datetime) -> dict[str, int]:
    if look.member is None:
        return {}
    since = {
        rule.id: _since(rule.where.limit, local)
        for rule in look.shop.rules().limited
        if rule.where.limit
    }
    return await journal.rule_counts(tx, look.member.id, since)


def _since(limit: Limit, local: datetime) -> int:
    window = _WINDOWS.get(limit.per)
    return micros(local - window) if window else 0


async def _facts(tx: Tx, look: _Look, wanted: Needs) -> Facts:
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


def _silent(look: _Look) -> str:
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
