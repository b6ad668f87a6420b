"""Holidays: what is published, what a home writes over it, what is wrong with its sheet."""

from datetime import date
from pathlib import Path

import pytest

from commands.report.holidays import unknown_holidays
from config.calendar import Calendar
from config.holidays import SHEET, holidays, published
from keyword_rules.rule import Where
from tests.rule_makers import rule

NATIONAL = date(2026, 10, 1)


def written(home: Path, text: str) -> tuple[Calendar, list[str]]:
    """What comes of a home's sheet."""
    (home / SHEET).write_text(text, encoding="utf-8")
    calendar, problems = holidays(home)
    return calendar, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("day", "called"),
    [
        (NATIONAL, {"restday", "holiday", "国庆节"}),
        (date(2025, 10, 6), {"restday", "holiday", "国庆节", "中秋节"}),
        (date(2026, 10, 10), {"workday"}),  # a Saturday that is worked
        (date(2026, 10, 17), {"restday"}),
        (date(2026, 10, 19), {"workday"}),
        (date(2026, 2, 23), {"restday", "holiday", "春节"}),
    ],
)
def test_a_day_is_called_as_the_state_council_published_it(day: date, called: set[str]) -> None:
    assert published().days_of(day) == called


def test_the_published_weeks_are_as_long_as_they_were_announced() -> None:
    counted = {
        (name, year): sum(
            name in day.names and day.kind == "rest" and at.year == year
            for at, day in published().days.items()
        )
        for year in (2025, 2026)
        for name in ("元旦", "春节", "清明节", "劳动节", "端午节", "国庆节", "中秋节")
    }
    assert [*counted.values()] == [1, 8, 3, 5, 3, 8, 1, 3, 9, 3, 5, 3, 7, 3]
    worked = [at for at, day in published().days.items() if day.kind == "work"]
    assert all(at.isoweekday() >= 6 for at in worked)
    assert len(worked) == 5 + 6


def test_a_home_overrides_day_by_day_and_adds_years(tmp_path: Path) -> None:
    calendar, problems = written(
        tmp_path,
        '# 店庆 "全天\n日期,名称,类型\n2026-10-01,国庆节,班\n2027/1/1,元旦,休\n'
        "2027-06-18,店庆,rest\n",
    )
    assert problems == []
    assert calendar.days_of(NATIONAL) == {"workday"}
    assert calendar.days_of(date(2026, 10, 2)) == {"restday", "holiday", "国庆节"}
    assert calendar.days_of(date(2027, 1, 1)) == {"restday", "holiday", "元旦"}
    assert "店庆" in calendar.names
    assert calendar.years == {2025, 2026, 2027}


def test_every_wrong_line_is_told_and_left_out(tmp_path: Path) -> None:
    calendar, problems = written(
        tmp_path,
        "date,name,kind\n2027-02-30,除夕,rest\n2027-01-01,元旦,off\n2027-01-02,元旦,rest\n"
        "2027-01-02,元旦,work\n",
    )
    assert [problem.split(": ")[0] for problem in problems] == [
        "holidays.csv:2:date", "holidays.csv:3:kind", "holidays.csv:5:date",
    ]  # fmt: skip
    assert "2027-02-30" in problems[0]
    assert "第 4 行已有" in problems[2]
    assert "holiday" in calendar.days_of(date(2027, 1, 2))


def test_a_sheet_without_a_heading_is_refused_and_the_published_days_stay(tmp_path: Path) -> None:
    calendar, problems = written(tmp_path, "2027-01-01,元旦,rest\n")
    assert "date,name,kind" in problems[0]
    assert calendar.days == published().days


def test_a_year_without_holidays_is_doubted_only_where_rules_go_by_days() -> None:
    by_days = rule("closed", where=Where(days=("holiday",)))
    plain = rule("hours")
    near = date(2026, 12, 5)
    (doubt,) = unknown_holidays([plain, by_days], published(), near)
    assert (doubt.file, doubt.level) == (SHEET, "warning")
    assert "2027 年" in doubt.message
    assert "closed" in doubt.message
    assert [*unknown_holidays([plain], published(), near)] == []
    assert [*unknown_holidays([by_days], published(), date(2026, 11, 1))] == []
