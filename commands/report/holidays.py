"""Whether the holidays that rules go by are known for the days to come."""

from collections.abc import Iterable, Iterator
from datetime import date

from config.calendar import Calendar
from config.holidays import SHEET
from config.problems import Place, Problem
from keyword_rules.rule import Rule


def unknown_holidays(rules: Iterable[Rule], calendar: Calendar, today: date) -> Iterator[Problem]:
    """Yield one doubt when rules use `days` and a year within 30 days of today has no holidays.

    Such a year has weekends alone, so those rules take a holiday for a workday.
    """
    years = calendar.unknown_years(today)
    by_days = [rule.id for rule in rules if rule.where.days] if years else []
    if not by_days:
        return
    named = "、".join(f"{year} 年" for year in years)
    more = f" 等 {len(by_days)} 条规则" if len(by_days) > 1 else ""
    yield Place(SHEET).problem(
        f"{named}的节假日还没有，规则 {by_days[0]}{more}按周末算工作日："
        f"把公布的放假和调休写进家目录的 {SHEET}（date,name,kind）",
        level="warning",
    )
