"""The `cases` of a rule: sentences that it must hit, and must not."""

from collections.abc import Mapping
from datetime import datetime

from keyword_rules.fields import boolean, items, known_name, table, tag_names, text, texts
from keyword_rules.problem import Report
from keyword_rules.rule import Case
from keyword_rules.vocabulary import Vocabulary
from keyword_rules.yaml_source import Leaf, Node

CASE_FIELDS = (
    "text",
    "key",
    "hit",
    "on",
    "channel",
    "store",
    "group",
    "stage",
    "tagged",
    "days",
    "at",
)

_NAMED = {  # which names a key takes, and what they are called
    "on": ("occasion", "场合"),
    "channel": ("channel", "渠道"),
    "store": ("store", "门店"),
    "stage": ("stage", "阶段"),
}


def read_cases(node: Node, vocabulary: Vocabulary, report: Report) -> tuple[Case, ...]:
    """Read `cases`, each with its place in the file."""
    cases = [_case(item, vocabulary, report) for item in items(node, "cases ", report)]
    return tuple(case for case in cases if case)


def _case(node: Node, vocabulary: Vocabulary, report: Report) -> Case | None:
    rows = table(node, CASE_FIELDS, "cases 的一条", report)
    if rows is None:
        return None
    hit = boolean(rows["hit"], "hit ", report) if "hit" in rows else None
    if "hit" not in rows:
        report.add(node, "cases 的一条缺少 hit")
    if "text" in rows and "key" in rows:
        report.add(node, "cases 的一条里 text 和 key 只能写一个")
    words = {
        name: text(rows[name], f"cases.{name} ", report) if name in rows else ""
        for name in ("text", "key", "on", "channel", "store", "group", "stage")
    }
    for name, (of_kind, what) in _NAMED.items():
        if words[name] and isinstance(leaf := rows[name], Leaf):
            known_name(leaf, vocabulary.names.get(of_kind), what, report)
    if hit is None:
        return None
    return Case(
        hit=hit,
        tagged=_tagged(rows, report),
        days=_days(rows, vocabulary, report),
        at=_moment(rows["at"], report) if "at" in rows else None,
        line=node.line,
        column=node.column,
        text=words["text"],
        key=words["key"],
        on=words["on"],
        channel=words["channel"],
        store=words["store"],
        group=words["group"],
        stage=words["stage"],
    )


def _tagged(rows: Mapping[str, Node], report: Report) -> tuple[str, ...] | None:
    if "tagged" not in rows:
        return None
    return tag_names(rows["tagged"], "cases.tagged ", report)


def _days(
    rows: Mapping[str, Node], vocabulary: Vocabulary, report: Report
) -> tuple[str, ...] | None:
    if "days" not in rows:
        return None
    known = vocabulary.names.get("day")
    return tuple(
        known_name(leaf, known, "日子", report)
        for leaf in texts(rows["days"], "cases.days ", report)
    )


def _moment(node: Node, report: Report) -> datetime | None:
    if isinstance(node, Leaf):
        try:
            return datetime.fromisoformat(node.value).replace(tzinfo=None)
        except ValueError:
            pass
    report.add(node, "at 应写成 2025-06-01 22:30（门店当地时间）")
    return None
