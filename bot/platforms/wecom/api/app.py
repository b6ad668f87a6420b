"""The app's messages to employees, sent, changed and taken back (apps-and-bots.md section 2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, Order, known, part, rows, texts, whole
from bot.platforms.checks import need, within_count
from bot.platforms.port import text_of
from bot.platforms.wecom.api.cards import TemplateCard
from bot.platforms.wecom.api.messages import AppMessage

_MESSAGE = "/cgi-bin/message"
_SHEET = "wecom/apps-and-bots.md section 2"
EVERYBODY = "@all"
_MOST_STAFF, _MOST_PARTIES = 1000, 100
_LONGEST_S = 4 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Receivers:
    """Up to 1,000 employees, 100 departments and 100 of the address book's tags, or EVERYBODY."""

    staff: tuple[str, ...] = ()
    parties: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()

    def body(self) -> Mapping[str, Any]:
        """Return them as the platform takes them. Raises Unfit."""
        need(bool(self.staff or self.parties or self.tags), "应用消息没有接收的人")
        within_count("接收消息的成员", self.staff, _MOST_STAFF)
        within_count("接收消息的部门", self.parties, _MOST_PARTIES)
        within_count("接收消息的标签", self.tags, _MOST_PARTIES)
        return known(
            touser="|".join(self.staff),
            toparty="|".join(map(str, self.parties)),
            totag="|".join(map(str, self.tags)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSent:
    """What a message is called, the code that changes its card once, and whom it cannot reach."""

    msgid: str = ""
    response_code: str = ""
    absent: tuple[str, ...] = ()  # employees unknown, out of scope, or without a licence


@dataclass(frozen=True, slots=True, kw_only=True)
class SendAppMessage(Call[AppSent]):
    """Send a message; 81013 when nobody of the receivers can have it.

    With `once_s`, at most 4 hours, the same content is not shown again to somebody within it.
    """

    api: ClassVar[str] = f"{_MESSAGE}/send"
    klass: ClassVar[Class] = Class.E
    source: ClassVar[str] = _SHEET
    to: Receivers
    message: AppMessage
    agentid: int
    safe: bool = False
    once_s: int = 0

    def body(self) -> Mapping[str, Any]:
        need(0 <= self.once_s <= _LONGEST_S, "查重最长 4 小时")
        once = {"enable_duplicate_check": 1, "duplicate_check_interval": self.once_s}
        return {
            **self.to.body(),
            "agentid": self.agentid,
            "safe": int(self.safe),
            "msgtype": self.message.kind,
            self.message.kind: self.message.body(),
            **(once if self.once_s else {}),
        }

    def read(self, body: Mapping[str, Any]) -> AppSent:
        absent = (text_of(body, name).split("|") for name in ("invaliduser", "unlicenseduser"))
        return AppSent(
            msgid=text_of(body, "msgid"),
            response_code=text_of(body, "response_code"),
            absent=tuple(one for names in absent for one in names if one),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCard(Call[tuple[str, ...]]):
    """Put a word in the place of a card's buttons, or another card in its place; once a code.

    Its answer names the employees who do not have the card.
    """

    api: ClassVar[str] = f"{_MESSAGE}/update_template_card"
    klass: ClassVar[Class] = Class.C
    source: ClassVar[str] = _SHEET
    agentid: int
    response_code: str
    staff: tuple[str, ...] = ()  # none: everybody who has it
    word: str = ""
    card: TemplateCard | None = None

    def body(self) -> Mapping[str, Any]:
        need(bool(self.word) != bool(self.card), "更新卡片要么换按钮的字，要么换整张卡片")
        whom = {"userids": list(self.staff)} if self.staff else {"atall": 1}
        what = (
            {"template_card": self.card.body()}
            if self.card
            else {"button": {"replace_name": self.word}}
        )
        return {**whom, "agentid": self.agentid, "response_code": self.response_code, **what}

    def read(self, body: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(one for one in texts(body, "invaliduser") if one)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallAppMessage(Order):
    """Take a message back within 24 hours."""

    api: ClassVar[str] = f"{_MESSAGE}/recall"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    msgid: str

    def body(self) -> Mapping[str, Any]:
        return {"msgid": self.msgid}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSeen:
    """The app as its corp has set it up: who may see it."""

    agentid: int
    name: str = ""
    closed: bool = False
    staff: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadApp(Call[AppSeen]):
    """The app itself; any call tells whether this machine may call at all."""

    api: ClassVar[str] = "/cgi-bin/agent/get"
    method: ClassVar[str] = "GET"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = "wecom/apps-and-bots.md section 9"
    agentid: int

    def query(self) -> Mapping[str, str]:
        return {"agentid": str(self.agentid)}

    def read(self, body: Mapping[str, Any]) -> AppSeen:
        return _app(body)


def _app(body: Mapping[str, Any]) -> AppSeen:
    people, parties = part(body, "allow_userinfos"), part(body, "allow_partys")
    return AppSeen(
        agentid=whole(body, "agentid"),
        name=text_of(body, "name"),
        closed=whole(body, "close") == 1,
        staff=tuple(text_of(one, "userid") for one in rows(people, "user")),
        parties=texts(parties, "partyid"),
    )


APP_MESSAGE_CALLS: tuple[type[Call[Any]], ...] = (
    SendAppMessage, ChangeCard, RecallAppMessage, ReadApp,
)  # fmt: skip
