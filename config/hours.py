"""Spans of a week by the stores' wall clock: when people serve, when it should be quiet."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

_DAYS = "一二三四五六日"
_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
_ONE_DAY = re.compile(r"周([一二三四五六日天])")
_RANGE = re.compile(r"周([一二三四五六日天])[-至到]周([一二三四五六日天])")
_GAPS = re.compile(r"[\s,，、;；]+")
_MIDNIGHT = 24 * 60
_WEEK_MINUTES = 7 * _MIDNIGHT


class BadHours(ValueError):
    """A text that names no hours; its message says which part and how to write it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One span on some days: 1 is Monday, minutes after midnight, end excluded.

    An end before the start lies on the next day.
    """

    days: frozenset[int]
    start: int
    end: int

    def minutes(self) -> Iterator[tuple[int, int]]:
        """Yield each day's span in minutes after Monday's midnight; it may run past the week."""
        length = (self.end - self.start) % _MIDNIGHT or _MIDNIGHT
        for day in sorted(self.days):
            start = (day - 1) * _MIDNIGHT + self.start
            yield start, start + length


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Spans of a week and the text they were written as. Without spans there are no hours."""

    text: str = ""
    spans: tuple[Span, ...] = ()

    def until(self, local: datetime) -> datetime | None:
        """Return when the span that holds at a wall time ends; None when none holds.

        Spans that meet or overlap are one; hours without a gap in the week end a week later.
        """
        end = None
        reached = _minute_of_week(local)
        limit = reached + _WEEK_MINUTES
        while reached < limit and (later := self._end_at(reached)) is not None:
            end = reached = min(later, limit)
        if end is None:
            return None
        ahead = timedelta(minutes=end - _minute_of_week(local))
        return local.replace(second=0, microsecond=0) + ahead

    def hold(self, local: datetime) -> bool:
        """Tell whether a wall time lies inside one of the spans."""
        return self._end_at(_minute_of_week(local)) is not None

    def _end_at(self, minute: int) -> int | None:
        ends = []
        for start, end in (pair for span in self.spans for pair in span.minutes()):
            passed = (minute - start) % _WEEK_MINUTES
            if passed < end - start:
                ends.append(minute + end - start - passed)
        return max(ends, default=None)


NEVER = Hours()


def hours_of(text: str) -> Hours:
    """Read hours such as `08:00-22:00`, or `周一至周五 08:00-12:00 14:00-22:00，周六 09:00-18:00`.

    Days hold for the spans after them; without days a span is every day's. "" gives no hours.
    Raises BadHours.

    >>> len(hours_of("周六 周日 09:00-12:00 13:00-18:00").spans)
    2
    """
    spans: list[Span] = []
    days: set[int] = set()
    after_span = False
    for part in filter(None, _GAPS.split(text)):
        if span := _SPAN.fullmatch(part):
            spans.append(_span(span, days, part))
            after_span = True
            continue
        if after_span:
            days, after_span = set(), False
        days |= _days(part)
    if text and (not spans or not after_span):
        raise BadHours(f"“{text}” 没有写完，应为起止时间，如 08:00-22:00")
    return Hours(text=text, spans=tuple(spans))


def _span(found: re.Match[str], days: set[int], part: str) -> Span:
    start, end = (int(found[at]) * 60 + int(found[at + 1]) for at in (1, 3))
    if start == end or end > _MIDNIGHT:
        raise BadHours(f"“{part}” 不是一段时间，如 08:00-22:00")
    return Span(days=frozenset(days or range(1, 8)), start=start, end=end)


def _days(part: str) -> set[int]:
    if one := _ONE_DAY.fullmatch(part):
        return {_day(one[1])}
    if several := _RANGE.fullmatch(part):
        first, last = _day(several[1]), _day(several[2])
        return {(first - 1 + ahead) % 7 + 1 for ahead in range((last - first) % 7 + 1)}
    raise BadHours(f"“{part}” 看不懂：时间应写作 08:00-22:00，日子写作 周一 或 周一至周五")


def _day(character: str) -> int:
    return _DAYS.index(character.replace("天", "日")) + 1


def _minute_of_week(local: datetime) -> int:
    return local.weekday() * _MIDNIGHT + local.hour * 60 + local.minute
