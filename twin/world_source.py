"""Compose a world's YAML: its own keys, and those of the world it `extends`."""

from pathlib import Path
from typing import TypeAlias

import yaml

Pair: TypeAlias = tuple[yaml.Node, yaml.Node]
_WORLDS = Path(__file__).parent / "worlds"
_EXTENDS, _HEADING = "extends", "accounts"
_SCRIPTS = "scripts"  # what people did there may make no sense here


class BadSource(Exception):
    """A world cannot be composed; the message begins with file:line:column."""


def compose(wanted: Path) -> yaml.Node:
    """Return the world in this file, or the bundled one of this name, as one mapping.

    `accounts:` is a heading for people; what stands below it are keys like the others. A key
    replaces the whole key of the extended world; its scripts stay behind. Raises BadSource.
    """
    return _composed(_found(wanted), ())


def _found(wanted: Path, near: Path | None = None) -> Path:
    beside = near.parent / wanted if near else wanted
    bundled = _WORLDS / f"{wanted.name}.yaml"
    return bundled if not beside.is_file() and bundled.exists() else beside


def _composed(path: Path, above: tuple[Path, ...]) -> yaml.Node:
    node = _read(path)
    if not isinstance(node, yaml.MappingNode):
        return node
    own = _flat(node)
    base = next((value for key, value in own if _name(key) == _EXTENDS), None)
    own = [pair for pair in own if _name(pair[0]) != _EXTENDS]
    node.value = own if base is None else _extended(path, (*above, path), base, own)
    return node


def _extended(path: Path, above: tuple[Path, ...], base: yaml.Node, own: list[Pair]) -> list[Pair]:
    if not isinstance(base, yaml.ScalarNode) or not base.value:
        raise BadSource(f"{_place(base)}: {_EXTENDS} 应为一个世界的名字或文件")
    lower = _found(Path(base.value), path)
    if lower in above:
        raise BadSource(f"{_place(base)}: {_EXTENDS} 绕了一圈，又回到 {base.value}")
    if not lower.is_file():
        raise BadSource(f"{_place(base)}: 没有世界 {base.value}")
    inherited = _composed(lower, above)
    if not isinstance(inherited, yaml.MappingNode):
        raise BadSource(f"{_place(inherited)}: 世界应为一组 键: 值")
    names = {_SCRIPTS, *(_name(key) for key, _ in own)}
    return [*(pair for pair in inherited.value if _name(pair[0]) not in names), *own]


def _read(path: Path) -> yaml.Node:
    try:
        loader = yaml.SafeLoader(path.read_text("utf-8"))
        loader.name = str(path)  # so that every mark names its file
        node = loader.get_single_node()
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as cause:
        raise BadSource(f"{path}: 读不了这个世界：{cause}") from cause
    if node is None:
        raise BadSource(f"{path}:1:1: 文件是空的")
    return node


def _flat(node: yaml.MappingNode) -> list[Pair]:
    flat: list[Pair] = []
    for key, value in node.value:
        below = _name(key) == _HEADING and isinstance(value, yaml.MappingNode)
        flat.extend(value.value if below else [(key, value)])
    return flat


def _name(key: yaml.Node) -> str:
    return str(key.value) if isinstance(key, yaml.ScalarNode) else ""


def _place(node: yaml.Node) -> str:
    mark = node.start_mark
    return f"{mark.name}:{mark.line + 1}:{mark.column + 1}"
