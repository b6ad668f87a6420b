"""«Contact me» codes 联系我: made, read, listed, changed and removed (customer-contact.md 1).

A corp has 500,000 of them, shared with the ways into groups.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, Order, Paged, flag, known, numbers, part, rows, texts, whole
from bot.platforms.checks import need, within_bytes, within_chars, within_count
from bot.platforms.port import text_of
from bot.platforms.wecom.api.material import Material, beside, material_of

_CONTACT = "/cgi-bin/externalcontact"
_SHEET = "wecom/customer-contact.md section 1"
BUTTON, QR = 1, 2
_SINGLE, _SEVERAL = 1, 2
STATE_CHARS = REMARK_CHARS = 30
_MOST_STAFF = 100
_LONGEST_S = 14 * 24 * 3600
_CLOSING_BYTES = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Temporary:
    """That the chat is a passing one: lives in seconds, at most 14 days, 0 = as the platform does.

    `unionid` keeps it to one person. `closing` and one piece of `material` are said at its end.
    """

    code_s: int = 0
    chat_s: int = 0
    unionid: str = ""
    closing: str = ""
    material: Material | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactWay:
    """A code that adds one of `staff`, or of the departments `parties`, as contact."""

    staff: tuple[str, ...]
    parties: tuple[int, ...] = ()
    config: str = ""
    state: str = ""
    remark: str = ""
    scene: int = QR
    style: int = 0
    skip_verify: bool = True
    exclusive: bool = False
    temporary: Temporary | None = None
    qr_code: str = ""  # the address of its picture

    @property
    def single(self) -> bool:
        """Return whether it leads to one employee."""
        return len(self.staff) == 1 and not self.parties

    def body(self) -> dict[str, Any]:
        """Return what may be said at any time. Raises Unfit."""
        need(bool(self.staff or self.parties), "「联系我」至少要有一位员工")
        within_count("「联系我」的员工", self.staff, _MOST_STAFF)
        within_chars("「联系我」的 state", self.state, STATE_CHARS)
        within_chars("「联系我」的备注", self.remark, REMARK_CHARS)
        need(self.temporary is None or self.single, "临时会话只能有一位员工")
        return {
            "skip_verify": self.skip_verify,
            **known(state=self.state, remark=self.remark, user=list(self.staff)),
            **known(party=list(self.parties), style=self.style or None),
            **(_temporary(self.temporary) if self.temporary else {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class WayMade:
    """What a new code is called, and the address of its picture."""

    config: str
    qr_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddContactWay(Call[WayMade]):
    """Make a code; a second one does the same as the first, so a repeat only costs quota."""

    api: ClassVar[str] = f"{_CONTACT}/add_contact_way"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    way: ContactWay

    def body(self) -> Mapping[str, Any]:
        way = self.way
        need(way.scene in (BUTTON, QR), "「联系我」的 scene 只能是 1 或 2")
        return {
            "type": _SINGLE if way.single else _SEVERAL,
            "scene": way.scene,
            **way.body(),
            **({"is_exclusive": True} if way.exclusive else {}),
            **({"is_temp": True} if way.temporary else {}),
        }

    def read(self, body: Mapping[str, Any]) -> WayMade:
        return WayMade(config=text_of(body, "config_id"), qr_code=text_of(body, "qr_code"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadContactWay(Call[ContactWay]):
    """One code as the platform has it; 41044 when there is none."""

    api: ClassVar[str] = f"{_CONTACT}/get_contact_way"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    config: str

    def body(self) -> Mapping[str, Any]:
        return {"config_id": self.config}

    def read(self, body: Mapping[str, Any]) -> ContactWay:
        told = next(iter(rows(body, "contact_way")), {})  # older answers tell a list of one
        return ContactWay(
            config=text_of(told, "config_id"),
            staff=texts(told, "user"),
            parties=numbers(told, "party"),
            state=text_of(told, "state"),
            remark=text_of(told, "remark"),
            scene=whole(told, "scene"),
            style=whole(told, "style"),
            skip_verify=flag(told, "skip_verify") is not False,
            exclusive=flag(told, "is_exclusive") is True,
            temporary=_told(told) if flag(told, "is_temp") is True else None,
            qr_code=text_of(told, "qr_code"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListContactWays(Paged[str]):
    """The names of the codes made between two moments (Unix seconds; 0: the last 90 days).

    At most 1,000 a page; no passing ones, and none from before 2021.
    """

    api: ClassVar[str] = f"{_CONTACT}/list_contact_way"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    since: int = 0
    until: int = 0
    limit: int = 1000

    def body(self) -> Mapping[str, Any]:
        times = known(start_time=self.since or None, end_time=self.until or None)
        return {"limit": self.limit, **times, **known(cursor=self.cursor)}

    def read(self, body: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(text_of(one, "config_id") for one in rows(body, "contact_way"))


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateContactWay(Order):
    """Change a code, named by its `config`; lists are replaced whole. Kind and scene stay."""

    api: ClassVar[str] = f"{_CONTACT}/update_contact_way"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    way: ContactWay

    def body(self) -> Mapping[str, Any]:
        need(bool(self.way.config), "要改的「联系我」没有 config_id")
        return {"config_id": self.way.config, **self.way.body()}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteContactWay(Order):
    """Remove a code; 41044 when it is gone already."""

    api: ClassVar[str] = f"{_CONTACT}/del_contact_way"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    config: str

    def body(self) -> Mapping[str, Any]:
        return {"config_id": self.config}


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseTemporaryChat(Order):
    """End a passing chat of an employee with a customer."""

    api: ClassVar[str] = f"{_CONTACT}/close_temp_chat"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    staff: str
    member: str

    def body(self) -> Mapping[str, Any]:
        return {"userid": self.staff, "external_userid": self.member}


def _temporary(chat: Temporary) -> dict[str, Any]:
    need(0 <= chat.code_s <= _LONGEST_S, "临时二维码最长 14 天")
    need(0 <= chat.chat_s <= _LONGEST_S, "临时会话最长 14 天")
    within_bytes("临时会话的结束语", chat.closing, _CLOSING_BYTES)
    words = {"text": {"content": chat.closing}} if chat.closing else {}
    return known(
        expires_in=chat.code_s or None,
        chat_expires_in=chat.chat_s or None,
        unionid=chat.unionid,
        conclusions={**words, **beside(chat.material)},
    )


def _told(told: Mapping[str, Any]) -> Temporary:
    said = part(told, "conclusions")
    return Temporary(
        code_s=whole(told, "expires_in"),
        chat_s=whole(told, "chat_expires_in"),
        unionid=text_of(told, "unionid"),
        closing=text_of(part(said, "text"), "content"),
        material=material_of(said),
    )


WAY_CALLS: tuple[type[Call[Any]], ...] = (
    AddContactWay, ReadContactWay, ListContactWays, UpdateContactWay, DeleteContactWay,
    CloseTemporaryChat,
)  # fmt: skip
