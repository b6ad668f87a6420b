"""One rule file's bytes → its rules, and every problem in them."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from keyword_rules.captures import names_in
from keyword_rules.cases import failed_cases
from keyword_rules.fields import boolean, known_name, required, table, text, texts
from keyword_rules.match import compile_rules
from keyword_rules.narrow import narrowed
from keyword_rules.problem import Problem, Report
from keyword_rules.read_cases import read_cases
from keyword_rules.read_file import Frame, is_true, priority_of, read_frame
from keyword_rules.read_steps import read_steps
from keyword_rules.read_where import read_where
from keyword_rules.read_words import read_key, read_say
from keyword_rules.rule import ANYWHERE, TEXT, WORDED, Key, Rule, Say, Segment
from keyword_rules.vocabulary import Vocabulary
from keyword_rules.yaml_source import Node, Table, parse_yaml

RULE_FIELDS = (
    "id",
    "on",
    "say",
    "key",
    "where",
    "priority",
    "stop",
    "continue",
    "dry_run",
    "do",
    "cases",
    "note",
)
_TEXT_ALONE = frozenset({TEXT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A file's rules, usable only if it has no problems."""

    rules: tuple[Rule, ...] = ()
    problems: tuple[Problem, ...] = ()


def parse_rules(
    file: str,
    raw: bytes,
    vocabulary: Vocabulary,
    segment: Segment,
    same_sound: Callable[[str], str] = str,
) -> Parsed:
    """Read one file and run its cases. Equal bytes and names give an equal answer."""
    report = Report(file)
    tree = parse_yaml(raw, report)
    frame = read_frame(tree, vocabulary, report) if tree else Frame()
    read = [_framed(node, frame, vocabulary, report) for node in frame.rules]
    sound = _sound(frame.rules, read, report.problems)
    report.problems += failed_cases(compile_rules(sound, segment=segment, same_sound=same_sound))
    rules = tuple(rule for rule in read if rule)
    return Parsed(rules=rules, problems=tuple(sorted(report.problems)))


def _sound(
    nodes: Sequence[Node], read: Sequence[Rule | None], problems: Sequence[Problem]
) -> tuple[Rule, ...]:
    """The rules that have no mistake: the cases of the others would only repeat theirs."""
    starts = [(node.line, node.column) for node in nodes]
    broken = {bisect_right(starts, (wrong.line, wrong.column)) - 1 for wrong in problems}
    return tuple(rule for at, rule in enumerate(read) if rule and at not in broken)


def _framed(node: Node, frame: Frame, vocabulary: Vocabulary, report: Report) -> Rule | None:
    """A rule with what its file says of all of them."""
    rule = _rule(node, vocabulary, report)
    if rule is None or frame.is_silent:
        return rule
    where, clashes = narrowed(rule.where, frame.only)
    at = _where_of(node)
    for name, theirs, ours in clashes:
        said = f"where.{name} 是 {ours}，文件的 only 是 {theirs}，没有共同的"
        report.add(at, f"{said}，永远不会命中")
    told = {*frame.only.tagged} & {*frame.only.not_tagged}  # at the file's own line
    if both := "、".join(sorted(({*where.tagged} & {*where.not_tagged}) - told)):
        said = f"标签 {both} 在文件的 only 和 where 里一个要有一个要没有"
        report.add(at, f"{said}，永远不会命中")
    return replace(
        rule,
        where=where,
        priority=rule.priority + frame.priority,
        dry_run=rule.dry_run or frame.dry_run,
    )


def _where_of(node: Node) -> Node:
    rows = dict((key.value, value) for key, value in node.rows) if isinstance(node, Table) else {}
    return rows.get("where", node)


def _rule(node: Node, vocabulary: Vocabulary, report: Report) -> Rule | None:
    rows = table(node, RULE_FIELDS, "规则", report)
    if rows is None:
        return None
    required(rows, ("id", "do"), node, "规则", report)
    name = text(rows["id"], "id ", report) if "id" in rows else ""
    on = _occasions(rows, vocabulary, report)
    _check_fit(rows, on, node, report)
    say = read_say(rows["say"], vocabulary.slots, report) if "say" in rows else None
    key = read_key(rows["key"], vocabulary.slots, report) if "key" in rows else None
    slots = vocabulary.slots | _captured(say, key)
    steps = read_steps(rows["do"], slots, vocabulary, report) if "do" in rows else ()
    return Rule(
        id=name,
        file=report.file,
        line=node.line,
        column=node.column,
        on=on,
        say=say,
        key=key,
        where=read_where(rows["where"], name, vocabulary, report) if "where" in rows else ANYWHERE,
        priority=priority_of(rows.get("priority"), report),
        stop=_stops(rows, report),
        dry_run=is_true(rows.get("dry_run"), "dry_run ", report),
        do=tuple(step for step, _ in steps),
        do_at=tuple((at.line, at.column) for _, at in steps),
        cases=read_cases(rows["cases"], vocabulary, report) if "cases" in rows else (),
        note=text(rows["note"], "note ", report) if "note" in rows else "",
    )


def _captured(say: Say | None, key: Key | None) -> frozenset[str]:
    phrases = (*(say.all + say.any if say else ()), *(key.any if key else ()))
    return frozenset(name for phrase in phrases for name in names_in(phrase))


def _stops(rows: Mapping[str, Node], report: Report) -> bool:
    if "stop" in rows and "continue" in rows:
        report.add(
            rows["continue"], "stop 和 continue 只能写一个", "continue: true 就是 stop: false"
        )
    if "continue" in rows:
        return not is_true(rows["continue"], "continue ", report)
    return "stop" not in rows or boolean(rows["stop"], "stop ", report) is not False


def _occasions(rows: Mapping[str, Node], vocabulary: Vocabulary, report: Report) -> frozenset[str]:
    if "on" not in rows:
        return _TEXT_ALONE
    known = vocabulary.names.get("occasion")
    return frozenset(
        known_name(leaf, known, "场合", report) for leaf in texts(rows["on"], "on ", report)
    )


def _check_fit(rows: Mapping[str, Node], on: frozenset[str], node: Node, report: Report) -> None:
    if TEXT in on and "say" not in rows and "key" not in rows:
        report.add(node, "规则缺少 say", "没有 say 会命中每一句话；不看文字的规则请写 on")
    if "say" in rows and on and not on & WORDED:
        said = "on 里没有 text，say 用不上"
        report.add(rows["say"], said, f"带文字的场合：{'、'.join(sorted(WORDED))}")
