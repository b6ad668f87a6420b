"""Reads, inside the deciding transaction, everything a planner may look at."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import micros, moment
from bot.db import journal, seats, shelves
from bot.db.people import People
from bot.db.tx import Row, Tx
from bot.events import (
    Alias,
    AliasKind,
    ContactAdded,
    Event,
    Followed,
    GroupRead,
    MemberJoined,
    MenuTapped,
    ProfileRead,
    RedeemAsked,
    Scanned,
    TextSaid,
)
from bot.facts import Content, CouponFacts, Facts, Member
from bot.ids import readable_code
from bot.plan import Needs, needs
from bot.shop import Shop
from keyword_rules.rule import Limit, Subject, Trace

_ANSWERED_INSIDE = (TextSaid, Followed, Scanned, MenuTapped)
_WINDOWS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


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
    member, linked = await _who(tx, people, event, now_us)
    pool = pool_of_chat(content, getattr(event, "chat", ""))
    subject = await _subject(tx, shop, content, member, event, pool)
    trace = shop.rules().match(subject)
    wanted = needs(event, trace.hits, content, pool)
    facts = await _facts(tx, shop, content, member, event, row, wanted, pool)
    return Known(facts=facts, trace=trace, linked=linked)


def pool_of_chat(content: Content, chat: str) -> str:
    """Return the pool a group belongs to, or ""."""
    if not chat:
        return ""
    for pool in content.pools.values():
        if any(group.chat == chat for group in pool.groups):
            return pool.id
    return ""


async def _who(
    tx: Tx, people: People, event: Event, now_us: int
) -> tuple[Member | None, str]:
    if event.who is None:
        return None, ""
    person, new = await people.meet(tx, event.who, now_us)
    linked = ""
    unionid = event.unionid if isinstance(event, ProfileRead | MemberJoined) else ""
    if unionid:
        person = await people.link(tx, person, Alias(AliasKind.UNIONID, "", unionid))
        linked = AliasKind.UNIONID
    return await people.member(tx, person, now_us, new=new), linked


async def _subject(
    tx: Tx, shop: Shop, content: Content, member: Member | None, event: Event, pool: str
) -> Subject:
    key = key_of(event)
    entry = content.entry_codes.get(key)
    local = moment(shop.clock()).astimezone(shop.zone)
    store = (entry.store if entry else "") or (member.store if member else "")
    return Subject(
        occasion=event.occasion,
        text=event.text if isinstance(event, TextSaid) else "",
        key=key,
        channel=shop.channel(event.account),
        store=store,
        group=pool,
        tags=frozenset(member.tags) if member else frozenset(),
        stage=member.stage if member else "",
        local=local,
        counts=await _counts(tx, shop, member, local),
    )


def key_of(event: Event) -> str:
    """Return the menu key, scene or state an event carries, or ""."""
    match event:
        case MenuTapped(key=key):
            return key
        case Followed(scene=scene) | Scanned(scene=scene):
            return scene
        case ContactAdded(state=state) | MemberJoined(state=state):
            return state
        case _:
            return ""


async def _counts(
    tx: Tx, shop: Shop, member: Member | None, local: datetime
) -> dict[str, int]:
    if member is None:
        return {}
    since = {
        rule.id: _since(rule.where.limit, local)
        for rule in shop.rules().rules
        if rule.where.limit
    }
    return await journal.rule_counts(tx, member.id, since)


def _since(limit: Limit, local: datetime) -> int:
    window = _WINDOWS.get(limit.per)
    return micros(local - window) if window else 0


async def _facts(
    tx: Tx, shop: Shop, content: Content, member: Member | None, event: Event, row: Row,
    wanted: Needs, pool: str,
) -> Facts:  # fmt: skip
    now_us = shop.clock()
    person = member.id if member else None
    campaigns = [content.campaigns[c] for c in sorted(wanted.campaigns)]
    pools = [content.pools[p] for p in sorted(wanted.pools)]
    dice = _dice(shop.instance_key, row["event_id"])
    return Facts(
        now=moment(now_us),
        content=content,
        member=member,
        campaigns={c.id: await shelves.campaign_facts(tx, c, person) for c in campaigns},
        pools={p.id: await seats.pool_facts(tx, p, person, now_us) for p in pools},
        coupon=await _coupon(tx, content, event),
        seats=await seats.seated_in(tx, event.chat) if isinstance(event, GroupRead) else frozenset(),
        pool_of_chat=pool,
        dice=dice,
        public_url=shop.public_url,
        answers_inside=isinstance(event, _ANSWERED_INSIDE),
        ticket=dice[-24:],
        welcome_until=_welcome_until(shop, event, row),
        zone=shop.zone,
        corps={k.id: k.scope for k in shop.accounts.values() if k.channel == "wecom"},
        group_lag=shop.times.group_lag,
    )


async def _coupon(tx: Tx, content: Content, event: Event) -> CouponFacts | None:
    if not isinstance(event, RedeemAsked):
        return None
    row = await shelves.find_coupon(tx, readable_code(event.code))
    if row is None or row["campaign"] not in content.campaigns:
        return None
    return shelves.coupon_facts(row, content.campaigns[row["campaign"]])


def _welcome_until(shop: Shop, event: Event, row: Row) -> datetime | None:
    if not isinstance(event, ContactAdded):
        return None
    received = moment(row["received_us"])
    # The platform's clock may be ahead of ours; its time only ever tightens the deadline.
    began = min(received, event.at) if event.at else received
    return began + shop.times.welcome_lives - shop.times.welcome_margin


def _dice(instance_key: bytes, event_id: str) -> str:
    return hmac.new(instance_key, f"dice\0{event_id}\0000".encode(), hashlib.sha256).hexdigest()
