"""The `where` of a rule: conditions besides the words."""

import re
from collections.abc import Mapping

from keyword_rules.fields import integer, kind, known_name, table, text, texts
from keyword_rules.problem import Report, nearest
from keyword_rules.rule import Hours, Limit, Where
from keyword_rules.vocabulary import Vocabulary
from keyword_rules.yaml_source import Leaf, Listing, Node

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PERIODS = ("hour", "day", "week", "ever")
CONDITIONS = (
    "channel",
    "store",
    "group",
    "tagged",
    "not_tagged",
    "stage",
    "hours",
    "weekdays",
    "limit",
)

_NAMED = {"channel": "渠道", "store": "门店", "group": "群", "stage": "阶段"}
_HOURS = re.compile(r"([0-9]{1,2}):([0-5][0-9])\s*-\s*([0-9]{1,2}):([0-5][0-9])")
_DAY = 24 * 60


def read_where(node: Node, vocabulary: Vocabulary, report: Report) -> Where:
    """Read `where`; a condition may be one value or a list of them."""
    rows = table(node, CONDITIONS, "where ", report) or {}
    named = {
        name: tuple(
            known_name(leaf, vocabulary.names.get(name), what, report)
            for leaf in _listed(rows, name, report)
        )
        for name, what in _NAMED.items()
    }
    tagged, not_tagged = (
        tuple(leaf.value for leaf in _listed(rows, name, report))
        for name in ("tagged", "not_tagged")
    )
    if both := sorted(set(tagged) & set(not_tagged)):
        report.add(rows["not_tagged"], f"标签 {'、'.join(both)} 既要有又要没有，永远不会命中")
    return Where(
        channel=named["channel"],
        store=named["store"],
        group=named["group"],
        stage=named["stage"],
        tagged=tagged,
        not_tagged=not_tagged,
        hours=_hours(rows.get("hours"), report),
        weekdays=_weekdays(rows, report),
        limit=_limit(rows["limit"], report) if "limit" in rows else None,
    )


def _listed(rows: Mapping[str, Node], name: str, report: Report) -> tuple[Leaf, ...]:
    return texts(rows[name], f"where.{name} ", report) if name in rows else ()


def _hours(node: Node | None, report: Report) -> tuple[Hours, ...]:
    if node is None:
        return ()
    ranges = node.items if isinstance(node, Listing) else (node,)
    read = [_range(item, report) for item in ranges]
    return tuple(hours for hours in read if hours)


def _range(node: Node, report: Report) -> Hours | None:
    written = node.value if isinstance(node, Leaf) else kind(node)
    found = _HOURS.fullmatch(written)
    if not found:
        report.add(node, f"hours 应写成 08:00-22:00，这里是 {written}")
        return None
    from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
    start, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if start >= _DAY or end > _DAY:
        report.add(node, f"hours 里没有这个时刻：{written}")
        return None
    if start == end:
        report.add(node, f"hours 的开始和结束相同：{written}", "全天请不写 hours")
        return None
    return Hours(start=start, end=end)


def _weekdays(rows: Mapping[str, Node], report: Report) -> tuple[int, ...]:
    days = []
    for leaf in _listed(rows, "weekdays", report):
        if leaf.value in WEEKDAYS:
            days.append(WEEKDAYS.index(leaf.value) + 1)
        else:
            report.add(leaf, f"没有这个星期 {leaf.value}", nearest(leaf.value, WEEKDAYS))
    return tuple(days)


def _limit(node: Node, report: Report) -> Limit | None:
    rows = table(node, ("times", "per"), "where.limit ", report)
    if rows is None:
        return None
    if "times" not in rows or "per" not in rows:
        report.add(node, "limit 要写成 {times: 1, per: day}")
        return None
    times = integer(rows["times"], "limit.times ", report, least=1)
    per = text(rows["per"], "limit.per ", report)
    if per and per not in PERIODS:
        report.add(rows["per"], f"limit.per 没有 {per}", nearest(per, PERIODS))
    return Limit(times=times, per=per) if times and per in PERIODS else None
