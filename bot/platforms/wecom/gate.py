"""The door of a WeCom app: its callbacks as bytes in, one typed event out.

Source sheets: wecom/crypto.md sections 5 and 6 for the exchange, wecom/events.md sections 1, 2,
4 and 5 for customer contacts, customer groups, the bell of customer service, and what employees
say to the app.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TypedDict

from bot.events import (
    Alias,
    AliasKind,
    CardTapped,
    ContactAdded,
    ContactDeleted,
    ContactEdited,
    Event,
    GroupChanged,
    GroupCreated,
    GroupDismissed,
    GroupGrew,
    GroupShrank,
    KfRang,
    StaffDropped,
    StaffSaid,
)
from bot.platforms.envelope import Seal, once
from bot.platforms.happening import Fields, as_id, kept, moment, read
from bot.platforms.kinds import read_kinds
from bot.platforms.outer import encrypt_of, opened

_KINDS = read_kinds("wecom")
_ECHO = re.compile(r"[ -~]{1,1024}")
_COUNT = re.compile(r"[0-9]{1,6}")
_SYSTEM = "sys"  # the sender of what no employee did


class _Common(TypedDict):
    account: str
    at: datetime | None
    fields: Mapping[str, str]


_Reader = Callable[[Fields, _Common, str], Event | None]


def answer_get(seal: Seal, query: Mapping[str, str]) -> bytes:
    """The body that verifies the callback URL: the message sealed in echostr, bare.

    The platform waits 1 s. Raises Refused with the failing step. Repeating is safe.
    """
    return opened(seal, query, once(query, "echostr", _ECHO))


def open_post(seal: Seal, query: Mapping[str, str], body: bytes) -> bytes:
    """The clear message of a post, which is then for `decode`. Repeating is safe.

    WeCom always seals. Raises Refused with the failing step.
    """
    return opened(seal, query, encrypt_of(body))


def decode(account: str, corpid: str, plain: bytes | str) -> Event:
    """The event a clear message tells of, else a Notice, else Unrecognised, with every field.

    A kind we act on that lacks what it is about (customer and staff, the group, the customer
    service account, or the employee) is an incomplete Notice. What is told to a suite (InfoType)
    speaks for other corps and is never acted on. A Notice of what a customer did is about that
    customer. Raises Refused("parse") when the message is no readable document, and nothing else.
    """
    leaf_texts = read(plain)
    fields = Fields(leaf_texts)
    reader = None if fields.get("InfoType") else _reader(fields)
    told = None
    if reader:
        common: _Common = {"account": account, "at": moment(fields), "fields": leaf_texts}
        told = reader(fields, common, corpid)
    return told or kept(account, leaf_texts, _KINDS, _customer(fields, corpid))


def _customer(fields: Fields, corpid: str) -> Alias | None:
    customer = fields.id("ExternalUserID")
    return Alias(AliasKind.EXTERNAL_USERID, corpid, customer) if customer else None


def _reader(fields: Fields) -> _Reader | None:
    said = fields.get("MsgType").lower()
    if said == "event":
        return _READERS.get((fields.get("Event").lower(), fields.get("ChangeType").lower()))
    return _said if said == "text" else None


def _contact(make: Callable[[Fields, _Common, Alias, str], Event]) -> _Reader:
    def reader(fields: Fields, common: _Common, corpid: str) -> Event | None:
        customer, staff = _customer(fields, corpid), fields.id("UserID")
        return make(fields, common, customer, staff) if customer and staff else None

    return reader


def _added(fields: Fields, common: _Common, who: Alias, staff: str) -> Event:
    return ContactAdded(
        who=who,
        staff=staff,
        state=fields.get("State"),
        welcome_code=fields.code("WelcomeCode"),
        half=fields.get("ChangeType").lower() == "add_half_external_contact",
        **common,
    )


def _edited(_fields: Fields, common: _Common, who: Alias, staff: str) -> Event:
    return ContactEdited(who=who, staff=staff, **common)


def _deleted(fields: Fields, common: _Common, who: Alias, staff: str) -> Event:
    return ContactDeleted(who=who, staff=staff, source=fields.get("Source"), **common)


def _dropped(_fields: Fields, common: _Common, who: Alias, staff: str) -> Event:
    return StaffDropped(who=who, staff=staff, **common)


def _group(make: Callable[[Fields, _Common, str], Event]) -> _Reader:
    def reader(fields: Fields, common: _Common, _corpid: str) -> Event | None:
        chat = fields.id("ChatId")
        return make(fields, common, chat) if chat else None

    return reader


def _created(_fields: Fields, common: _Common, chat: str) -> Event:
    return GroupCreated(chat=chat, **common)


def _dismissed(_fields: Fields, common: _Common, chat: str) -> Event:
    return GroupDismissed(chat=chat, **common)


def _updated(fields: Fields, common: _Common, chat: str) -> Event:
    detail = fields.get("UpdateDetail")
    members = _changed_members(fields)
    count = _count(fields, members)
    if detail.lower() == "add_member":
        scene = fields.get("JoinScene")
        return GroupGrew(chat=chat, members=members, scene=scene, count=count, **common)
    if detail.lower() == "del_member":
        scene = fields.get("QuitScene")
        return GroupShrank(chat=chat, members=members, scene=scene, count=count, **common)
    return GroupChanged(chat=chat, detail=detail, **common)


def _changed_members(fields: Fields) -> tuple[str, ...]:
    # Item elements, a JSON list, or one text with commas: all three are in use.
    texts = fields.every("MemChangeList") + fields.every("MemChangeList.Item")
    members = (as_id(member.strip()) for text in texts for member in text.split(","))
    return tuple(dict.fromkeys(member for member in members if member))


def _count(fields: Fields, members: tuple[str, ...]) -> int:
    said = fields.get("MemChangeCnt")
    return int(said) if _COUNT.fullmatch(said) else len(members)


def _rang(fields: Fields, common: _Common, _corpid: str) -> Event | None:
    kf = fields.id("OpenKfId")
    return KfRang(kf=kf, token=fields.id("Token"), **common) if kf else None


def _employee(fields: Fields) -> str:
    # Only the app's own messages and events name it, and only there the sender is an employee.
    sender = fields.id("FromUserName")
    return sender if sender != _SYSTEM and fields.get("AgentID") else ""


def _said(fields: Fields, common: _Common, _corpid: str) -> Event | None:
    staff, msg_id = _employee(fields), fields.id("MsgId")
    if not staff or not msg_id:
        return None
    return StaffSaid(staff=staff, text=fields.get("Content"), msg_id=msg_id, **common)


def _tapped(fields: Fields, common: _Common, _corpid: str) -> Event | None:
    staff, task = _employee(fields), fields.id("TaskId")
    if not staff or not task:
        return None
    key, code = fields.get("EventKey"), fields.code("ResponseCode")
    return CardTapped(staff=staff, task=task, key=key, response_code=code, **common)


_READERS: Mapping[tuple[str, str], _Reader] = MappingProxyType(
    {
        ("change_external_contact", "add_external_contact"): _contact(_added),
        ("change_external_contact", "add_half_external_contact"): _contact(_added),
        ("change_external_contact", "edit_external_contact"): _contact(_edited),
        ("change_external_contact", "del_external_contact"): _contact(_deleted),
        ("change_external_contact", "del_follow_user"): _contact(_dropped),
        ("change_external_chat", "create"): _group(_created),
        ("change_external_chat", "update"): _group(_updated),
        ("change_external_chat", "dismiss"): _group(_dismissed),
        ("kf_msg_or_event", ""): _rang,
        ("template_card_event", ""): _tapped,
    }
)
