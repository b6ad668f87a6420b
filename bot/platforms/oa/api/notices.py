"""Service notices to followers: template, subscription and one-time messages (oa/api.md 7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, known
from bot.platforms.port import text_of

_SHEET = "oa/api.md section 7"
_MESSAGE = "/cgi-bin/message"
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Delivery(Call[str]):
    """What the three have in common; `appid` and `page` open a mini program."""

    source: ClassVar[str] = _SHEET
    openid: str
    template: str
    fields: Pairs
    url: str = ""
    appid: str = ""
    page: str = ""

    def read(self, body: Mapping[str, Any]) -> str:
        """Return the platform's name of the message, "" where it gives none."""
        return text_of(body, "msgid")

    def _mini_program(self) -> Mapping[str, str]:
        return {"appid": self.appid, "pagepath": self.page} if self.appid else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverTemplate(_Delivery):
    """Send a template message; the same `key` to the same follower sends it once.

    Refused: 43004 or 40003 to who does not follow, 40037 for an unknown template, 47003 for a
    field that is not of its kind.
    """

    api: ClassVar[str] = f"{_MESSAGE}/template/send"
    klass: ClassVar[Class] = Class.C
    key: str

    def body(self) -> Mapping[str, Any]:
        return {
            "touser": self.openid,
            "template_id": self.template,
            **known(url=self.url, miniprogram=self._mini_program()),
            "client_msg_id": self.key,
            "data": {name: {"value": value} for name, value in self.fields},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverSubscription(_Delivery):
    """Send a subscription notice, which uses up one consent; 43101 when none is left."""

    api: ClassVar[str] = f"{_MESSAGE}/subscribe/bizsend"
    klass: ClassVar[Class] = Class.E

    def body(self) -> Mapping[str, Any]:
        page = "" if self.appid else self.page
        return {
            "touser": self.openid,
            "template_id": self.template,
            **known(page=page, miniprogram=self._mini_program()),
            "data": {name: {"value": value} for name, value in self.fields},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverOnce(_Delivery):
    """Send the notice that somebody agreed to on its page, once, follower or not."""

    api: ClassVar[str] = f"{_MESSAGE}/template/subscribe"
    klass: ClassVar[Class] = Class.E
    title: str
    scene: int

    def body(self) -> Mapping[str, Any]:
        return {
            "touser": self.openid,
            "template_id": self.template,
            **known(url=self.url, miniprogram=self._mini_program()),
            "scene": str(self.scene),
            "title": self.title,
            "data": {name: {"value": value} for name, value in self.fields},
        }


NOTICE_CALLS: tuple[type[Call[Any]], ...] = (
    DeliverTemplate, DeliverSubscription, DeliverOnce,
)  # fmt: skip
