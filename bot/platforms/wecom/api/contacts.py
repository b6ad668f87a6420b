"""The customers of employees: listed, read one by one or many at once (customer-contact.md 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, Order, Paged, known, part, rows, second, texts, whole
from bot.platforms.port import id_of, text_of

_CONTACT = "/cgi-bin/externalcontact"
_SHEET = "wecom/customer-contact.md section 3"
REMARK_CHARS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """One employee who has a customer as contact; `labels` are the platform's tag ids."""

    staff: str
    remark: str = ""
    added: int = 0  # Unix seconds by the platform's clock
    state: str = ""
    way: int = 0
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A customer as the platform tells of one, with who has them as contact."""

    member: str
    name: str = ""
    unionid: str = ""
    followers: tuple[Follower, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListStaff(Call[tuple[str, ...]]):
    """The employees who may have customers."""

    api: ClassVar[str] = f"{_CONTACT}/get_follow_user_list"
    method: ClassVar[str] = "GET"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET

    def read(self, body: Mapping[str, Any]) -> tuple[str, ...]:
        return texts(body, "follow_user")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListContacts(Call[tuple[str, ...]]):
    """The customers of one employee; 84061 when there is none."""

    api: ClassVar[str] = f"{_CONTACT}/list"
    method: ClassVar[str] = "GET"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    staff: str

    def query(self) -> Mapping[str, str]:
        return {"userid": self.staff}

    def read(self, body: Mapping[str, Any]) -> tuple[str, ...]:
        return texts(body, "external_userid")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadContact(Paged[Contact]):
    """One customer, with everybody who has them; over 500 followers come page by page."""

    api: ClassVar[str] = f"{_CONTACT}/get"
    method: ClassVar[str] = "GET"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    member: str

    def query(self) -> Mapping[str, str]:
        return known(external_userid=self.member, cursor=self.cursor)

    def read(self, body: Mapping[str, Any]) -> tuple[Contact, ...]:
        followers = tuple(_follower(one) for one in rows(body, "follow_user"))
        return (_contact(part(body, "external_contact"), followers),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadContacts(Paged[Contact]):
    """The customers of up to 100 employees, at most 100 a page, each with one follower."""

    api: ClassVar[str] = f"{_CONTACT}/batch/get_by_user"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    staff: tuple[str, ...]
    limit: int = 100

    def body(self) -> Mapping[str, Any]:
        return {
            "userid_list": list(self.staff),
            "limit": self.limit,
            **known(cursor=self.cursor),
        }

    def read(self, body: Mapping[str, Any]) -> tuple[Contact, ...]:
        return tuple(
            _contact(part(one, "external_contact"), (_follower(part(one, "follow_info")),))
            for one in rows(body, "external_contact_list")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteRemark(Order):
    """Write what an employee calls a customer, at most 20 characters; longer is cut."""

    api: ClassVar[str] = f"{_CONTACT}/remark"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    staff: str
    member: str
    remark: str

    def body(self) -> Mapping[str, Any]:
        remark = self.remark[:REMARK_CHARS]
        return {"userid": self.staff, "external_userid": self.member, "remark": remark}


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Somebody an employee or a group serves; `member` is "" while they are nobody's customer.

    `temporary` is an id that lives 4 hours.
    """

    temporary: str
    member: str = ""
    name: str = ""
    staff: str = ""
    chat: str = ""
    since: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ListServed(Paged[Served]):
    """Everybody from outside who is served, customers or not; at most 1,000 a page."""

    api: ClassVar[str] = f"{_CONTACT}/contact_list"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    limit: int = 1000

    def body(self) -> Mapping[str, Any]:
        return {"limit": self.limit, **known(cursor=self.cursor)}

    def read(self, body: Mapping[str, Any]) -> tuple[Served, ...]:
        return tuple(
            Served(
                temporary=text_of(one, "tmp_openid"),
                member=text_of(one, "external_userid"),
                name=text_of(one, "name"),
                staff=text_of(one, "follow_userid"),
                chat=text_of(one, "chat_id"),
                since=second(one, "add_time"),
            )
            for one in rows(body, "info_list")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NameContact(Call[str]):
    """The customer whom a mini program knows by unionid and openid."""

    api: ClassVar[str] = f"{_CONTACT}/unionid_to_external_userid"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    unionid: str
    openid: str

    def body(self) -> Mapping[str, Any]:
        return {"unionid": self.unionid, "openid": self.openid}

    def read(self, body: Mapping[str, Any]) -> str:
        return text_of(body, "external_userid")


def _contact(told: Mapping[str, Any], followers: tuple[Follower, ...]) -> Contact:
    return Contact(
        member=text_of(told, "external_userid"),
        name=text_of(told, "name"),
        unionid=id_of(told, "unionid"),
        followers=followers,
    )


def _follower(told: Mapping[str, Any]) -> Follower:
    # A single read tells `tags` as objects, a batch `tag_id` as texts.
    labels = texts(told, "tag_id") or tuple(text_of(one, "tag_id") for one in rows(told, "tags"))
    return Follower(
        staff=text_of(told, "userid"),
        remark=text_of(told, "remark"),
        added=second(told, "createtime"),
        state=text_of(told, "state"),
        way=whole(told, "add_way"),
        labels=tuple(one for one in labels if one),
    )


CONTACT_CALLS: tuple[type[Call[Any]], ...] = (
    ListStaff, ListContacts, ReadContact, ReadContacts, WriteRemark, ListServed, NameContact,
)  # fmt: skip
