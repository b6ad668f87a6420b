"""What rules are matched against: the words, where and by whom they were said, and how often."""

from dataclasses import replace

from bot.clock import moment
from bot.db.tx import Tx
from bot.events import (
    AddFound,
    BotAsked,
    FollowFound,
    GroupSaid,
    KfNotice,
    MemberJoined,
    OrderTold,
    StaffSaid,
    key_of,
    occasion_of,
    words_of,
)
from bot.events.kf import KfItem
from bot.gather.counted import Place, counted
from bot.gather.group import store_of_chat
from bot.gather.look import Look
from bot.pausing import Paused
from keyword_rules.match import RuleSet
from keyword_rules.rule import Rule, Subject


async def subject_of(tx: Tx, look: Look, rules: RuleSet, paused: Paused) -> Subject:
    """Return an event as rules see it, with what they count of earlier ones."""
    event, member = look.event, look.member
    key = key_of(event)
    entry = look.content.entry_codes.get(key)
    local = moment(look.now_us).astimezone(look.shop.zone)
    subject = Subject(
        occasion="" if _history(look) else occasion_of(event),
        text=words_of(event),
        key=key,
        channel=_channel(look),
        store=(entry.store if entry else "") or _sold_at(look) or _store(look),
        group=look.pool,
        tags=frozenset(member.tags) if member else frozenset(),
        stage=member.stage if member else "",
        local=local,
        days=look.content.calendar.days_of(local.date()),
        person=look.person or "",
        paused=paused.rules,
    )
    place = Place(person=subject.person, store=subject.store, chat=look.chat)
    found = await counted(tx, _asking(rules, subject), place, local)
    return replace(subject, counts=found.hits, met=found.met)


def _asking(rules: RuleSet, subject: Subject) -> list[Rule]:
    """Return the rules that may act here and ask what was before."""
    if not rules.limited:
        return []
    return [one for one in rules.candidates(subject) if one.where.limits or one.where.nth]


def _channel(look: Look) -> str:
    match look.event:
        case KfItem() | KfNotice():
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
