"""The exchanges of employees with aibots: what was asked where, and how far the answer is."""

import secrets
from dataclasses import dataclass, field

from twin.shape import Json
from twin.world import AibotAccount

STREAM_S = 360.0  # after the question a stream is over, finished or not
RESPONSE_S = 3600.0  # how long a response_url can be used
AT_ONCE = 3  # exchanges of one employee with one aibot


@dataclass(slots=True, kw_only=True)
class Talk:
    """One question or event and its answer. `chat_id` is empty in a chat of two."""

    bot: AibotAccount
    userid: str
    chat_id: str
    began: float
    kind: str  # text, or the eventtype
    code: str  # of its response_url; "" when it has none
    replied: bool = False
    stream_id: str = ""
    steps: int = 0
    words: str = ""
    attachments: tuple[Json, ...] = field(default=())
    open: bool = True  # no final answer yet
    code_used: bool = False

    def streaming(self) -> bool:
        """Tell whether the platform goes on asking for the stream."""
        return self.open and bool(self.stream_id)


class TalkRoom:
    """Every exchange so far."""

    def __init__(self) -> None:
        self._by_happening: dict[str, Talk] = {}
        self._by_code: dict[str, Talk] = {}

    def open(self, happening: str, talk: Talk) -> None:
        """Remember the exchange that a happening begins."""
        self._by_happening[happening] = talk
        if talk.code:
            self._by_code[talk.code] = talk

    def of(self, happening: str) -> Talk | None:
        """Return the exchange this happening began."""
        return self._by_happening.get(happening)

    def by_code(self, code: str) -> Talk | None:
        """Return the exchange whose response_url has this code."""
        return self._by_code.get(code)

    def busy(self, bot: AibotAccount, userid: str, now: float) -> bool:
        """Tell whether the employee has as many open exchanges with the aibot as may be."""
        mine = [
            one
            for one in self._by_happening.values()
            if one.open
            and now - one.began < STREAM_S
            and (one.bot.id, one.userid) == (bot.id, userid)
        ]
        return len(mine) >= AT_ONCE

    def entered_today(self, bot: AibotAccount, userid: str, now: float) -> bool:
        """Tell whether the employee has already entered the chat with the aibot on this day."""
        return any(
            one.kind == "enter_chat"
            and (one.bot.id, one.userid) == (bot.id, userid)
            and _day(one.began) == _day(now)
            for one in self._by_happening.values()
        )


def response_code() -> str:
    """Return a code for a response_url, never used before."""
    return secrets.token_urlsafe(24)


def _day(at: float) -> int:
    """The platform counts days in China's time."""
    return int(at + 8 * 3600) // 86_400
