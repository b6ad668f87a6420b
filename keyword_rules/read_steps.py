"""The `do` of a rule: steps, each one verb of the vocabulary."""

from collections.abc import Mapping

from keyword_rules.fields import boolean, integer, items, kind, known_name, required, table
from keyword_rules.fields import text as text_of
from keyword_rules.fields import texts as texts_of
from keyword_rules.problem import Report, nearest
from keyword_rules.rule import Step, Value
from keyword_rules.template import BadTemplate, Template
from keyword_rules.vocabulary import REF, Verb, Vocabulary
from keyword_rules.yaml_source import Leaf, Node, Table

_THINGS = {
    "campaign": "活动",
    "pool": "群池",
    "persona": "人设",
    "store": "门店",
    "channel": "渠道",
    "stage": "阶段",
    "group": "群",
}


def read_steps(node: Node, vocabulary: Vocabulary, report: Report) -> tuple[Step, ...]:
    """Read `do`, in order. A step is `verb: {…}`, `verb: value`, or the verb alone."""
    steps = [_step(item, vocabulary, report) for item in items(node, "do ", report)]
    return tuple(step for step in steps if step)


def _step(node: Node, vocabulary: Vocabulary, report: Report) -> Step | None:
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
        arg: _value(given, verb.args[arg], f"{name.value}.{arg} ", vocabulary, report)
        for arg, given in rows.items()
    }
    return Step(verb=name.value, args=args)


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
        case "template":
            return _template(node, what, vocabulary, report)
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
    if name and isinstance(node, Leaf):
        known_name(node, vocabulary.names.get(of_kind), _THINGS.get(of_kind, of_kind), report)
    return name


def _template(node: Node, what: str, vocabulary: Vocabulary, report: Report) -> str:
    written = text_of(node, what, report)
    try:
        slots = Template.parse(written).slots
    except BadTemplate as error:
        report.add(node, f"{what}的第 {error.position + 1} 个字：{error}")
        return written
    for slot in sorted(slots - vocabulary.slots):
        report.add(node, f"没有变量 {{{slot}}}", nearest(slot, vocabulary.slots))
    return written
