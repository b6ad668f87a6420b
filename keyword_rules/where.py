"""What a rule asks for besides words: place, person, time, and how often."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60
WHOLE = 10_000  # hundredths of a percent that a split divides
MEMBER = "member"  # whom a limit counts unless it says otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """A time of day in minutes after midnight, end excluded. It crosses midnight if end < start."""

    start: int
    end: int

    def hold(self, minute: int) -> bool:
        """Whether a minute of the day lies inside."""
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end

    def __str__(self) -> str:
        return "-".join(f"{at // 60:02}:{at % 60:02}" for at in (self.start, self.end))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """Days by the store's calendar, both ends included; an open end is None."""

    first: date | None = None
    last: date | None = None

    def hold(self, day: date) -> bool:
        """Whether a day lies inside."""
        return (self.first or day) <= day <= (self.last or day)

    def __str__(self) -> str:
        if self.first and self.first == self.last:
            return self.first.isoformat()
        return "..".join(day.isoformat() if day else "" for day in (self.first, self.last))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `times` hits in the last 60 minutes, this day, this week, or `ever`.

    Counted for one member, or for everybody of one `group` or one `store`. A day begins at
    midnight where the store is, a week on Monday: who says once a day means the calendar.
    """

    times: int
    per: str
    of: str = MEMBER

    def __str__(self) -> str:
        whose = "" if self.of == MEMBER else f"/{self.of}"
        return f"{self.times}/{self.per}{whose}"

    def since(self, local: datetime) -> datetime | None:
        """Since when hits count at a moment where the store is; None = ever."""
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        match self.per:
            case "hour":  # of time that passed, also when clocks are put forward or back
                return local.astimezone(UTC) - timedelta(hours=1)
            case "day":
                return midnight
            case "week":
                return midnight - timedelta(days=local.weekday())
            case _:
                return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nth:
    """Which of a member's meetings with the rule, from 1: from `first` to `last`, None = on."""

    first: int
    last: int | None = None

    def hold(self, number: int) -> bool:
        """Whether a meeting lies inside."""
        return self.first <= number <= (self.last or number)

    def __str__(self) -> str:
        if self.last == self.first:
            return str(self.first)
        return f"{self.first}-{self.last or ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A stable part of all members: hundredths of a percent from `start` up to `end`, excluded.

    Rules that name the same `split` divide the members among them.
    """

    split: str
    start: int
    end: int

    def place(self, person: str) -> int:
        """Where a member stands in this split, in hundredths of a percent; always the same."""
        digest = hashlib.sha256(f"{self.split}\0{person}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % WHOLE

    def hold(self, person: str) -> bool:
        """Whether a member lies inside."""
        return self.start <= self.place(person) < self.end

    def __str__(self) -> str:
        return f"{percent(self.start)}-{percent(self.end)}%"


def percent(hundredths: int) -> str:
    """Hundredths of a percent as a percentage, without needless zeros.

    >>> percent(3000), percent(1250), percent(5)
    ('30', '12.5', '0.05')
    """
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Conditions besides the words; an empty one always holds.

    One of `channel`, `store`, `group` and `stage`; every tag of `tagged` and none of
    `not_tagged`; inside one of `hours`, on one of `weekdays` (1 is Monday), inside one of `dates`
    and on one of `days` (workday, restday, holiday, or a holiday's name), all by the store's wall
    clock; a member of the `share`; within every limit; and one of the meetings of `nth`.
    """

    channel: tuple[str, ...] = ()
    store: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    tagged: tuple[str, ...] = ()
    not_tagged: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    hours: tuple[Hours, ...] = ()
    weekdays: tuple[int, ...] = ()
    dates: tuple[Dates, ...] = ()
    days: tuple[str, ...] = ()
    share: Share | None = None
    limits: tuple[Limit, ...] = ()
    nth: Nth | None = None


ANYWHERE = Where()
