"""Reads what is said and in whose voice: personas and welcomes."""

import re

from config.fields import REPLY_BYTES, Fields
from config.nouns import Persona, Welcome

OCCASIONS = ("follow", "scan", "contact", "enter")
WELCOME_BYTES = 4000  # text of a WeCom welcome (wecom/customer-contact.md)
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}\*?")


def persona(fields: Fields) -> Persona:
    """Read one persona. Every topic needs at least one thing to say."""
    return Persona(
        id=fields.ident("人设"),
        name=fields.text("name", required=True),
        voice=fields.text("voice"),
        never=fields.texts("never"),
        serves=fields.text("serves"),
        replies=fields.variants("replies"),
    )


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
    key = fields.ref("key", "活码")
    if key and not _KEY.fullmatch(key):
        fields.refuse("key", "应为活码，或前缀加 *，如 poster-S012-*")
    fields.define(f"{occasion} 时的欢迎语", key or "（默认）", "key")
    return key
