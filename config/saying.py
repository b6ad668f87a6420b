"""Holds each wording of a persona against its limits, filled with the longest values there are."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from config.claims import PRICE, claims
from config.fields import REPLY_BYTES
from config.notes import Said
from config.nouns import Content, Persona
from config.problems import Place, Problem

_SLOT = re.compile(r"\{([a-z][a-z0-9_]*)(?:\|([^{}]*))?\}")
_REPLIES = "replies."
_COUPON_SLOTS = ("{code", "{campaign_name", "{terms")
# Values that no file of the home holds: a nickname, a generated code, a day, a link.
_ELSEWHERE = {"member_name": 16, "code": 20, "expires": 10, "join_url": 80, "coupon_url": 90}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One wording of a persona as it stands in its file."""

    persona: str
    topic: str
    text: str
    at: Place


def breaches(content: Content, written: tuple[Written, ...]) -> Iterator[Problem]:
    """Yield a problem for each wording that breaks its persona's limits or says nothing."""
    longest = longest_values(content)
    for one in written:
        persona = content.personas.get(one.persona)
        if persona is None or not one.text:
            continue
        values = {
            **longest,
            "persona_name": persona.name,
            "service_hours": persona.hours.text,
        }
        for wrong in _wrongs(one.text, persona, values, content.automatic_mark):
            yield one.at.problem(f"replies.{one.topic}: {wrong}")


def doubtful(content: Content, said: tuple[Said, ...]) -> Iterator[Problem]:
    """Yield a warning for each other text that would be cut once filled, or claims too much."""
    longest = longest_values(content)
    for one in said:
        if one.name.startswith(_REPLIES):
            continue  # held against the persona's own limits, as errors
        size = len(_filled(one.text, longest).encode())
        if size > one.limit_bytes >= len(one.text.encode()):
            text = f"填上最长的空位是 {size} 字节，超过平台的 {one.limit_bytes} 字节，会被截断"
            yield one.at.problem(f"{one.name}: {text}", level="warning")
        for claim in claims(one.text):
            text = f"有{claim.kind}“{claim.words}”，请换个说法（{claim.why}）"
            yield one.at.problem(f"{one.name}: {text}", level="warning")


def longest_values(content: Content) -> Mapping[str, str]:
    """Return the longest value each slot may take in this home."""
    stores, campaigns = content.stores.values(), content.campaigns.values()
    groups = [group.name for pool in content.pools.values() for group in pool.groups]
    known = {
        "store_name": [store.name for store in stores],
        "store_address": [store.address for store in stores],
        "store_hours": [store.hours for store in stores],
        "store_phone": [store.phone for store in stores],
        "persona_name": [persona.name for persona in content.personas.values()],
        "service_hours": [persona.hours.text for persona in content.personas.values()],
        "campaign_name": [campaign.name for campaign in campaigns],
        "terms": [campaign.terms for campaign in campaigns],
        "group_name": groups,
    }
    longest = {slot: max(values, key=len, default="") for slot, values in known.items()}
    return {**longest, **{slot: "字" * size for slot, size in _ELSEWHERE.items()}}


def _wrongs(text: str, persona: Persona, longest: Mapping[str, str], mark: str) -> Iterator[str]:
    limits, filled = persona.limits, _filled(text, longest)
    if limits.max_chars and len(filled) > limits.max_chars:
        yield f"填上最长的空位是 {len(filled)} 字，超过 limits.max_chars 的 {limits.max_chars} 字"
    if (size := len((filled + mark).encode())) > REPLY_BYTES:
        yield f"填上最长的空位是 {size} 字节，超过平台的 {REPLY_BYTES} 字节"
    yield from _forbidden(text, persona)
    if not _SLOT.sub(lambda slot: slot[2] or "", text).strip():
        yield "只有空位：空位没有值时，顾客什么也看不到"


def _forbidden(text: str, persona: Persona) -> Iterator[str]:
    limits = persona.limits
    for word in limits.forbidden:
        if word in text:
            yield f"有 limits.forbidden 不许说的“{word}”"
    for claim in claims(text):
        yield f"有{claim.kind}“{claim.words}”，请换个说法（{claim.why}）"
    if not limits.prices and (price := PRICE.search(text)):
        yield f"limits.prices 不许报价，这里有“{price[0]}”"
    if not limits.coupons and (slot := next((s for s in _COUPON_SLOTS if s in text), "")):
        yield f"limits.coupons 不许发券，这里有空位 {slot}}}"


def _filled(text: str, longest: Mapping[str, str]) -> str:
    return _SLOT.sub(lambda slot: max(longest.get(slot[1], ""), slot[2] or "", key=len), text)
