"""Whether the holidays that rules go by are known for the days to come."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from commands.doctor.finding import Finding, Status
from commands.report.holidays import unknown_holidays
from config.holidays import SHEET, holidays
from keyword_rules.load import RuleBook


def of_holidays(home: Path, today: date, book: RuleBook) -> Iterator[Finding]:
    """Yield a warning when rules use days of a year without holidays."""
    calendar, _ = holidays(home)
    for doubt in unknown_holidays(book.current.rules, calendar, today):
        yield Finding(
            account="", check="holidays", status=Status.WARN, found=doubt.message,
            next=f"把公布的放假和调休写进 {SHEET}，再运行 python run.py check",
        )  # fmt: skip
