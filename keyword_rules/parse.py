"""One rule file's bytes → its rules, and every problem in them."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keyword_rules.cases import failed_cases
from keyword_rules.fields import boolean, integer, items, known_name, required, table, text, texts
from keyword_rules.match import compile_rules
from keyword_rules.problem import Problem, Report
from keyword_rules.read_cases import read_cases
from keyword_rules.read_steps import read_steps
from keyword_rules.read_where import read_where
from keyword_rules.read_words import read_key, read_say
from keyword_rules.rule import TEXT, Rule, Segment, Where
from keyword_rules.vocabulary import Vocabulary
from keyword_rules.yaml_source import Node, parse_yaml

RULE_FIELDS = (
    "id",
    "on",
    "say",
    "key",
    "where",
    "priority",
    "stop",
    "do",
    "cases",
    "note",
)
LOWEST_PRIORITY = -1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A file's rules, usable only if it has no problems."""

    rules: tuple[Rule, ...] = ()
    problems: tuple[Problem, ...] = ()


def parse_rules(file: str, raw: bytes, vocabulary: Vocabulary, segment: Segment) -> Parsed:
    """Read one file and run its cases. Equal bytes and names give an equal answer."""
    report = Report(file)
    tree = parse_yaml(raw, report)
    nodes = items(tree, "规则文件", report) if tree else ()
    read = [_rule(node, vocabulary, report) for node in nodes]
    sound = _sound(nodes, read, report.problems)
    report.problems += failed_cases(compile_rules(sound, segment=segment))
    rules = tuple(rule for rule in read if rule)
    return Parsed(rules=rules, problems=tuple(sorted(report.problems)))


def _sound(
    nodes: Sequence[Node], read: Sequence[Rule | None], problems: Sequence[Problem]
) -> tuple[Rule, ...]:
    """The rules that have no mistake: the cases of the others would only repeat theirs."""
    starts = [(node.line, node.column) for node in nodes]
    broken = {bisect_right(starts, (wrong.line, wrong.column)) - 1 for wrong in problems}
    return tuple(rule for at, rule in enumerate(read) if rule and at not in broken)


def _rule(node: Node, vocabulary: Vocabulary, report: Report) -> Rule | None:
    rows = table(node, RULE_FIELDS, "规则", report)
    if rows is None:
        return None
    required(rows, ("id", "do"), node, "规则", report)
    on = _occasions(rows, vocabulary, report)
    _check_fit(rows, on, node, report)
    priority, stop = rows.get("priority"), rows.get("stop")
    return Rule(
        id=text(rows["id"], "id ", report) if "id" in rows else "",
        file=report.file,
        line=node.line,
        column=node.column,
        on=on,
        say=read_say(rows["say"], report) if "say" in rows else None,
        key=read_key(rows["key"], report) if "key" in rows else None,
        where=read_where(rows["where"], vocabulary, report) if "where" in rows else Where(),
        priority=_priority(priority, report),
        stop=boolean(stop, "stop ", report) is not False if stop else True,
        do=read_steps(rows["do"], vocabulary, report) if "do" in rows else (),
        cases=read_cases(rows["cases"], vocabulary, report) if "cases" in rows else (),
        note=text(rows["note"], "note ", report) if "note" in rows else "",
    )


def _priority(node: Node | None, report: Report) -> int:
    if node is None:
        return 0
    return integer(node, "priority ", report, least=LOWEST_PRIORITY) or 0


def _occasions(rows: Mapping[str, Node], vocabulary: Vocabulary, report: Report) -> frozenset[str]:
    if "on" not in rows:
        return frozenset({TEXT})
    known = vocabulary.names.get("occasion")
    return frozenset(
        known_name(leaf, known, "场合", report) for leaf in texts(rows["on"], "on ", report)
    )


def _check_fit(rows: Mapping[str, Node], on: frozenset[str], node: Node, report: Report) -> None:
    if TEXT in on and "say" not in rows:
        report.add(node, "规则缺少 say", "没有 say 会命中每一句话；不看文字的规则请写 on")
    if TEXT not in on and "say" in rows:
        report.add(rows["say"], "on 里没有 text，say 用不上")
    if on == {TEXT} and "key" in rows:
        report.add(rows["key"], "key 只用于菜单和扫码", "on 里加 scan、follow、contact 或 menu")
