"""Spans of a week, as operators write them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.hours import NEVER, BadHours, hours_of

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, tzinfo=ZONE)


def at(days: int, hour: int, minute: int = 0) -> datetime:
    return MONDAY + timedelta(days=days, hours=hour, minutes=minute)


def test_a_span_holds_from_its_start_to_just_before_its_end() -> None:
    hours = hours_of("08:00-22:00")
    held = [hours.hold(at(0, *time)) for time in ((7, 59), (8, 0), (21, 59), (22, 0))]
    assert held == [False, True, True, False]


def test_a_night_belongs_to_the_day_it_began_on() -> None:
    hours = hours_of("周五 22:00-02:00")
    assert hours.hold(at(4, 23))
    assert hours.hold(at(5, 1, 59))
    assert not hours.hold(at(4, 1))
    assert hours.until(at(5, 1)) == at(5, 2)


def test_a_sunday_night_runs_into_monday() -> None:
    hours = hours_of("周日 22:00-02:00")
    assert hours.until(at(6, 23)) == at(7, 2)
    assert hours.hold(at(0, 1))


def test_several_spans_and_days_hold_each_on_its_own() -> None:
    hours = hours_of("周一至周五 08:00-12:00 14:00-22:00，周六、周天 09:00-18:00")
    assert [hours.hold(at(*when)) for when in ((0, 13), (0, 14), (5, 8), (6, 17))] == [
        False, True, False, True,
    ]  # fmt: skip


def test_spans_that_meet_end_together() -> None:
    assert hours_of("08:00-12:00 12:00-18:00").until(at(0, 9)) == at(0, 18)


def test_hours_without_a_gap_end_a_week_later() -> None:
    assert hours_of("00:00-24:00").until(at(2, 9)) == at(9, 9)


def test_nothing_written_never_holds() -> None:
    assert hours_of("") == NEVER
    assert not NEVER.hold(MONDAY)
    assert NEVER.until(MONDAY) is None


@pytest.mark.parametrize(
    "text", ["25:00-26:00", "08:00", "8-22", "周八 08:00-09:00", "周一", "08:00-08:00",
             "08:00-24:30", "周一 08:00-09:00 周二", "全天"]
)  # fmt: skip
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(BadHours):
        hours_of(text)


@given(start=st.integers(0, 1439), length=st.integers(1, 1439), now=st.integers(0, 10_079))
def test_until_is_there_exactly_while_it_holds_and_does_not_hold_itself(
    start: int, length: int, now: int
) -> None:
    end = (start + length) % 1440
    hours = hours_of(f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}")
    local = MONDAY + timedelta(minutes=now)
    ends = hours.until(local)
    assert (ends is not None) is hours.hold(local)
    if ends is not None:
        assert local < ends <= local + timedelta(days=1)
        assert not hours.hold(ends)
