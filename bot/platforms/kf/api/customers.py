"""Customers of customer service, and the card that invites one further (kf.md section 7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, Order, known, part, rows, texts
from bot.platforms.checks import need, within_count
from bot.platforms.port import id_of, text_of

_CUSTOMER = "/cgi-bin/kf/customer"
_SHEET = "wecom/kf.md section 7"
_MOST_READ = 100
_TO_MEMBER, _TO_GROUP = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A customer as the platform tells of one; `scene` is how they came in, where asked for."""

    member: str
    name: str = ""
    unionid: str = ""
    scene: str = ""
    scene_param: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitors:
    """The customers that the platform knows, and the ids that it does not."""

    known: tuple[Visitor, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadVisitors(Call[Visitors]):
    """Up to 100 customers; newer rules want them to have written within 48 h (95031)."""

    api: ClassVar[str] = f"{_CUSTOMER}/batchget"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    members: tuple[str, ...]
    with_scene: bool = False

    def body(self) -> Mapping[str, Any]:
        within_count("一次查的顾客", self.members, _MOST_READ, least=1)
        return {
            "external_userid_list": list(self.members),
            "need_enter_session_context": int(self.with_scene),
        }

    def read(self, body: Mapping[str, Any]) -> Visitors:
        return Visitors(
            known=tuple(_visitor(one) for one in rows(body, "customer_list")),
            unknown=texts(body, "invalid_external_userid"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeRange:
    """Whom and what the console lets customers be invited to."""

    staff: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    chats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadUpgradeRange(Call[UpgradeRange]):
    """What the console's 升级服务 holds."""

    api: ClassVar[str] = f"{_CUSTOMER}/get_upgrade_service_config"
    method: ClassVar[str] = "GET"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET

    def read(self, body: Mapping[str, Any]) -> UpgradeRange:
        people = part(body, "member_range")
        return UpgradeRange(
            staff=texts(people, "userid_list"),
            parties=texts(people, "department_id_list"),
            chats=texts(part(body, "groupchat_range"), "chat_id_list"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferUpgrade(Order):
    """Show a customer the card of an employee, or of a group; they join by a tap.

    Either must be in the console's range; 95031 when the customer did not write within 48 h.
    """

    api: ClassVar[str] = f"{_CUSTOMER}/upgrade_service"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    kf: str
    member: str
    staff: str = ""
    chat: str = ""
    wording: str = ""

    def body(self) -> Mapping[str, Any]:
        need(bool(self.staff) != bool(self.chat), "升级服务要么给员工，要么给群")
        words = known(wording=self.wording)
        to = (
            {"type": _TO_GROUP, "groupchat": {"chat_id": self.chat, **words}}
            if self.chat
            else {"type": _TO_MEMBER, "member": {"userid": self.staff, **words}}
        )
        return {"open_kfid": self.kf, "external_userid": self.member, **to}


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelUpgrade(Order):
    """Take the card away again."""

    api: ClassVar[str] = f"{_CUSTOMER}/cancel_upgrade_service"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    kf: str
    member: str

    def body(self) -> Mapping[str, Any]:
        return {"open_kfid": self.kf, "external_userid": self.member}


def _visitor(told: Mapping[str, Any]) -> Visitor:
    came = part(told, "enter_session_context")
    return Visitor(
        member=text_of(told, "external_userid"),
        name=text_of(told, "nickname"),
        unionid=id_of(told, "unionid"),
        scene=text_of(came, "scene"),
        scene_param=text_of(came, "scene_param"),
    )


CUSTOMER_CALLS: tuple[type[Call[Any]], ...] = (
    ReadVisitors, ReadUpgradeRange, OfferUpgrade, CancelUpgrade,
)  # fmt: skip
