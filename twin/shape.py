"""Read JSON that came over the wire: a value of the asked kind, or the name of what is wrong."""

import json
from typing import TypeAlias

Json: TypeAlias = dict[str, object]


class BadShape(Exception):
    """A field is missing or of the wrong kind; `key` names it, "" means the whole body."""

    def __init__(self, key: str) -> None:
        super().__init__(f"bad or missing: {key or 'body'}")
        self.key = key


def read(raw: bytes) -> Json:
    """Return the JSON object in `raw`; an empty body is an empty object. Raises BadShape."""
    try:
        found: object = json.loads(raw or b"{}")
    except (ValueError, RecursionError) as cause:
        raise BadShape("") from cause
    return _record(found, "")


def text(args: Json, key: str, default: str | None = None) -> str:
    """Return the text under `key`; without a default it must be there. Raises BadShape."""
    found = args.get(key, default)
    if not isinstance(found, str):
        raise BadShape(key)
    return found


def whole(args: Json, key: str, default: int | None = None) -> int:
    """Return the integer under `key`, also when written as digits in text. Raises BadShape."""
    found = args.get(key, default)
    if isinstance(found, str) and found.isascii() and found.isdigit():
        return int(found)
    if isinstance(found, bool) or not isinstance(found, int):
        raise BadShape(key)
    return found


def number(args: Json, key: str, default: float | None = None) -> float:
    """Return the number under `key`. Raises BadShape."""
    found = args.get(key, default)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise BadShape(key)
    return float(found)


def flag(args: Json, key: str) -> bool:
    """Return whether `key` is set: true, 1 or "1"."""
    return args.get(key) in (True, 1, "1")


def texts(args: Json, key: str) -> tuple[str, ...]:
    """Return the list of texts under `key`, empty when absent. Raises BadShape."""
    found = args.get(key) or []
    if not isinstance(found, list):
        raise BadShape(key)
    items = tuple(item for item in found if isinstance(item, str))
    if len(items) != len(found):
        raise BadShape(key)
    return items


def record(args: Json, key: str) -> Json:
    """Return the object under `key`, empty when absent. Raises BadShape."""
    return _record(args.get(key) or {}, key)


def records(args: Json, key: str) -> tuple[Json, ...]:
    """Return the list of objects under `key`, empty when absent. Raises BadShape."""
    found = args.get(key) or []
    if not isinstance(found, list):
        raise BadShape(key)
    return tuple(_record(item, key) for item in found)


def _record(found: object, key: str) -> Json:
    if not isinstance(found, dict):
        raise BadShape(key)
    return {str(name): item for name, item in found.items()}
