"""A part of a rule file as plain values, and such values as the YAML that we would write."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import yaml

WIDEST = 100  # columns, before a value goes onto lines of its own

_STR = "tag:yaml.org,2002:str"
_HAN = "\u3400-\u9fff"
_PLAIN = re.compile(
    rf"[{_HAN}A-Za-z][{_HAN}A-Za-z0-9_/.，。！？、；：（）「」…~+-]*"
    rf"( [{_HAN}A-Za-z0-9_/.，。！？、；：（）「」…~+]+)*"
)
_WORDS_OF_YAML = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
_BLOCKS = frozenset({"do", "cases"})  # one item a line, however short


@dataclass(frozen=True, slots=True)
class Bare:
    """A scalar that is no text, as it was written: a number, true, a date."""

    text: str


Tree: TypeAlias = str | Bare | tuple["Tree", ...] | Mapping[str, "Tree"]


def tree_of(node: yaml.Node) -> Tree:
    """Return a node's content without its dress."""
    if isinstance(node, yaml.ScalarNode):
        return node.value if node.tag == _STR else Bare(node.value)
    if isinstance(node, yaml.SequenceNode):
        return tuple(map(tree_of, node.value))
    return {key.value: tree_of(value) for key, value in node.value}


def written(key: str, tree: Tree, indent: int, *, folded: bool = False) -> str:
    """Return `key: value` as YAML, its first line bare, the others behind `indent` spaces.

    With `folded` no text stands as a block of lines, so that a comment may follow.
    """
    line = f"{_scalar(key)}: {_flow(tree)}"
    blocked = key in _BLOCKS and isinstance(tree, tuple)
    if not blocked and len(line) + indent <= WIDEST and not _lines(tree):
        return line
    if isinstance(tree, str) and _lines(tree) and not folded:
        style = "|" if tree.endswith("\n") else "|-"
        return f"{_scalar(key)}: {style}\n{_behind(tree.removesuffix(chr(10)), indent + 2)}"
    if isinstance(tree, str | Bare):
        return line
    rows = (
        [f"- {_item(one, indent + 4, folded=folded)}" for one in tree]
        if isinstance(tree, tuple)
        else [written(name, value, indent + 2, folded=folded) for name, value in tree.items()]
    )
    return "\n".join([f"{_scalar(key)}:", *(" " * (indent + 2) + row for row in rows)])


def _item(tree: Tree, indent: int, *, folded: bool) -> str:
    if not isinstance(tree, Mapping):
        return _flow(tree)
    line = _flow(tree)
    if len(tree) > 1 and len(line) + indent <= WIDEST and not _lines(tree):
        return line
    rows = [written(key, value, indent, folded=folded) for key, value in tree.items()]
    return ("\n" + " " * indent).join(rows)


def _flow(tree: Tree) -> str:
    if isinstance(tree, Bare):
        return tree.text
    if isinstance(tree, str):
        return _scalar(tree)
    if isinstance(tree, tuple):
        return f"[{', '.join(map(_flow, tree))}]"
    return f"{{ {', '.join(f'{_scalar(key)}: {_flow(value)}' for key, value in tree.items())} }}"


def _scalar(text: str) -> str:
    """Return a text as a scalar that stays a text.

    >>> _scalar("领券"), _scalar("12"), _scalar("on"), _scalar("a: b")
    ('领券', '"12"', '"on"', '"a: b"')
    """
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(one if one.isprintable() else _escaped(one) for one in quoted)


def _escaped(one: str) -> str:
    return f"\\U{ord(one):08X}"


def _lines(tree: Tree) -> bool:
    """Whether a text within would read well as a block of lines, and survives it."""
    if isinstance(tree, str):
        rows = tree.removesuffix("\n").split("\n")
        return "\n" in tree and all(map(_sturdy, rows)) and bool(rows[0] and rows[-1])
    if isinstance(tree, Bare):
        return False
    return any(map(_lines, tree if isinstance(tree, tuple) else tree.values()))


def _sturdy(row: str) -> bool:
    return row == row.strip() and row.isprintable()


def _behind(text: str, indent: int) -> str:
    return "\n".join(" " * indent + row if row else "" for row in text.split("\n"))
