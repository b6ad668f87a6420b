"""What planners may know of mass messages: who fits, what each had, how much each may get."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

LATELY = timedelta(hours=24)  # within which reminders and refusals count
TASK_LIVES = timedelta(days=30)  # for which an unconfirmed task is asked about, and counted
CHINA = timezone(timedelta(hours=8))  # whose calendar the platform counts by


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """How many mass messages a receiver may get from `since` on, until the span begins anew."""

    most: int
    since: datetime


def cap_of(rule: str, now: datetime) -> Cap:
    """Return the receiving cap at a moment: month_days, week7, day1, or a number a month.

    Months, weeks from Monday and days are China's. month_days is as many as the month has days.
    Raises ValueError for another rule.

    >>> cap_of("month_days", datetime(2026, 2, 28, 15, 59, tzinfo=UTC)).most
    28
    >>> cap_of("month_days", datetime(2026, 2, 28, 16, 0, tzinfo=UTC))
    Cap(most=31, since=datetime.datetime(2026, 2, 28, 16, 0, tzinfo=datetime.timezone.utc))
    """
    today = now.astimezone(CHINA).date()
    if rule == "day1":
        return Cap(most=1, since=_midnight(today))
    if rule == "week7":
        return Cap(most=7, since=_midnight(today - timedelta(days=today.weekday())))
    days = monthrange(today.year, today.month)[1]
    most = days if rule == "month_days" else int(rule)
    return Cap(most=most, since=_midnight(today.replace(day=1)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, CHINA).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A customer, or a group, that a selection fits, and by which employee it can be reached.

    `wishes` are the tags in which the customer said how often to be written to. `had` counts the
    mass messages within the cap's span: sent, or promised and not confirmed yet.
    """

    receiver: str
    staff: str
    wishes: frozenset[str] = frozenset()
    had: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MassPart:
    """One employee's part of a mass message. `state`: owed, made, failed, done or stopped.

    `made` is when the platform had its task, `tapped` whether the employee confirmed it.
    `reminders` counts those of the last 24 hours, `reminded` tells of any at all. `being_read`:
    the platform is being asked already; `unreadable`: within a day it refused to tell.
    """

    mass: str
    part: str
    staff: str
    state: str
    msgid: str = ""
    made: datetime | None = None
    tapped: bool = False
    reminders: int = 0
    reminded: bool = False
    being_read: bool = False
    unreadable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MassFacts:
    """What of mass messages concerns this event.

    `known`: there is one of that name; `taken`: it says something else, or to others. `stopped`: it
    was taken back. `unreached` counts members whom a selection fits and no employee has as contact.
    `parts` are those the event is about.
    """

    known: bool = False
    taken: bool = False
    stopped: bool = False
    cap: Cap | None = None
    candidates: tuple[Candidate, ...] = ()
    unreached: int = 0
    parts: tuple[MassPart, ...] = ()
    remind_after: timedelta | None = None  # None = nobody is reminded by itself
