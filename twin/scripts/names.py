"""The names a script may use: read off a world's nodes, so that a broken world has them too."""

from collections.abc import Iterable, Iterator, Mapping

import yaml

from twin.scripts.nodes import written

Names = Mapping[str, frozenset[str]]

# Each key of a world: the kind of names it holds, and the fields they stand in; none: bare texts.
_SECTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "customers": ("customers", ()),
    "staff": ("staff", ("userid", "name")),
    "posters": ("posters", ("id", "scene")),
    "entry_codes": ("codes", ("id", "state")),
    "groups": ("groups", ("chat_id", "name")),
    "kf": ("kf", ("open_kfid", "name")),
    "oa": ("oa", ("id",)),
    "aibot": ("bots", ("id", "name")),
    "sources": ("sources", ("id",)),
    "tills": ("tills", ("id",)),
}
# Lists inside the items of a key, in the same way.
_INSIDE: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "kf": ("scenes", "scenes", ()),
    "aibot": ("internal_groups", "rooms", ("chat_id", "name")),
}


def names_of(world: yaml.Node) -> Names:
    """Return every name of a composed world, by kind. Whatever cannot be read has none."""
    found: dict[str, set[str]] = {kind: set() for kind, _ in _SECTIONS.values()}
    found |= {kind: set() for _, kind, _ in _INSIDE.values()}
    for key, section in _mapping(world):
        if key not in _SECTIONS:
            continue
        kind, fields = _SECTIONS[key]
        found[kind].update(_texts(section, fields))
        if key in _INSIDE:
            below, kind, fields = _INSIDE[key]
            for item in _items(section):
                for name, inner in _mapping(item):
                    found[kind].update(_texts(inner, fields) if name == below else ())
    return {kind: frozenset(one for one in some if one) for kind, some in found.items()}


def made_groups(steps: Iterable[yaml.Node]) -> Iterator[str]:
    """Yield what groups are called that a script itself opens."""
    for step in steps:
        for verb, value in _mapping(step):
            if verb == "create_group":
                yield from _texts(yaml.SequenceNode("", [value]), ("name", "chat_id"))


def _texts(section: yaml.Node, fields: tuple[str, ...]) -> Iterator[str]:
    for item in _items(section):
        if not fields:
            yield written(item)
        yield from (written(value) for name, value in _mapping(item) if name in fields)


def _items(node: yaml.Node) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _mapping(node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        yield written(key), value
