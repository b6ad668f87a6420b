"""Fills the slots of a text with what is known here and now."""

from datetime import datetime

from bot.events import (
    BotAsked,
    ContactAdded,
    Followed,
    KfEntered,
    MemberJoined,
    Scanned,
    StaffSaid,
)
from bot.facts import Campaign, EntryCode, Facts, Grant, Persona, Situation, Store
from keyword_rules.rule import Template

_OF_STAFF = (ContactAdded, StaffSaid, BotAsked)


def render(situation: Situation, text: str, persona: Persona | None = None, **more: str) -> str:
    """Return `text` with its slots filled; a slot nobody knows gives its default or nothing."""
    known = {name: value for name, value in more.items() if value}
    values = {**_store_slots(store_of(situation)), **_group_slots(situation.facts), **known}
    if persona:
        values.setdefault("persona_name", persona.name)
        values.setdefault("service_hours", persona.hours.text)
    values.setdefault("kf_link", kf_url(situation))
    return Template.parse(text).render({k: v for k, v in values.items() if v}).strip()


def kf_url(situation: Situation) -> str:
    """Return the link into customer service, "" when the shop has none.

    For a member whom it would not recognise it carries a token that says who they are (wecom/kf.md
    section 2); it must be remembered when the link is shown.
    """
    url, token = situation.facts.content.kf_link, situation.facts.links.token
    if not url or not token:
        return url
    return f"{url}{'&' if '?' in url else '?'}scene_param={token}"


def _store_slots(store: Store | None) -> dict[str, str]:
    if store is None:
        return {}
    return {
        "store_name": store.name,
        "store_address": store.address,
        "store_hours": store.hours,
        "store_phone": store.phone,
    }


def _group_slots(facts: Facts) -> dict[str, str]:
    return {"group_name": facts.group.group.name} if facts.group else {}


def coupon_slots(facts: Facts, campaign: Campaign, grant: Grant | None) -> dict[str, str]:
    """Return the slots a coupon's texts may use; without a grant there is no code to show."""
    return {
        "campaign_name": campaign.name,
        "code": grant.code if grant else "",
        "terms": campaign.terms,
        "expires": day(facts, grant.expires) if grant else "",
        "coupon_url": f"{facts.public_url}/c/{grant.link}" if grant and grant.link else "",
    }


def day(facts: Facts, at: datetime) -> str:
    """Return a moment as customers read it: a day by the stores' calendar."""
    return f"{facts.local(at):%Y-%m-%d}"


def minute(facts: Facts, at: datetime) -> str:
    """Return a moment as customers read it: to the minute, by the stores' clock."""
    return f"{facts.local(at):%Y-%m-%d %H:%M}"


def entry_code(situation: Situation) -> EntryCode | None:
    """Return the entry code this event came by, or None."""
    match situation.event:
        case Followed(scene=key) | Scanned(scene=key) | KfEntered(scene=key):
            return situation.facts.content.entry_codes.get(key)
        case ContactAdded(state=key) | MemberJoined(state=key):
            return situation.facts.content.entry_codes.get(key)
        case _:
            return None


def store_of(situation: Situation) -> Store | None:
    """Return the store this is about: the entry code's, the group's, the staff's, the member's."""
    facts, event = situation.facts, situation.event
    entry = entry_code(situation)
    names = [entry.store if entry else ""]
    names.append(_store_of_chat(facts, facts.chat or getattr(event, "chat", "")))
    if isinstance(event, _OF_STAFF) and event.staff in facts.content.staff:
        names.append(facts.content.staff[event.staff].store)
    names.append(facts.member.store if facts.member else "")
    found = next((n for n in names if n in facts.content.stores), "")
    return facts.content.stores.get(found)


def _store_of_chat(facts: Facts, chat: str) -> str:
    for pool in facts.pools.values():
        for group in pool.groups:
            if group.group.chat == chat:
                return group.group.store
    return ""
