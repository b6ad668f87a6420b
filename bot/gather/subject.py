"""What rules are matched against: the words, where and by whom they were said, and how often."""

from datetime import datetime, timedelta

from bot.clock import micros, moment
from bot.db import journal
from bot.db.tx import Tx
from bot.events import (
    AddFound,
    BotAsked,
    FollowFound,
    GroupSaid,
    KfSaid,
    MemberJoined,
    OrderTold,
    StaffSaid,
    TextSaid,
)
from bot.events.kf import KfItem
from bot.gather.group import store_of_chat
from bot.gather.look import Look, key_of
from keyword_rules.rule import Limit, Subject

_WORDS = (TextSaid, KfSaid, GroupSaid, StaffSaid, BotAsked)
_WINDOWS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


async def subject_of(tx: Tx, look: Look) -> Subject:
    """Return an event as rules see it."""
    event, member = look.event, look.member
    key = key_of(event)
    entry = look.content.entry_codes.get(key)
    local = moment(look.now_us).astimezone(look.shop.zone)
    return Subject(
        occasion="" if _history(look) else event.occasion,
        text=event.text if isinstance(event, _WORDS) else "",
        key=key,
        channel=_channel(look),
        store=(entry.store if entry else "") or _sold_at(look) or _store(look),
        group=look.pool,
        tags=frozenset(member.tags) if member else frozenset(),
        stage=member.stage if member else "",
        local=local,
        counts=await _counts(tx, look, local),
    )


def _channel(look: Look) -> str:
    match look.event:
        case KfItem():
            return "kf"
        case GroupSaid():
            return "group"
        case StaffSaid():
            return "app"  # the corp's account also hears of customers
        case event:
            return look.shop.channel(event.account)


def _duty(look: Look) -> str:
    """Return the store of the employee who speaks, or ""."""
    if not isinstance(look.event, StaffSaid | BotAsked):
        return ""
    found = look.content.staff.get(look.event.staff)
    return found.store if found else ""


def _history(look: Look) -> bool:
    # What only says how things were before is nothing that a rule may react to.
    if look.listed.overtaken:
        return True
    match look.event:
        # Who was there before us did not come now.
        case (
            MemberJoined(earlier=earlier) | AddFound(earlier=earlier) | FollowFound(earlier=earlier)
        ):
            return earlier
        case OrderTold():  # last year's order, a refund, an order that has no member yet
            return not look.orders.fresh
        case _:
            return False


def _sold_at(look: Look) -> str:
    event = look.event
    sold = isinstance(event, OrderTold) and event.store in look.content.stores
    return event.store if sold and isinstance(event, OrderTold) else ""


def _store(look: Look) -> str:
    return store_of_chat(look) or (look.member.store if look.member else _duty(look))


async def _counts(tx: Tx, look: Look, local: datetime) -> dict[str, int]:
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
