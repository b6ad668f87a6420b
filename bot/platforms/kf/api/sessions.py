"""Sessions of customer service: their state, and what was said in them (kf.md sections 3 and 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, flag, known, numbers
from bot.platforms.checks import need
from bot.platforms.port import text_of

_KF = "/cgi-bin/kf"
_SHEET = "wecom/kf.md section 3"
NEW, BOT, WAITING, HUMAN, ENDED = range(5)
AMR, SILK = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What state a customer's session is in, None where the platform does not say; who serves."""

    state: int | None
    servicer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSession(Call[Session]):
    """The session of a customer at an account."""

    api: ClassVar[str] = f"{_KF}/service_state/get"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    kf: str
    member: str

    def body(self) -> Mapping[str, Any]:
        return {"open_kfid": self.kf, "external_userid": self.member}

    def read(self, body: Mapping[str, Any]) -> Session:
        state = next(iter(numbers(body, "service_state")), None)
        return Session(state=state, servicer=text_of(body, "servicer_userid"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveSession(Call[str]):
    """Bring a session into another state; the answer is the code of a prompt, where one is due.

    HUMAN needs a servicer who is receiving. 95016 for a change that may not be, also for one that
    is made already.
    """

    api: ClassVar[str] = f"{_KF}/service_state/trans"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    kf: str
    member: str
    state: int
    servicer: str = ""

    def body(self) -> Mapping[str, Any]:
        need(self.state in range(NEW, ENDED + 1), "会话状态应为 0～4")
        need(self.state != HUMAN or bool(self.servicer), "转人工要说明转给谁")
        return {
            "open_kfid": self.kf,
            "external_userid": self.member,
            "service_state": self.state,
            **known(servicer_userid=self.servicer),
        }

    def read(self, body: Mapping[str, Any]) -> str:
        return text_of(body, "msg_code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """Items as the platform wrote them, where to go on from, and whether there are more now."""

    items: tuple[object, ...] = ()
    reached: str = ""
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PullMessages(Call[Pulled]):
    """What was said and what happened at an account, from a cursor on, within the last 3 days.

    At most 1,000 items a time, and there may be more even after none. Without the callback's
    `token`, which lives 10 minutes (95007), the platform lets us ask only rarely. What we sent
    ourselves is not among the items.
    """

    api: ClassVar[str] = f"{_KF}/sync_msg"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = "wecom/kf.md section 4"
    kf: str
    cursor: str = ""
    token: str = ""
    limit: int = 1000
    voice: int = AMR

    def body(self) -> Mapping[str, Any]:
        return {
            "open_kfid": self.kf,
            "limit": self.limit,
            "voice_format": self.voice,
            **known(cursor=self.cursor, token=self.token),
        }

    def read(self, body: Mapping[str, Any]) -> Pulled:
        reached, listed = text_of(body, "next_cursor"), body.get("msg_list") or ()
        if not isinstance(listed, list | tuple):  # one item: the cursor leads past it for good
            listed = (listed,)
        more = flag(body, "has_more") is True
        # Where the cursor stands still there is nothing behind it, whatever has_more says.
        return Pulled(
            items=tuple(listed),
            reached=reached,
            more=more and reached not in ("", self.cursor),
        )


SESSION_CALLS: tuple[type[Call[Any]], ...] = (ReadSession, MoveSession, PullMessages)
