"""Welcomes: the one to a new contact, and the material for groups (customer-contact.md 2, 5.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, Order, known, part
from bot.platforms.checks import need, within_bytes
from bot.platforms.port import text_of
from bot.platforms.wecom.api.material import Material, attached, beside, material_of

_CONTACT = "/cgi-bin/externalcontact"
_TEMPLATE = f"{_CONTACT}/group_welcome_template"
_SHEET = "wecom/customer-contact.md section 5.3"
WELCOME_BYTES = 4000
GROUP_WELCOME_BYTES = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class SendWelcome(Order):
    """Greet a new contact, once and within 20 s: at most 4,000 bytes and 9 attachments.

    The code is the platform's own key: 41051 says that a welcome arrived before.
    """

    api: ClassVar[str] = f"{_CONTACT}/send_welcome_msg"
    klass: ClassVar[Class] = Class.C
    source: ClassVar[str] = "wecom/customer-contact.md section 2"
    code: str
    text: str = ""
    attachments: tuple[Material, ...] = ()

    def body(self) -> Mapping[str, Any]:
        need(bool(self.text or self.attachments), "欢迎语不能什么都没有")
        within_bytes("欢迎语", self.text, WELCOME_BYTES)
        return {
            "welcome_code": self.code,
            **known(text={"content": self.text} if self.text else None),
            **known(attachments=attached(self.attachments)),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupWelcome:
    """What greets whoever joins a group, once its owner picked it: 3,000 bytes and one more."""

    text: str = ""
    material: Material | None = None

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it. Raises Unfit."""
        need(bool(self.text or self.material), "入群欢迎语不能什么都没有")
        within_bytes("入群欢迎语", self.text, GROUP_WELCOME_BYTES)
        words = {"text": {"content": self.text}} if self.text else {}
        return {**words, **beside(self.material)}


@dataclass(frozen=True, slots=True, kw_only=True)
class AddGroupWelcome(Call[str]):
    """Put a welcome into the library, which keeps 100 (41055); the answer is what it is called.

    Repeating a try that was cut off may leave one that nobody picks.
    """

    api: ClassVar[str] = f"{_TEMPLATE}/add"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    welcome: GroupWelcome
    agentid: int
    notify: bool = False  # tell every group owner

    def body(self) -> Mapping[str, Any]:
        return {**self.welcome.body(), "agentid": self.agentid, "notify": int(self.notify)}

    def read(self, body: Mapping[str, Any]) -> str:
        return text_of(body, "template_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class EditGroupWelcome(Order):
    """Replace a welcome that this app made; 41058 for another app's."""

    api: ClassVar[str] = f"{_TEMPLATE}/edit"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    template: str
    welcome: GroupWelcome
    agentid: int

    def body(self) -> Mapping[str, Any]:
        return {
            "template_id": self.template,
            **self.welcome.body(),
            "agentid": self.agentid,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadGroupWelcome(Call[GroupWelcome]):
    """One welcome of the library."""

    api: ClassVar[str] = f"{_TEMPLATE}/get"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    template: str

    def body(self) -> Mapping[str, Any]:
        return {"template_id": self.template}

    def read(self, body: Mapping[str, Any]) -> GroupWelcome:
        text = text_of(part(body, "text"), "content")
        return GroupWelcome(text=text, material=material_of(body))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteGroupWelcome(Order):
    """Take a welcome out of the library."""

    api: ClassVar[str] = f"{_TEMPLATE}/del"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    template: str
    agentid: int

    def body(self) -> Mapping[str, Any]:
        return {"template_id": self.template, "agentid": self.agentid}


WELCOME_CALLS: tuple[type[Call[Any]], ...] = (
    SendWelcome, AddGroupWelcome, EditGroupWelcome, ReadGroupWelcome, DeleteGroupWelcome,
)  # fmt: skip
