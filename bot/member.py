"""A member as planners see them: who they are, how they can be reached, what they talk about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.events import Alias

_SESSION = timedelta(hours=48)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """One way to reach the member: follower of an account, or contact of one member of staff.

    `sent` counts our messages to a follower since their own last one, answers inside a response
    left out.
    """

    account: str
    channel: str
    address: str
    staff: str = ""
    on: bool = True
    spoke: datetime | None = None
    sent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many messages a follower may get after one of their own, and after a tap, in all.

    A tap is a follow, a scan or a menu entry. Answers inside a response do not count (oa/api.md 2).
    """

    after_message: int = 5
    after_tap: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A conversation in customer service.

    `state` is "" before anybody took it, bot, pool, human or ended; `sent` counts our messages
    since the customer's last words (5 within 48 h: wecom/kf.md section 5). `chat` is the group by
    whose link the customer came, "" for any other door.
    """

    account: str
    kf: str
    member: str
    chat: str = ""
    state: str = ""
    spoke: datetime | None = None
    staff_spoke: datetime | None = None
    sent: int = 0

    def held(self, now: datetime) -> bool:
        """Tell whether a person holds the conversation; 48 h without a word end it (kf.md 3)."""
        words = [at for at in (self.spoke, self.staff_spoke) if at]
        alive = not words or now - max(words) < _SESSION
        return alive and self.state in ("pool", "human")

    def free(self, now: datetime) -> bool:
        """Tell whether nobody holds the conversation, so that the bot must take it first."""
        return self.state != "bot" and not self.held(now)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentNotice:
    """A service notice that a platform reports on: the effect that sent it, and how that stands."""

    effect: int
    notice: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person, by whatever doors they came."""

    id: str
    aliases: frozenset[Alias] = frozenset()
    tags: Mapping[str, str] = field(default_factory=dict)
    stage: str = "visitor"
    store: str = ""
    reaches: tuple[Reach, ...] = ()
    talks: tuple[Talk, ...] = ()
    misses: int = 0  # messages in a row that no rule knew
    told_auto: datetime | None = None  # when they were last shown that answers come by themselves
    new: bool = False
