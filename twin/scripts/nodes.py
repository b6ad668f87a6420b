"""YAML nodes as plain values, and mistakes that know their place and the nearest right name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import yaml

_DEEPEST = 12  # levels; a node that holds itself has no end
_LISTED = 12  # names told when none is near
_INT, _FLOAT = "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"
_CONSTANTS: Mapping[str, Mapping[str, object]] = {
    "tag:yaml.org,2002:bool": {"true": True, "yes": True, "on": True},
    "tag:yaml.org,2002:null": {},
}


@dataclass(slots=True)
class Problems:
    """Every mistake found so far, each with file:line:column."""

    lines: list[str] = field(default_factory=list)

    def add(self, node: yaml.Node, words: str) -> None:
        """Remember a mistake that stands at this node."""
        self.lines.append(f"{place(node)}: {words}")

    def unknown(self, node: yaml.Node, kind: str, given: str, known: Iterable[str]) -> None:
        """Remember a name that nobody has, with the nearest that somebody has."""
        self.add(node, f"没有{kind} {given}，{hint(given, known)}")


def hint(given: str, known: Iterable[str]) -> str:
    """Return the nearest of the names there are, or the first of them when none is near."""
    names = list(dict.fromkeys(known))
    near = get_close_matches(given, names, n=1, cutoff=0.4)
    return f"是不是 {near[0]}？" if near else f"可用：{'、'.join(names[:_LISTED]) or '无'}"


def read_yaml(path: Path) -> yaml.Node | None:
    """Return what a file holds, None for an empty one. Raises OSError, ValueError, YAMLError."""
    loader = yaml.SafeLoader(path.read_text("utf-8"))
    loader.name = str(path)  # so that every mark names its file
    return loader.get_single_node()


def place(node: yaml.Node) -> str:
    """Return file:line:column of a node."""
    mark = node.start_mark
    return f"{mark.name}:{mark.line + 1}:{mark.column + 1}"


def written(node: yaml.Node) -> str:
    """Return the text of a scalar, "" for anything else."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def pairs(node: yaml.Node, problems: Problems) -> Iterator[tuple[yaml.Node, str, yaml.Node]]:
    """Yield key, name and value of a mapping; a name that comes twice is a mistake."""
    seen: set[str] = set()
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        name = written(key)
        if name in seen:
            problems.add(key, f"重复的键 {name}")
        seen.add(name)
        yield key, name, value


def plain(node: yaml.Node, problems: Problems, depth: int = 0) -> object:
    """Return a node as text, number, true or false, nothing, list or dict; dates stay text."""
    if depth > _DEEPEST:
        problems.add(node, f"嵌套超过 {_DEEPEST} 层")
        return None
    if isinstance(node, yaml.MappingNode):
        found = pairs(node, problems)
        return {name: plain(value, problems, depth + 1) for _, name, value in found}
    if isinstance(node, yaml.SequenceNode):
        return [plain(one, problems, depth + 1) for one in node.value]
    return _scalar(node, problems)


def _scalar(node: yaml.Node, problems: Problems) -> object:
    text = str(node.value)
    if node.tag in _CONSTANTS:
        empty = None if node.tag.endswith("null") else False
        return _CONSTANTS[node.tag].get(text.lower(), empty)
    if node.tag not in (_INT, _FLOAT):
        return text
    try:
        return int(text, 0) if node.tag == _INT else float(text)
    except ValueError:
        problems.add(node, f"读不了数字 {text}")
        return None
