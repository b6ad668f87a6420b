"""The conditions of a rule on how often, and on whom of many: `limit`, `nth`, `share`."""

import re

from keyword_rules.fields import integer, kind, table, text
from keyword_rules.problem import Place, Report, nearest
from keyword_rules.rule import Limit, Nth, Share
from keyword_rules.where import MEMBER, WHOLE
from keyword_rules.yaml_source import Leaf, Listing, Node, Table

PERIODS = ("hour", "day", "week", "ever")
SCOPES = (MEMBER, "group", "store")
LATEST = 1_000_000  # meeting that an `nth` may name

_NTH = re.compile(r"([0-9]{1,7})(?:\s*(-)\s*([0-9]{1,7})?)?")
_NUMBER = r"([0-9]{1,3}(?:\.[0-9]{1,2})?)"
_PERCENT = re.compile(rf"{_NUMBER}\s*%?(?:\s*-\s*{_NUMBER}\s*%?)?")


def read_limits(node: Node, report: Report) -> tuple[Limit, ...]:
    """Read one limit or a list of them, each of which must hold."""
    listed = node.items if isinstance(node, Listing) else (node,)
    read = [_limit(item, report) for item in listed]
    return tuple(limit for limit in read if limit)


def read_nth(node: Node, report: Report) -> Nth | None:
    """Read which meetings: `1`, `first`, `2-` or `2-4`."""
    written = node.value.strip() if isinstance(node, Leaf) else kind(node)
    found = _NTH.fullmatch("1" if written == "first" else written)
    if not found:
        report.add(node, f"nth 应写成 1、first、2- 或 2-4，这里是 {written}")
        return None
    first, between, last = found.groups()
    nth = Nth(first=int(first), last=int(last) if last else None if between else int(first))
    if not 1 <= nth.first <= (nth.last or nth.first) <= LATEST:
        report.add(node, f"nth 从 1 到 {LATEST}，前面的不大于后面的，这里是 {written}")
        return None
    return nth


def read_share(node: Node, rule: str, report: Report) -> Share | None:
    """Read a part of all members: `30`, or `{ percent: 30-60, split: name }`.

    One that names no split divides the members for the rule alone.
    """
    if not isinstance(node, Table):
        return _share(node, rule, report)
    rows = table(node, ("percent", "split"), "where.share ", report) or {}
    split = text(rows["split"], "share.split ", report) if "split" in rows else rule
    if "percent" not in rows:
        report.add(node, "share 要写成 {percent: 0-30, split: 名字}")
        return None
    return _share(rows["percent"], split, report)


def _limit(node: Node, report: Report) -> Limit | None:
    rows = table(node, ("times", "per", "of"), "where.limit ", report)
    if rows is None:
        return None
    if "times" not in rows or "per" not in rows:
        report.add(node, "limit 要写成 {times: 1, per: day}")
        return None
    times = integer(rows["times"], "limit.times ", report, least=1)
    per = _one_of(PERIODS, rows["per"], "limit.per", report)
    of = _one_of(SCOPES, rows["of"], "limit.of", report) if "of" in rows else MEMBER
    return Limit(times=times, per=per, of=of) if times and per and of else None


def _one_of(known: tuple[str, ...], node: Node, what: str, report: Report) -> str:
    name = text(node, f"{what} ", report)
    if name and name not in known:
        report.add(node, f"{what} 没有 {name}", nearest(name, known))
    return name if name in known else ""


def _share(node: Node, split: str, report: Report) -> Share | None:
    written = node.value.strip() if isinstance(node, Leaf) else kind(node)
    found = _PERCENT.fullmatch(written)
    if not found:
        report.add(node, f"share 应写成百分数 30 或 0-30，最多两位小数，这里是 {written}")
        return None
    low, high = found.groups()
    start, end = (_hundredths(low), _hundredths(high)) if high else (0, _hundredths(low))
    return _part(Share(split=split, start=start, end=end), written, node, report)


def _part(share: Share, written: str, at: Place, report: Report) -> Share | None:
    if share.end > WHOLE:
        report.add(at, f"share 超过 100%：{written}")
        return None
    if share.start >= share.end:
        report.add(at, f"share 里没有人：{written}", "前面的要小于后面的，比如 0-30")
        return None
    return share


def _hundredths(written: str) -> int:
    whole, _, parts = written.partition(".")
    return int(whole) * 100 + int(f"{parts:0<2}")
