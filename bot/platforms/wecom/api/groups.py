"""Customer groups: listed, and read with their members (customer-contact.md section 5.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, Paged, known, part, rows, second, texts, whole
from bot.platforms.port import id_of, text_of

_GROUP = "/cgi-bin/externalcontact/groupchat"
_SHEET = "wecom/customer-contact.md section 5.1"
EMPLOYEE, CUSTOMER = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """Somebody in a group: `kind` is EMPLOYEE or CUSTOMER, `joined` Unix seconds."""

    member: str
    kind: int
    joined: int = 0
    scene: int = 0
    unionid: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A customer group as the platform tells of it."""

    chat: str
    name: str = ""
    owner: str = ""
    created: int = 0
    notice: str = ""
    admins: tuple[str, ...] = ()
    sitting: tuple[Sitting, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListGroups(Paged[str]):
    """The groups of some owners, or all; above 1,000 visible members owners must be named.

    81017 says so. `status`: 0 all, 1 owner resigned, 2 being inherited, 3 inherited.
    """

    api: ClassVar[str] = f"{_GROUP}/list"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    owners: tuple[str, ...] = ()
    status: int = 0
    limit: int = 1000

    def body(self) -> Mapping[str, Any]:
        owners = {"userid_list": list(self.owners)} if self.owners else None
        return {
            "status_filter": self.status,
            "limit": self.limit,
            **known(owner_filter=owners, cursor=self.cursor),
        }

    def read(self, body: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(text_of(one, "chat_id") for one in rows(body, "group_chat_list"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadChat(Call[Group]):
    """One group with everybody in it; the list lags some 2 s behind (events.md section 2.2)."""

    api: ClassVar[str] = f"{_GROUP}/get"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    chat: str

    def body(self) -> Mapping[str, Any]:
        return {"chat_id": self.chat, "need_name": 0}

    def read(self, body: Mapping[str, Any]) -> Group:
        told = part(body, "group_chat")
        return Group(
            chat=text_of(told, "chat_id"),
            name=text_of(told, "name"),
            owner=text_of(told, "owner"),
            created=second(told, "create_time"),
            notice=text_of(told, "notice"),
            admins=tuple(text_of(one, "userid") for one in rows(told, "admin_list")),
            sitting=tuple(_sitting(one) for one in rows(told, "member_list")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NameChat(Call[str]):
    """The group that a mini program was opened in, by the id it was told there."""

    api: ClassVar[str] = "/cgi-bin/externalcontact/opengid_to_chatid"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    opengid: str

    def body(self) -> Mapping[str, Any]:
        return {"opengid": self.opengid}

    def read(self, body: Mapping[str, Any]) -> str:
        return next(iter(texts(body, "chat_id")), "")


def _sitting(told: Mapping[str, Any]) -> Sitting:
    return Sitting(
        member=text_of(told, "userid"),
        kind=whole(told, "type"),
        joined=second(told, "join_time"),
        scene=whole(told, "join_scene"),
        unionid=id_of(told, "unionid"),
        state=text_of(told, "state"),
    )


GROUP_CALLS: tuple[type[Call[Any]], ...] = (ListGroups, ReadChat, NameChat)
