"""Typed values from a tree, each wrong one noted at its place."""

import re
from collections.abc import Collection, Mapping
from functools import cache

from keyword_rules.problem import Place, Report, nearest
from keyword_rules.yaml_source import Leaf, Listing, Node, Table

_KINDS = {
    "str": "文字",
    "int": "数字",
    "float": "小数",
    "bool": "是非值",
    "null": "空",
    "timestamp": "时间",
    "merge": "合并键",
}
LARGEST_NUMBER = 1_000_000

_LABEL_ID = re.compile(r"et[A-Za-z0-9_-]{20,}")


def kind(node: Node) -> str:
    """What a node is, in the operator's words."""
    if isinstance(node, Leaf):
        return _KINDS.get(node.kind, node.kind)
    return "列表" if isinstance(node, Listing) else "键值表"


def table(
    node: Node, known: tuple[str, ...], what: str, report: Report
) -> Mapping[str, Node] | None:
    """The rows by key; unknown keys are noted and left out. None when it is no table."""
    if not isinstance(node, Table):
        report.add(node, f"{what}应是键值表，这里是{kind(node)}")
        return None
    rows = {key.value: value for key, value in node.rows}
    if rows.keys() <= (names := _set_of(known)):
        return rows
    for key, _ in node.rows:
        if key.value not in names:
            report.add(key, f"{what}里没有 {key.value} 这个键", nearest(key.value, known))
    return {name: value for name, value in rows.items() if name in names}


@cache
def _set_of(known: tuple[str, ...]) -> frozenset[str]:
    return frozenset(known)


def items(node: Node, what: str, report: Report) -> tuple[Node, ...]:
    """The items of a list that must not be empty."""
    if not isinstance(node, Listing):
        report.add(node, f"{what}应是列表，这里是{kind(node)}")
        return ()
    if not node.items:
        report.add(node, f"{what}是空的")
    return node.items


def text(node: Node, what: str, report: Report) -> str:
    """A text that is not blank; "" when it is wrong."""
    if not isinstance(node, Leaf) or node.kind != "str":
        hint = f'加引号写成 "{node.value}"' if isinstance(node, Leaf) and node.value else ""
        report.add(node, f"{what}应是文字，这里是{kind(node)}", hint)
        return ""
    if not node.value.strip():
        report.add(node, f"{what}是空的")
        return ""
    return node.value


def texts(node: Node, what: str, report: Report) -> tuple[Leaf, ...]:
    """A text, or a list of them, each with its place. Wrong ones are left out."""
    listed = items(node, what, report) if isinstance(node, Listing) else (node,)
    return tuple(item for item in listed if text(item, what, report) and isinstance(item, Leaf))


def tag_names(node: Node, what: str, report: Report) -> tuple[str, ...]:
    """Names of tags, one or a list. A platform's id of a tag is noted: it differs in every corp."""
    leaves = texts(node, what, report)
    for leaf in leaves:
        if _LABEL_ID.fullmatch(leaf.value):
            said = f"{leaf.value} 像企业微信的标签 id"
            report.add(leaf, said, "写标签的名字，不写企业微信的标签 id")
    return tuple(leaf.value for leaf in leaves)


def integer(node: Node, what: str, report: Report, *, least: int) -> int | None:
    """A whole number in decimal digits, from `least` to a million."""
    if isinstance(node, Leaf) and node.kind == "int":
        digits = node.value.removeprefix("-")
        if digits.isascii() and digits.isdigit() and len(digits) <= len(str(LARGEST_NUMBER)):
            number = int(node.value)
            if least <= number <= LARGEST_NUMBER:
                return number
        report.add(node, f"{what}应在 {least} 到 {LARGEST_NUMBER} 之间，这里是 {node.value}")
        return None
    said = f" {node.value}" if isinstance(node, Leaf) else ""
    report.add(node, f"{what}应是整数，这里是{kind(node)}{said}")
    return None


def boolean(node: Node, what: str, report: Report) -> bool | None:
    """`true` or `false`."""
    if isinstance(node, Leaf) and node.kind == "bool" and node.value in {"true", "false"}:
        return node.value == "true"
    found = kind(node)
    if isinstance(node, Leaf) and node.kind == "bool":
        found = f" {node.value}"  # YAML has other words for it, such as yes
    report.add(node, f"{what}应是 true 或 false，这里是{found}")
    return None


def known_name(leaf: Leaf, names: Collection[str] | None, what: str, report: Report) -> str:
    """The name as written, noted when it is not one of those that exist. None checks nothing."""
    if names is not None and leaf.value not in names:
        report.add(leaf, f"没有{what} {leaf.value}", nearest(leaf.value, names))
    return leaf.value


def required(
    fields: Mapping[str, Node], names: Collection[str], at: Place, what: str, report: Report
) -> None:
    """Note every required key that is missing."""
    for name in names:
        if name not in fields:
            report.add(at, f"{what}缺少 {name}")
