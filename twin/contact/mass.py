"""Mass-send tasks (customer-contact.md 5.4): made by API, sent only by a tap in the client."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum

from twin.mint import mint
from twin.settings import Settings
from twin.shape import Json
from twin.tokens import DAY_S

SINGLE, GROUP = "single", "group"
REMINDERS = 3
_CHINA = timezone(timedelta(hours=8))
_WEEK_MOST, _DAY_MOST = 7, 1


class Fate(IntEnum):
    """What became of one receiver, as `get_groupmsg_send_result` numbers it."""

    UNSENT = 0
    SENT = 1
    NOT_FRIEND = 2
    CAPPED = 3


class Progress(IntEnum):
    """How far a member is with a task, as `get_groupmsg_task` numbers it."""

    WAITING = 0
    SENT = 2


@dataclass(slots=True, kw_only=True)
class Receiver:
    """A customer (external_userid) or a group (chat_id) that a member is to send to."""

    id: str
    fate: Fate = Fate.UNSENT
    sent: float | None = None


@dataclass(slots=True, kw_only=True)
class Task:
    """One member's part of a mass message; it waits for their tap."""

    userid: str
    receivers: list[Receiver]
    sent: float | None = None

    def progress(self) -> Progress:
        """Tell whether the member has tapped."""
        return Progress.WAITING if self.sent is None else Progress.SENT


@dataclass(slots=True, kw_only=True)
class Mass:
    """A mass message and the members it waits for. `attachments` are what is listed."""

    msgid: str
    chat_type: str
    creator: str
    made: float
    text: str
    attachments: tuple[Json, ...]
    shown: tuple[Json, ...]  # the attachments as a phone shows them
    selectable: bool
    tasks: dict[str, Task]
    reminded: list[float] = field(default_factory=list)
    cancelled: bool = False

    def waiting(self) -> list[Task]:
        """Return the tasks nobody has tapped yet."""
        return [one for one in self.tasks.values() if one.sent is None]

    def may_remind(self, now: float) -> bool:
        """Tell whether fewer than three reminders went out within 24 h."""
        return sum(now - at < DAY_S for at in self.reminded) < REMINDERS


class Masses:
    """Every mass message of the corp, and what each customer and group got by them."""

    def __init__(self, world: str) -> None:
        self._world = world
        self._received: dict[str, list[float]] = {}
        self.by_id: dict[str, Mass] = {}

    def next_id(self) -> str:
        """Return the msgid of the next mass message."""
        return mint("msg", 32, self._world, "mass", str(len(self.by_id)))

    def newest(self, userid: str) -> Mass | None:
        """Return the newest mass message that waits for this member."""
        waiting = (one for one in reversed(self.by_id.values()) if _waits_for(one, userid))
        return next(waiting, None)

    def made_between(self, begin: float, end: float, chat_type: str) -> Iterator[Mass]:
        """Yield the mass messages of a kind made in a time, newest first."""
        for one in reversed(self.by_id.values()):
            if begin <= one.made <= end and one.chat_type == chat_type:
                yield one

    def capped(self, receiver: str, now: float, settings: Settings) -> bool:
        """Tell whether a customer or group has had all that the corp's rule lets it have now."""
        since, most = _rule(now, settings)
        had: Sequence[float] = self._received.get(receiver, ())
        return sum(at >= since for at in had) >= most

    def received(self, receiver: str, now: float) -> None:
        """Count a message that a customer or group got."""
        self._received.setdefault(receiver, []).append(now)


def _waits_for(mass: Mass, userid: str) -> bool:
    task = mass.tasks.get(userid)
    return task is not None and task.sent is None and not mass.cancelled


def _rule(now: float, settings: Settings) -> tuple[float, int]:
    """Return since when messages count, in days of China, and how many may be had since then."""
    today = datetime.fromtimestamp(now, UTC).astimezone(_CHINA)
    midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
    if settings.mass_cap == "day":
        since, most = midnight, _DAY_MOST
    elif settings.mass_cap == "week":
        since, most = midnight - timedelta(days=midnight.weekday()), _WEEK_MOST
    else:
        since = midnight.replace(day=1)
        next_month = (since + timedelta(days=31)).replace(day=1)
        most = (next_month - since).days
    return since.timestamp(), settings.mass_most or most
