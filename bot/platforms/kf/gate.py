"""The door of customer service: pulled items in, one typed event each out.

The callback is only a bell and comes through WeCom's door; what it announces is pulled. Source
sheet: wecom/kf.md section 4.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TypedDict

import orjson

from bot.errors import Refused
from bot.events import (
    Alias,
    AliasKind,
    Event,
    KfEntered,
    KfNotice,
    KfOther,
    KfSaid,
    KfSentFailed,
    KfServicerSaid,
    KfSessionChanged,
)
from bot.platforms.happening import Fields, kind_of, moment, read
from bot.platforms.kinds import read_kinds

_KINDS = read_kinds("kf")
_CUSTOMER, _SERVICER = "3", "5"  # origins
_HEAD = ("msgid", "open_kfid", "external_userid", "send_time", "origin")
_LONGEST = 128  # characters


class _Common(TypedDict):
    account: str
    at: datetime | None
    who: Alias | None
    fields: Mapping[str, str]
    kf: str
    msg_id: str


_Reader = Callable[[Fields, _Common], Event | None]


def decode(account: str, corpid: str, plain: bytes | str, kf: str = "") -> Event:
    """The event one pulled item tells of, else a KfNotice, else KfOther, with every field.

    `kf` is the customer service account that was pulled, for items that do not name theirs. A
    kind we act on that lacks its customer is an incomplete KfNotice. Raises Refused("parse") when
    the item is no readable document, and nothing else.
    """
    leaf_texts = read(plain)
    fields = Fields(leaf_texts)
    customer = _id(fields, "external_userid")
    common: _Common = {
        "account": account,
        "at": moment(fields),
        "who": Alias(AliasKind.EXTERNAL_USERID, corpid, customer) if customer else None,
        "fields": leaf_texts,
        "kf": _id(fields, "open_kfid") or kf,
        "msg_id": fields.id("msgid"),
    }
    event = _reader(fields)(fields, common) if customer and common["kf"] else None
    return event or _kept(kind_of(leaf_texts), common)


def _kept(kind: str, common: _Common) -> KfNotice | KfOther:
    name = _KINDS.canonical(kind)
    if not name:
        return KfOther(kind=kind, **common)
    return KfNotice(kind=name, incomplete=_KINDS.acts_on(kind), **common)


def event_of(account: str, corpid: str, item: object, kf: str) -> Event:
    """The event of one item of an answer to a pull; never raises.

    An item beyond the limits of `decode` keeps its head alone and is of kind `msg.unreadable`: it
    must not hold up what comes behind it.
    """
    try:
        return decode(account, corpid, orjson.dumps(item), kf)
    except Refused:
        return decode(account, corpid, orjson.dumps(_short(item)), kf)


def _short(item: object) -> dict[str, str]:
    head = item if isinstance(item, dict) else {}
    kept = {name: str(head.get(name, ""))[:_LONGEST].replace("\0", "") for name in _HEAD}
    return {**kept, "msgtype": "unreadable"}


def _id(fields: Fields, name: str) -> str:
    # An event names its account and its customer inside `event`, a message outside.
    return fields.id(f"event.{name}") or fields.id(name)


def _reader(fields: Fields) -> _Reader:
    if fields.get("msgtype") == "event":
        return _EVENTS.get(fields.get("event.event_type"), _other)
    if fields.get("origin") == _SERVICER:
        return _servicer_said
    if fields.get("origin") == _CUSTOMER and fields.get("msgtype") == "text":
        return _said
    return _other


def _other(_fields: Fields, _common: _Common) -> Event | None:
    return None


def _said(fields: Fields, common: _Common) -> Event:
    return KfSaid(text=fields.get("text.content"), menu_id=fields.get("text.menu_id"), **common)


def _servicer_said(fields: Fields, common: _Common) -> Event:
    return KfServicerSaid(servicer=fields.id("servicer_userid"), **common)


def _entered(fields: Fields, common: _Common) -> Event:
    return KfEntered(
        scene=fields.get("event.scene"),
        scene_param=fields.get("event.scene_param"),
        welcome_code=fields.code("event.welcome_code"),
        **common,
    )


def _sent_failed(fields: Fields, common: _Common) -> Event:
    return KfSentFailed(
        fail_msgid=fields.get("event.fail_msgid"),
        fail_type=fields.get("event.fail_type"),
        **common,
    )


def _session_changed(fields: Fields, common: _Common) -> Event:
    return KfSessionChanged(
        change=fields.get("event.change_type"),
        old_servicer=fields.id("event.old_servicer_userid"),
        new_servicer=fields.id("event.new_servicer_userid"),
        msg_code=fields.code("event.msg_code"),
        **common,
    )


_EVENTS: Mapping[str, _Reader] = MappingProxyType(
    {
        "enter_session": _entered,
        "msg_send_fail": _sent_failed,
        "session_status_change": _session_changed,
    }
)
