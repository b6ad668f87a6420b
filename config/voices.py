"""Reads what is said and in whose voice: personas and welcomes."""

import re

from config.dialogues import dialogues
from config.fields import REPLY_BYTES, Fields
from config.hours import NEVER, BadHours, Hours, hours_of
from config.nouns import Limits, Persona, Welcome
from config.problems import nearest
from config.saying import Written

GROUP_SCENES = "g-"
OCCASIONS = ("follow", "scan", "contact", "enter")
# What the program itself speaks about; rules may name more topics.
TOPICS = (
    "greeting", "thanks", "goodbye", "hours", "address", "phone", "parking", "pickup", "stock",
    "delivery", "coupon_granted", "coupon_again", "coupon_sold_out", "coupon_ended",
    "coupon_not_yet", "my_coupons", "no_coupons", "invite", "no_group", "joined", "complaint",
    "handover", "is_human", "unsubscribe", "less", "resume", "after_hours", "minor", "haggle",
    "instructions", "fallback", "fallback_twice", "passphrase_linked", "passphrase_already",
    "passphrase_unknown", "passphrase_wrong_group", "passphrase_choose",
    "group_hint", "group_hint_person", "coupon_paused", "invite_paused",
)  # fmt: skip
WELCOME_BYTES = 4000  # text of a WeCom welcome (wecom/customer-contact.md)
_MOST_CHARS = REPLY_BYTES // 3  # a Chinese character is three bytes
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}\*?")


def persona(fields: Fields, written: list[Written]) -> Persona:
    """Read one persona, and add its wordings to `written`, to be held against its limits.

    Every topic needs at least one thing to say.
    """
    read = Persona(
        id=fields.ident("人设"),
        name=fields.text("name", required=True),
        voice=fields.text("voice"),
        never=fields.texts("never"),
        serves=fields.text("serves"),
        replies=fields.variants("replies"),
        limits=_limits(fields.inside("limits")),
        hours=_hours(fields),
        dialogues=dialogues(fields),
    )
    for topic, variants in fields.written("replies").items():
        _check_topic(fields, topic)
        written.extend(
            Written(persona=read.id, topic=topic, text=node.text, at=node.at) for node in variants
        )
    return read


def _check_topic(fields: Fields, topic: str) -> None:
    # A name of the operator's own is fine; one letter off a known one is a slip.
    meant = nearest(topic, TOPICS, cutoff=0.85)
    if topic not in TOPICS and meant:
        fields.refuse("replies", f"没有这个话题：“{topic}”", hint=meant)


def _limits(fields: Fields | None) -> Limits:
    if fields is None:
        return Limits()
    read = Limits(
        max_chars=fields.whole("max_chars", low=1, high=_MOST_CHARS),
        forbidden=fields.texts("forbidden"),
        prices=fields.flag("prices") or not fields.has("prices"),
        coupons=fields.flag("coupons") or not fields.has("coupons"),
    )
    fields.finish()
    return read


def _hours(fields: Fields) -> Hours:
    try:
        return hours_of("，".join(fields.texts("hours")))
    except BadHours as bad:
        fields.refuse("hours", str(bad))
        return NEVER


def welcome(fields: Fields) -> Welcome:
    """Read one welcome. `key` is an entry code, a prefix ending in `*`, or "" for all others."""
    occasion = fields.choice("occasion", OCCASIONS)
    by_contact = occasion == "contact"
    if fields.has("remark") and not by_contact:
        fields.refuse("remark", "只有 occasion: contact 才能写备注")
    return Welcome(
        id=fields.ident("欢迎语"),
        occasion=occasion,
        key=_key(fields, occasion),
        persona=fields.ref("persona", "人设"),
        text=fields.template(
            "text", required=True, limit=WELCOME_BYTES if by_contact else REPLY_BYTES
        ),
        tags=fields.texts("tags"),
        pool=fields.ref("pool", "群池"),
        campaign=fields.ref("campaign", "活动"),
        store=fields.ref("store", "门店"),
        remark=fields.template("remark"),
    )


def _key(fields: Fields, occasion: str) -> str:
    key = fields.text("key")
    # The scenes of groups' links are made by the program: nobody lists them as entry codes.
    of_a_group = occasion == "enter" and key.startswith(GROUP_SCENES)
    if key and not of_a_group:
        fields.ref("key", "活码")
    if key and not _KEY.fullmatch(key):
        fields.refuse("key", "应为活码，或前缀加 *，如 poster-S012-*")
    fields.define(f"{occasion} 时的欢迎语", key or "（默认）", "key")
    return key
