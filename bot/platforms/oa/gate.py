"""The door of an Official Account: its callbacks as bytes in, one typed event out.

Source sheets: oa/callbacks.md sections 2 and 3 for the query and the three modes,
oa/replies-and-messages.md sections 1 to 3 for the messages.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.errors import Refused
from bot.events import (
    Alias,
    AliasKind,
    Event,
    Followed,
    MenuTapped,
    Scanned,
    TextSaid,
    Unfollowed,
)
from bot.platforms.envelope import Seal, check_signature, once, stamp_of
from bot.platforms.happening import Fields, kept, moment, read
from bot.platforms.kinds import read_kinds
from bot.platforms.oa import notice_gate
from bot.platforms.oa.common import Common
from bot.platforms.outer import encrypt_of

_KINDS = read_kinds("oa")
_ECHO = re.compile(r"[ -~]{1,512}")
_SCENE_PREFIX = "qrscene_"


class Mode(StrEnum):
    """How the console is set to send: 明文, 兼容 or 安全."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


def answer_get(seal: Seal, query: Mapping[str, str]) -> bytes:
    """The body that verifies the callback URL: echostr as it came, clear in every mode.

    Answer it as text/plain. Raises Refused("envelope" or "signature"). Repeating is safe.
    """
    stamp = stamp_of(query, "signature")
    check_signature(stamp.signature, seal.token, stamp.timestamp, stamp.nonce)
    return once(query, "echostr", _ECHO).encode()


def open_post(mode: Mode, seal: Seal, query: Mapping[str, str], body: bytes) -> bytes:
    """The clear message of a post, which is then for `decode`. Repeating is safe.

    Only plain mode believes a clear body, and there nothing binds the body to the signature.
    Compatible and safe mode read nothing but Encrypt; a clear post to them is a downgrade and
    is refused. Raises Refused with the failing step.
    """
    if mode is Mode.PLAIN:
        stamp = stamp_of(query, "signature")
        check_signature(stamp.signature, seal.token, stamp.timestamp, stamp.nonce)
        return body
    if query.get("encrypt_type", "aes") != "aes":
        raise Refused("envelope", "账号设为加密模式，却收到明文消息")
    stamp = stamp_of(query, "msg_signature")
    return seal.open(
        encrypt_of(body),
        timestamp=stamp.timestamp,
        nonce=stamp.nonce,
        msg_signature=stamp.signature,
    )


def decode(account: str, appid: str, plain: bytes | str) -> Event:
    """The event a clear message tells of, else a Notice, else Unrecognised, with every field.

    A kind we act on that lacks what it is about (sender, text, scene, key) is an incomplete
    Notice. A Notice of what a follower sent or did is about that follower. Raises Refused("parse")
    when the message is no readable document, and nothing else.
    """
    leaf_texts = read(plain)
    fields = Fields(leaf_texts)
    reader = _READERS.get((fields.get("MsgType").lower(), fields.get("Event").lower()))
    who = _follower(appid, fields.id("FromUserName"))
    # A changed profile names its follower in a field of its own; who sends that is not told.
    whose = _follower(appid, fields.id("OpenID")) or who
    if reader is None or who is None or fields.get("InfoType"):
        return kept(account, leaf_texts, _KINDS, whose)
    common: Common = {"account": account, "at": moment(fields), "who": who, "fields": leaf_texts}
    return reader(fields, common) or kept(account, leaf_texts, _KINDS, whose)


def _follower(appid: str, openid: str) -> Alias | None:
    return Alias(AliasKind.OA_OPENID, appid, openid) if openid else None


def _text(fields: Fields, common: Common) -> Event | None:
    text, menu_id = fields.get("Content"), fields.id("bizmsgmenuid")
    if not text:
        return None
    return TextSaid(text=text, msg_id=fields.get("MsgId"), menu_id=menu_id, **common)


def _subscribe(fields: Fields, common: Common) -> Event | None:
    key = fields.get("EventKey")
    # Other keys name other sources (a payment, a barcode); none of them is an entry code. The
    # prefix goes once: a scene we chose may itself begin with it.
    scene = key.removeprefix(_SCENE_PREFIX) if key.startswith(_SCENE_PREFIX) else ""
    return Followed(scene=scene, **common)


def _scan(fields: Fields, common: Common) -> Event | None:
    scene = fields.get("EventKey")
    return Scanned(scene=scene, **common) if scene else None


def _click(fields: Fields, common: Common) -> Event | None:
    key = fields.get("EventKey")
    return MenuTapped(key=key, **common) if key else None


def _unsubscribe(_fields: Fields, common: Common) -> Event | None:
    return Unfollowed(**common)


# Names in lower case: the platform mixes SCAN and subscribe.
_READERS: Mapping[tuple[str, str], Callable[[Fields, Common], Event | None]] = MappingProxyType(
    {
        ("text", ""): _text,
        ("event", "subscribe"): _subscribe,
        ("event", "scan"): _scan,
        ("event", "click"): _click,
        ("event", "unsubscribe"): _unsubscribe,
        ("event", "templatesendjobfinish"): notice_gate.template_reported,
        ("event", "subscribe_msg_popup_event"): notice_gate.consent_answered,
        ("event", "subscribe_msg_change_event"): notice_gate.consent_changed,
        ("event", "subscribe_msg_sent_event"): notice_gate.subscription_reported,
    }
)
