"""Find where in a world's YAML a part of it stands that does not fit the others."""

import yaml

from twin.scripts.nodes import place, written


def place_of(world: yaml.Node, words: str) -> str:
    """Return file:line:column of what a mistake begins with (`posters.door: …`), as near as known.

    Each part of the dotted path is a key, or names an item of a list by any of its texts.
    """
    path = words.partition(":")[0].partition(" ")[0].split(".")
    here = world
    for part in path:
        found = _inside(here, part) or (_anywhere(world, part) if here is world else None)
        here = found or here
    return place(here)


def _inside(node: yaml.Node, part: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if written(key) == part), None)
    if isinstance(node, yaml.SequenceNode):
        return next((item for item in node.value if _is_called(item, part)), None)
    return None


def _anywhere(world: yaml.Node, part: str) -> yaml.Node | None:
    """Return the item of this name in any list of the world: an account's id says it all."""
    sections = (value for _, value in world.value) if isinstance(world.value, list) else ()
    lists = (one for one in sections if isinstance(one, yaml.SequenceNode))
    return next((found for one in lists if (found := _inside(one, part))), None)


def _is_called(item: yaml.Node, part: str) -> bool:
    values = [value for _, value in item.value] if isinstance(item, yaml.MappingNode) else [item]
    return any(written(value) == part for value in values)
