"""Acquisition links 获客链接: https links that add an employee (customer-contact.md section 6).

Each new contact by such a link costs one of a paid quota. An app sees only its own links.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote

from bot.actions import Class
from bot.platforms.call import (
    Call,
    Order,
    Paged,
    flag,
    known,
    numbers,
    part,
    rows,
    second,
    texts,
    whole,
)
from bot.platforms.checks import need, within_bytes
from bot.platforms.port import text_of

_CONTACT = "/cgi-bin/externalcontact"
_LINK = f"{_CONTACT}/customer_acquisition"
_SHEET = "wecom/customer-contact.md section 6"
CHANNEL_BYTES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link to one or more employees; `made` is Unix seconds."""

    name: str
    staff: tuple[str, ...] = ()
    parties: tuple[int, ...] = ()
    skip_verify: bool = True
    id: str = ""
    url: str = ""
    made: int = 0

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it. Raises Unfit."""
        need(bool(self.name), "获客链接要有名字")
        need(bool(self.staff or self.parties), "获客链接至少要有一位员工")
        reach = known(user_list=list(self.staff), department_list=list(self.parties))
        return {"link_name": self.name, "range": reach, "skip_verify": self.skip_verify}


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquired:
    """A customer who came by a link; `state` is the channel that was written into it."""

    member: str
    staff: str
    chatted: bool = False
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many more customers may come; `expiring` by the Unix second it ends."""

    total: int
    balance: int
    expiring: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clicks:
    """How many opened a link, and how many of them were new contacts."""

    clicked: int
    added: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChat:
    """Who spoke to whom after coming by a link, and how often."""

    staff: str
    member: str
    messages: int
    link: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLinks(Paged[str]):
    """The ids of the app's links, at most 100 a page."""

    api: ClassVar[str] = f"{_LINK}/list_link"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    limit: int = 100

    def body(self) -> Mapping[str, Any]:
        return {"limit": self.limit, **known(cursor=self.cursor)}

    def read(self, body: Mapping[str, Any]) -> tuple[str, ...]:
        return texts(body, "link_id_list")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLink(Call[Link]):
    """One link with its employees; the answer need not repeat the id."""

    api: ClassVar[str] = f"{_LINK}/get"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    link: str

    def body(self) -> Mapping[str, Any]:
        return {"link_id": self.link}

    def read(self, body: Mapping[str, Any]) -> Link:
        told, reach = part(body, "link"), part(body, "range")
        says = told if "skip_verify" in told else body
        return Link(
            id=text_of(told, "link_id") or self.link,
            name=text_of(told, "link_name"),
            url=text_of(told, "url"),
            made=second(told, "create_time"),
            staff=texts(reach, "user_list"),
            parties=numbers(reach, "department_list"),
            skip_verify=flag(says, "skip_verify") is not False,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateLink(Call[Link]):
    """Make a link; 41095 when there are too many. Before repeating look for it by its name."""

    api: ClassVar[str] = f"{_LINK}/create_link"
    klass: ClassVar[Class] = Class.D
    source: ClassVar[str] = _SHEET
    link: Link

    def body(self) -> Mapping[str, Any]:
        return self.link.body()

    def read(self, body: Mapping[str, Any]) -> Link:
        told = part(body, "link")
        return Link(
            id=text_of(told, "link_id"),
            name=text_of(told, "link_name") or self.link.name,
            url=text_of(told, "url"),
            made=second(told, "create_time"),
            staff=self.link.staff,
            parties=self.link.parties,
            skip_verify=self.link.skip_verify,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateLink(Order):
    """Replace name and employees of a link, named by its id."""

    api: ClassVar[str] = f"{_LINK}/update_link"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    link: Link

    def body(self) -> Mapping[str, Any]:
        need(bool(self.link.id), "要改的获客链接没有 link_id")
        return {"link_id": self.link.id, **self.link.body()}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteLink(Order):
    """Remove a link; it adds nobody from then on."""

    api: ClassVar[str] = f"{_LINK}/delete_link"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    link: str

    def body(self) -> Mapping[str, Any]:
        return {"link_id": self.link}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAcquired(Paged[Acquired]):
    """The customers who came by a link, at most 1,000 a page."""

    api: ClassVar[str] = f"{_LINK}/customer"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    link: str
    limit: int = 1000

    def body(self) -> Mapping[str, Any]:
        return {"link_id": self.link, "limit": self.limit, **known(cursor=self.cursor)}

    def read(self, body: Mapping[str, Any]) -> tuple[Acquired, ...]:
        return tuple(
            Acquired(
                member=text_of(one, "external_userid"),
                staff=text_of(one, "userid"),
                chatted=whole(one, "chat_status") == 1,
                state=text_of(one, "state"),
            )
            for one in rows(body, "customer_list")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLinkQuota(Call[Quota]):
    """What is left of the paid quota."""

    api: ClassVar[str] = f"{_CONTACT}/customer_acquisition_quota"
    method: ClassVar[str] = "GET"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET

    def read(self, body: Mapping[str, Any]) -> Quota:
        parts = rows(body, "quota_list")
        return Quota(
            total=whole(body, "total"),
            balance=whole(body, "balance"),
            expiring=tuple((whole(one, "expire_date"), whole(one, "balance")) for one in parts),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CountClicks(Call[Clicks]):
    """How many opened a link and how many were added, between two moments in Unix seconds."""

    api: ClassVar[str] = f"{_LINK}/statistic"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    link: str
    since: int
    until: int

    def body(self) -> Mapping[str, Any]:
        need(0 < self.since <= self.until, "统计的开始时间应在结束时间之前")
        return {"link_id": self.link, "start_time": self.since, "end_time": self.until}

    def read(self, body: Mapping[str, Any]) -> Clicks:
        clicked, added = whole(body, "click_link_customer_cnt"), whole(body, "new_customer_cnt")
        return Clicks(clicked=clicked, added=added)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLinkChat(Call[LinkChat]):
    """Whom a message_from_customer event is about, by its key, which lives 30 minutes."""

    api: ClassVar[str] = f"{_LINK}/get_chat_info"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    key: str

    def body(self) -> Mapping[str, Any]:
        return {"chat_key": self.key}

    def read(self, body: Mapping[str, Any]) -> LinkChat:
        told = part(body, "chat_info")
        return LinkChat(
            staff=text_of(body, "userid"),
            member=text_of(body, "external_userid"),
            messages=whole(told, "recv_msg_cnt"),
            link=text_of(told, "link_id"),
            state=text_of(told, "state"),
        )


def with_channel(url: str, channel: str) -> str:
    """Return a link that brings `channel` back as State, at most 64 bytes. Raises Unfit.

    >>> with_channel("https://work.weixin.qq.com/ca/cawx1", "staff-wang-S012")
    'https://work.weixin.qq.com/ca/cawx1?customer_channel=staff-wang-S012'
    """
    within_bytes("customer_channel", channel, CHANNEL_BYTES, least=1)
    return f"{url}{'&' if '?' in url else '?'}customer_channel={quote(channel, safe='')}"


ACQUISITION_CALLS: tuple[type[Call[Any]], ...] = (
    ListLinks, ReadLink, CreateLink, UpdateLink, DeleteLink, ListAcquired, ReadLinkQuota,
    CountClicks, ReadLinkChat,
)  # fmt: skip
