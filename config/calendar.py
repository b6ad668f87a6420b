"""What the stores' calendar calls a day: a workday or a day off, and which holiday it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

WORKDAY, RESTDAY, HOLIDAY = "workday", "restday", "holiday"
KINDS = ("rest", "work")
_SATURDAY = 6  # by ISO numbers, 1 is Monday


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """A day that is not what its weekday says: a holiday's day off, or a weekend that is worked.

    `names` are the holidays it belongs to, such as 国庆节; `kind` is rest or work.
    """

    names: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The days that are published as holidays, or as worked instead; weekends tell the others."""

    days: Mapping[date, CalendarDay] = field(default_factory=dict)
    years: frozenset[int] = frozenset()  # whose holidays are known

    @property
    def names(self) -> frozenset[str]:
        """Return every word a day may be called by."""
        named = {name for day in self.days.values() for name in day.names}
        return frozenset({WORKDAY, RESTDAY, HOLIDAY, *named})

    def days_of(self, day: date) -> frozenset[str]:
        """Return what a day is called: workday or restday; of a holiday also holiday and its name.

        A year whose holidays are not known has weekends alone (`unknown_years`).

        >>> sorted(Calendar().days_of(date(2026, 10, 3)))
        ['restday']
        """
        listed = self.days.get(day)
        if listed is None:
            return frozenset({RESTDAY if day.isoweekday() >= _SATURDAY else WORKDAY})
        if listed.kind == "work":  # it makes up for the holiday, and is none
            return frozenset({WORKDAY})
        return frozenset({RESTDAY, HOLIDAY, *listed.names})

    def unknown_years(self, today: date, ahead: timedelta = timedelta(days=30)) -> tuple[int, ...]:
        """Return which years from today until `ahead` of it have no holidays here."""
        near = {today.year, (today + ahead).year}
        return tuple(sorted(near - self.years))


NO_HOLIDAYS = Calendar()
