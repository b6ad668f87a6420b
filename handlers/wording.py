"""Fills the slots of a text with what is known here and now."""

from datetime import datetime

from bot.events import ContactAdded, Followed, KfEntered, MemberJoined, Scanned
from bot.facts import Campaign, EntryCode, Facts, Persona, Situation, Store
from keyword_rules.rule import Template


def render(situation: Situation, text: str, persona: Persona | None = None, **more: str) -> str:
    """Return `text` with its slots filled; a slot nobody knows gives its default or nothing."""
    values = {**_store_slots(store_of(situation)), **more}
    if persona:
        values.setdefault("persona_name", persona.name)
    return Template.parse(text).render({k: v for k, v in values.items() if v}).strip()


def _store_slots(store: Store | None) -> dict[str, str]:
    if store is None:
        return {}
    return {
        "store_name": store.name,
        "store_address": store.address,
        "store_hours": store.hours,
        "store_phone": store.phone,
    }


def coupon_slots(campaign: Campaign, code: str, expires: str) -> dict[str, str]:
    """Return the slots a coupon's texts may use."""
    return {
        "campaign_name": campaign.name,
        "code": code,
        "terms": campaign.terms,
        "expires": expires,
    }


def day(facts: Facts, at: datetime) -> str:
    """Return a moment as customers read it: a day by the stores' calendar."""
    return f"{facts.local(at):%Y-%m-%d}"


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
    if isinstance(event, MemberJoined):
        names.append(_store_of_chat(facts, event.chat))
    if isinstance(event, ContactAdded) and event.staff in facts.content.staff:
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
