"""The decision an effect belongs to, as every settler needs it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.db.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The decision an effect belongs to.

    `inside`: the answer travels in the open response; otherwise it waits until `answer_by_us` for
    the platform to ask again, and follows as a message.
    """

    inbox: int
    event_id: str
    account: str
    channel: str
    person: str | None
    now_us: int
    event_us: int
    answer_by_us: int
    ruleset: str
    instance_key: bytes
    inside: bool

    @property
    def member(self) -> str:
        """Return whom the event is about. Raises RuntimeError when it names nobody."""
        if self.person is None:
            raise RuntimeError(f"the effect needs a member and event {self.event_id} names none")
        return self.person


# One kind's way into the tables. Raises Contended when the world changed since the facts.
Settler = Callable[[Tx, Any, Decision], Awaitable[None]]
