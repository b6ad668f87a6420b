"""The rules of a file where they stand: each one's stretch of text, and of its parts."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import yaml

from commands.sheets.tree import Tree, tree_of

_DASH = re.compile(r"(?:^|\n)[ ]*-[ ]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One rule in its file. `start` is behind the dash, `end` behind its last value.

    Offsets count characters of `whole`, the file's text. `editable` is False where the rule has
    no line of its own; `flowing` is True where it is written in braces.
    """

    id: str
    file: str
    line: int
    start: int
    end: int
    indent: int
    editable: bool
    flowing: bool
    rule: Mapping[str, Tree]
    whole: str

    @property
    def text(self) -> str:
        """The rule as it is written; comments behind its last value are nobody's."""
        return self.whole[self.start : self.end]

    def parts(self) -> dict[str, tuple[str, str]]:
        """Return each key with its text, and what stands between it and the next key."""
        text = " " * self.indent + self.text
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        rows = node.value if isinstance(node, yaml.MappingNode) else []
        starts = [key.start_mark.index for key, _ in rows] + [len(text)]
        parts: dict[str, tuple[str, str]] = {}
        for at, (key, value) in enumerate(rows):
            end = max(_end_of(value, text), key.end_mark.index)
            parts[key.value] = (text[starts[at] : end], text[end : starts[at + 1]])
        return parts


def blocks_of(file: str, text: str) -> tuple[Block, ...]:
    """Return the rules of a file that the loader takes, in order. Raises YAMLError for others."""
    tree = yaml.compose(text, Loader=yaml.CSafeLoader)
    return tuple(
        _block(file, text, node) for node in _listed(tree) if isinstance(node, yaml.MappingNode)
    )


def _block(file: str, text: str, node: yaml.MappingNode) -> Block:
    rule = {key.value: tree_of(value) for key, value in node.value}
    start, named = node.start_mark.index, rule.get("id", "")
    line = max(text.rfind("\n", 0, start), 0)
    return Block(
        id=named if isinstance(named, str) else "",
        file=file,
        line=node.start_mark.line + 1,
        start=start,
        end=_end_of(node, text),
        indent=node.start_mark.column,
        editable=bool(_DASH.search(text[line:start])),
        flowing=bool(node.flow_style),
        rule=rule,
        whole=text,
    )


def _end_of(node: yaml.Node, text: str) -> int:
    """Where a node's last character is followed by what is no part of it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end_of(last[1] if isinstance(last, tuple) else last, text)
    end = node.end_mark.index
    if isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}:
        return len(text[:end].rstrip())
    return int(end)


def _listed(tree: yaml.Node | None) -> Iterator[yaml.Node]:
    if isinstance(tree, yaml.SequenceNode):
        yield from tree.value
    elif isinstance(tree, yaml.MappingNode):
        yield from _listed(next(_under("rules", tree.value), None))


def _under(name: str, rows: Iterable[tuple[yaml.Node, yaml.Node]]) -> Iterator[yaml.Node]:
    return (value for key, value in rows if key.value == name)
