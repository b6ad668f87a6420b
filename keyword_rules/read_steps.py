"""The `do` of a rule: steps, each one verb of the vocabulary."""

import re
from collections.abc import Collection, Mapping

from keyword_rules.fields import (
    boolean,
    integer,
    items,
    kind,
    known_name,
    required,
    table,
    tag_names,
)
from keyword_rules.fields import text as text_of
from keyword_rules.fields import texts as texts_of
from keyword_rules.problem import Report, nearest
from keyword_rules.rule import Step, Value
from keyword_rules.template import checked, old_style
from keyword_rules.vocabulary import REF, Verb, Vocabulary
from keyword_rules.yaml_source import Leaf, Node, Table

_TEMPLATE = "template"
_CARD_ID = re.compile(r"p[A-Za-z0-9_-]{24,31}")  # as the platform writes them
_THINGS = {
    "campaign": "活动",
    "pool": "群池",
    "persona": "人设",
    "store": "门店",
    "channel": "渠道",
    "stage": "阶段",
    "group": "群",
    "notice": "通知",
}


def read_steps(
    node: Node, slots: Collection[str], vocabulary: Vocabulary, report: Report
) -> tuple[tuple[Step, Node], ...]:
    """Read `do`, in order, each with where it stands.

    A step is `verb: {…}`, `verb: value`, or the verb alone. Texts may have these slots: the
    vocabulary's, and what the rule captures.
    """
    read = ((_step(one, slots, vocabulary, report), one) for one in items(node, "do ", report))
    return tuple((step, at) for step, at in read if step)


def _step(
    node: Node, slots: Collection[str], vocabulary: Vocabulary, report: Report
) -> Step | None:
    if isinstance(node, Leaf) and node.kind == "str":
        name, value = node, None
    elif isinstance(node, Table) and len(node.rows) == 1:
        name, value = node.rows[0]
    else:
        report.add(node, f"do 里的一步应是一个动作，这里是{kind(node)}", "一行一个动作")
        return None
    verb = vocabulary.verbs.get(name.value)
    if verb is None:
        report.add(name, f"没有动作 {name.value}", nearest(name.value, vocabulary.verbs))
        return None
    rows = _arguments(name, value, verb, report)
    required(rows, sorted(verb.required), name, f"{name.value} ", report)
    args = {
        arg: _template(given, f"{name.value}.{arg} ", slots, report)
        if verb.args[arg] == _TEMPLATE
        else _value(given, verb.args[arg], f"{name.value}.{arg} ", vocabulary, report)
        for arg, given in rows.items()
    }
    templates = tuple(arg for arg in args if verb.args[arg] == _TEMPLATE)
    return Step(verb=name.value, args=args, templates=templates)


def _arguments(name: Leaf, value: Node | None, verb: Verb, report: Report) -> Mapping[str, Node]:
    if value is None or (isinstance(value, Leaf) and value.kind == "null"):
        return {}
    if not isinstance(value, Table) and verb.shorthand:
        return {verb.shorthand: value}
    return table(value, tuple(verb.args), f"{name.value} ", report) or {}


def _value(node: Node, of_type: str, what: str, vocabulary: Vocabulary, report: Report) -> Value:
    if of_type.startswith(REF):
        return _reference(node, of_type.removeprefix(REF), what, vocabulary, report)
    match of_type:
        case "tags":
            return tag_names(node, what, report)
        case "texts":
            return tuple(leaf.value for leaf in texts_of(node, what, report))
        case "int":
            return integer(node, what, report, least=0) or 0
        case "bool":
            return boolean(node, what, report) or False
        case _:
            return text_of(node, what, report)


def _reference(node: Node, of_kind: str, what: str, vocabulary: Vocabulary, report: Report) -> str:
    name = text_of(node, what, report)
    if not name or not isinstance(node, Leaf):
        return name
    known = vocabulary.names.get(of_kind)
    if known is not None and name not in known and _CARD_ID.fullmatch(name):
        said = f"没有{_THINGS.get(of_kind, of_kind)} {name}：它像微信卡券的 card_id"
        report.add(node, said, nearest("", known) or "写这里活动的名字")
        return name
    return known_name(node, known, _THINGS.get(of_kind, of_kind), report)


def _template(node: Node, what: str, slots: Collection[str], report: Report) -> str:
    written = text_of(node, what, report)
    if old := old_style(written):
        at, said = old
        report.add(node, f"{what}的第 {at + 1} 个字：{said} 不是变量", "变量写成 {名字}")
    asked, wrong = checked(written)
    for error in wrong:
        report.add(node, f"{what}的第 {error.position + 1} 个字：{error}")
    for slot in sorted(asked.difference(slots)):
        report.add(node, f"没有变量 {{{slot}}}", nearest(slot, slots))
    return written
