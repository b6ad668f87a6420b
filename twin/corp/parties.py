"""Departments as receivers and ranges; the corp of a world has one, the root with everybody."""

from collections.abc import Iterable

from twin.host import Denied
from twin.shape import BadShape, Json
from twin.stage import Stage

ROOT = 1


def parties(args: Json, key: str) -> tuple[int, ...]:
    """Return the department ids under `key`. Raises BadShape, or Denied 40066 for a strange one."""
    found = args.get(key) or []
    if not isinstance(found, list) or not all(type(one) is int for one in found):
        raise BadShape(key)
    if any(one != ROOT for one in found):
        raise Denied(40066, "invalid party list")
    return tuple(found)


def members(stage: Stage, wanted: Iterable[int]) -> list[str]:
    """Return the employees of these departments that the app may see."""
    if ROOT not in wanted:
        return []
    return [one.userid for one in stage.world.staff if stage.world.in_scope(one.userid)]
