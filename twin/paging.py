"""Opaque cursors of WeCom's lists: where the next page begins."""

from collections.abc import Sequence
from typing import TypeVar

from twin.shape import BadShape, Json, text, whole

_Item = TypeVar("_Item")
_MARK = "CURSOR"


def page_of(args: Json, listed: Sequence[_Item], usual: int, most: int) -> tuple[list[_Item], str]:
    """Return the page that `cursor` and `limit` ask for, and the next cursor, "" at the end.

    Raises BadShape for a strange cursor or a limit that is not positive.
    """
    limit = min(whole(args, "limit", usual) or usual, most)
    if limit < 1:
        raise BadShape("limit")
    start = _start(text(args, "cursor", ""))
    end = start + limit
    return list(listed[start:end]), f"{_MARK}{end}" if end < len(listed) else ""


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    number = cursor.removeprefix(_MARK)
    if not cursor.startswith(_MARK) or not (number.isascii() and number.isdigit()):
        raise BadShape("cursor")
    return int(number)
