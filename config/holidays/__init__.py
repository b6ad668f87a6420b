"""Reads which days are holidays: what comes with the program, and the home's own sheet over it."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

from config.calendar import KINDS, Calendar, CalendarDay
from config.files import MAX_SHEET_BYTES, read_text
from config.problems import Place, Problem, nearest
from config.sheets import ENCODINGS

SHEET = "holidays.csv"
_BUNDLED = Path(__file__).parent
_COUNTRY = "cn.csv"
_COLUMNS = {"date": "date", "name": "name", "kind": "kind"} | {
    "日期": "date",
    "名称": "name",
    "类型": "kind",
}
_KINDS = {kind: kind for kind in KINDS} | {"休": "rest", "班": "work"}
_COMMENT = "#"
Cells = list[str]


def holidays(home: Path) -> tuple[Calendar, tuple[Problem, ...]]:
    """Return the calendar of a home, and what is wrong with its `holidays.csv`.

    A day that stands there is what it says there; all others are as published. A wrong line is
    left out.
    """
    if not (home / SHEET).exists():
        return published(), ()
    text, found = read_text(home, SHEET, limit_bytes=MAX_SHEET_BYTES, encodings=ENCODINGS)
    sheet = _Sheet(SHEET)
    own = sheet.days(text or "")
    return _calendar({**published().days, **own}), (*found, *sheet.problems)


@cache
def published() -> Calendar:
    """Return the holidays that come with the program. Raises ValueError when they are damaged."""
    text, problems = read_text(_BUNDLED, _COUNTRY, limit_bytes=MAX_SHEET_BYTES)
    sheet = _Sheet(_COUNTRY)
    days = sheet.days(text or "")
    if problems or sheet.problems:
        raise ValueError("\n".join(map(str, (*problems, *sheet.problems))))
    return _calendar(days)


def _calendar(days: dict[date, CalendarDay]) -> Calendar:
    return Calendar(days=days, years=frozenset(day.year for day in days))


class _Sheet:
    """Reads `date,name,kind`; lines that begin with # are the author's notes."""

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._first: dict[date, int] = {}

    def days(self, text: str) -> dict[date, CalendarDay]:
        found: dict[date, CalendarDay] = {}
        columns: list[str] | None = None
        for line, cells in self._lines(text):
            if columns is None:
                columns = [_COLUMNS.get(cell.lower(), "") for cell in cells]
                if not {"date", "kind"} <= set(columns):
                    self._add(line, "", "第一行（表头）应为：date,name,kind（日期,名称,类型）")
                    return {}
            elif any(cells):
                self._day(line, dict(zip(columns, cells, strict=False)), found)
        return found

    def _lines(self, text: str) -> Iterator[tuple[int, Cells]]:
        # Notes go before the reader sees them: a quotation mark in one would open a cell.
        lines = ["" if line.startswith(_COMMENT) else line for line in text.splitlines()]
        reader = csv.reader(io.StringIO("\n".join(lines), newline=""), strict=True)
        try:
            for cells in reader:
                if cells:
                    yield reader.line_num, [cell.strip() for cell in cells]
        except csv.Error as error:
            self._add(reader.line_num, "", f"不是合法的 CSV（引号没有闭合？）：{error}")

    def _day(self, line: int, row: dict[str, str], found: dict[date, CalendarDay]) -> None:
        day, kind = self._date(line, row.get("date", "")), row.get("kind", "")
        if kind not in _KINDS:
            hint = nearest(kind, _KINDS)
            self._add(line, "kind", f"类型应为 rest（休）或 work（班），现为“{kind}”", hint)
        elif day and day in self._first:
            first = self._first[day]
            self._add(line, "date", f"{day} 重复，第 {first} 行已有")
        elif day:
            self._first[day] = line
            named = (name.strip() for name in row.get("name", "").split("、"))
            found[day] = CalendarDay(names=tuple(filter(None, named)), kind=_KINDS[kind])

    def _date(self, line: int, written: str) -> date | None:
        try:
            parts = [int(part) for part in written.replace("/", "-").split("-")]
            return date(*parts)
        except (TypeError, ValueError):
            self._add(line, "date", f"应为日期，如 2027-01-01，现为“{written}”")
            return None

    def _add(self, line: int, column: str, message: str, hint: str = "") -> None:
        self.problems.append(Place(self._file, line, column).problem(message, hint=hint))
