"""Says something in customer service: to a customer, or on an event (kf.md sections 5 and 6)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, known
from bot.platforms.checks import need
from bot.platforms.kf.api.messages import Body, KfMenu, KfText, said
from bot.platforms.port import text_of

_KF = "/cgi-bin/kf"
_MSG_ID = re.compile(r"[0-9a-zA-Z_-]{0,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SendKfMessage(Call[str]):
    """Say something to a customer; the answer is the message's id.

    Only in states 0 and 1, within 48 h of the customer's last words, and 5 times after them. A yes
    is no delivery: `msg_send_fail` may follow. Whether an id is taken twice is not documented, so
    an answer that never came is unknown.
    """

    api: ClassVar[str] = f"{_KF}/send_msg"
    klass: ClassVar[Class] = Class.E
    source: ClassVar[str] = "wecom/kf.md section 5"
    kf: str
    member: str
    message: Body
    msgid: str = ""

    def body(self) -> Mapping[str, Any]:
        _check(self.msgid)
        to = {"touser": self.member, "open_kfid": self.kf, **known(msgid=self.msgid)}
        return {**to, **said(self.message)}

    def read(self, body: Mapping[str, Any]) -> str:
        return text_of(body, "msgid")


@dataclass(frozen=True, slots=True, kw_only=True)
class SayOnEvent(Call[str]):
    """Say the one thing that an event's code allows; the code is good once, some for 20 s only."""

    api: ClassVar[str] = f"{_KF}/send_msg_on_event"
    klass: ClassVar[Class] = Class.C
    source: ClassVar[str] = "wecom/kf.md section 6"
    code: str
    message: KfText | KfMenu
    msgid: str = ""

    def body(self) -> Mapping[str, Any]:
        _check(self.msgid)
        need(bool(self.code), "没有可用的 code")
        return {"code": self.code, **known(msgid=self.msgid), **said(self.message)}

    def read(self, body: Mapping[str, Any]) -> str:
        return text_of(body, "msgid")


def _check(msgid: str) -> None:
    need(bool(_MSG_ID.fullmatch(msgid)), "msgid 最多 32 个字母、数字、_ 或 -")


SEND_CALLS: tuple[type[Call[Any]], ...] = (SendKfMessage, SayOnEvent)
