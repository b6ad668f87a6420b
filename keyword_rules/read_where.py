"""The `where` of a rule, and what a file's `only` adds to it."""

from collections.abc import Mapping

from keyword_rules.fields import known_name, table, tag_names, texts
from keyword_rules.problem import Report
from keyword_rules.read_calendar import read_dates, read_hours, read_weekdays
from keyword_rules.read_often import read_limits, read_nth, read_share
from keyword_rules.rule import Where
from keyword_rules.vocabulary import Vocabulary
from keyword_rules.yaml_source import Node

NARROWING = (
    "channel",
    "store",
    "group",
    "tagged",
    "not_tagged",
    "stage",
    "hours",
    "weekdays",
    "dates",
)
CONDITIONS = (*NARROWING, "days", "share", "limit", "nth")

_NAMED = {  # which names a condition takes, and what they are called
    "channel": ("channel", "渠道"),
    "store": ("store", "门店"),
    "group": ("group", "群"),
    "stage": ("stage", "阶段"),
    "days": ("day", "日子"),
}


def read_where(node: Node, rule: str, vocabulary: Vocabulary, report: Report) -> Where:
    """Read the `where` of the rule with this id; a condition may be one value or a list."""
    rows = table(node, CONDITIONS, "where ", report) or {}
    return _where(rows, "where.", rule, vocabulary, report)


def read_only(node: Node, vocabulary: Vocabulary, report: Report) -> Where:
    """Read the `only` of a file: what narrows each of its rules."""
    rows = table(node, NARROWING, "only ", report) or {}
    return _where(rows, "only.", "", vocabulary, report)


def _where(
    rows: Mapping[str, Node], what: str, rule: str, vocabulary: Vocabulary, report: Report
) -> Where:
    channel, store, group, stage, days = (
        _names(rows, name, what, vocabulary, report) for name in _NAMED
    )
    tagged, not_tagged = (
        tag_names(rows[name], f"{what}{name} ", report) if name in rows else ()
        for name in ("tagged", "not_tagged")
    )
    if both := sorted(set(tagged) & set(not_tagged)):
        report.add(rows["not_tagged"], f"标签 {'、'.join(both)} 既要有又要没有，永远不会命中")
    weekdays = rows.get("weekdays")
    return Where(
        channel=channel,
        store=store,
        group=group,
        stage=stage,
        tagged=tagged,
        not_tagged=not_tagged,
        hours=read_hours(rows["hours"], report) if "hours" in rows else (),
        weekdays=read_weekdays(weekdays, f"{what}weekdays ", report) if weekdays else (),
        dates=read_dates(rows["dates"], report) if "dates" in rows else (),
        days=days,
        share=read_share(rows["share"], rule, report) if "share" in rows else None,
        limits=read_limits(rows["limit"], report) if "limit" in rows else (),
        nth=read_nth(rows["nth"], report) if "nth" in rows else None,
    )


def _names(
    rows: Mapping[str, Node], name: str, what: str, vocabulary: Vocabulary, report: Report
) -> tuple[str, ...]:
    if name not in rows:
        return ()
    of_kind, called = _NAMED[name]
    known = vocabulary.names.get(of_kind)
    return tuple(
        known_name(leaf, known, called, report)
        for leaf in texts(rows[name], f"{what}{name} ", report)
    )
