"""The conditions of a rule on the store's clock and calendar: `hours`, `weekdays`, `dates`."""

import re
from datetime import date

from keyword_rules.fields import kind, texts
from keyword_rules.problem import Report, nearest
from keyword_rules.rule import Dates, Hours
from keyword_rules.where import MINUTES_A_DAY, WEEKDAYS
from keyword_rules.yaml_source import Leaf, Listing, Node

EARLIEST_YEAR, LATEST_YEAR = 2000, 2100

_HOURS = re.compile(r"([0-9]{1,2}):([0-5][0-9])\s*-\s*([0-9]{1,2}):([0-5][0-9])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ALMOST_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_FORM = "2026-11-01..2026-11-30"


def read_hours(node: Node, report: Report) -> tuple[Hours, ...]:
    """Read one time of day or a list of them."""
    read = [_range(item, report) for item in _listed(node)]
    return tuple(hours for hours in read if hours)


def read_weekdays(node: Node, what: str, report: Report) -> tuple[int, ...]:
    """Read one weekday or a list of them; 1 is Monday."""
    days = []
    for leaf in texts(node, what, report):
        if leaf.value in WEEKDAYS:
            days.append(WEEKDAYS.index(leaf.value) + 1)
        else:
            report.add(leaf, f"没有这个星期 {leaf.value}", nearest(leaf.value, WEEKDAYS))
    return tuple(days)


def read_dates(node: Node, report: Report) -> tuple[Dates, ...]:
    """Read one day, one window of days, or a list of them; quotes are not needed."""
    read = [_window(item, report) for item in _listed(node)]
    return tuple(dates for dates in read if dates)


def _listed(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Listing) else (node,)


def _range(node: Node, report: Report) -> Hours | None:
    written = node.value if isinstance(node, Leaf) else kind(node)
    found = _HOURS.fullmatch(written)
    if not found:
        report.add(node, f"hours 应写成 08:00-22:00，这里是 {written}")
        return None
    from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
    start, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if start >= MINUTES_A_DAY or end > MINUTES_A_DAY:
        report.add(node, f"hours 里没有这个时刻：{written}")
        return None
    if start == end:
        report.add(node, f"hours 的开始和结束相同：{written}", "全天请不写 hours")
        return None
    return Hours(start=start, end=end)


def _window(node: Node, report: Report) -> Dates | None:
    written = node.value.strip() if isinstance(node, Leaf) else ""
    first, between, last = (part.strip() for part in written.partition(".."))
    if not first and not last:
        said = f" {written}" if isinstance(node, Leaf) else kind(node)
        report.add(node, f"dates 应写成 {_FORM} 或一天 2026-11-01，这里是{said}")
        return None
    ends = [_day(part, node, report) if part else None for part in (first, last)]
    if any(part and not day for part, day in zip((first, last), ends, strict=True)):
        return None
    start, end = ends if between else (ends[0], ends[0])
    if start and end and start > end:
        report.add(
            node, f"dates 的开始 {start} 晚于结束 {end}，没有一天成立", f"是不是 {end}..{start}？"
        )
        return None
    return Dates(first=start, last=end)


def _day(written: str, node: Node, report: Report) -> date | None:
    if _DAY.fullmatch(written):
        return _known(written, node, report)
    almost = _ALMOST_DAY.fullmatch(written)
    hint = "是不是 {}-{:0>2}-{:0>2}？".format(*almost.groups()) if almost else "时刻写在 hours 里"
    report.add(node, f"dates 的一天应写成 2026-11-01，这里是 {written}", hint)
    return None


def _known(written: str, node: Node, report: Report) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        report.add(node, f"dates 里没有这一天：{written}")
        return None
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        report.add(node, f"dates 的年份在 {EARLIEST_YEAR} 到 {LATEST_YEAR} 之间，这里是 {written}")
        return None
    return day
