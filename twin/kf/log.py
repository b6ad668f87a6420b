"""What `kf/sync_msg` reads: the messages and events of one kf account, in pages, for three days."""

from collections.abc import Sequence
from dataclasses import dataclass

from twin.mint import mint
from twin.shape import Json

KEPT_S = 259_200
TOKEN_S = 600
LARGEST_PAGE = 1000
_BLANK = "blank"


class BadCursor(Exception):
    """The cursor was never given out for this kf account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of `msg_list`: when it came, and its exact JSON."""

    at: float
    told: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer of `sync_msg`."""

    items: Sequence[Item]
    next_cursor: str
    has_more: bool


class Log:
    """The messages and events of one kf account, oldest first. Nothing leaves it, it only ages."""

    def __init__(self, open_kfid: str) -> None:
        self._open_kfid = open_kfid
        self._items: list[Item] = []
        self._cursors: dict[str, tuple[int, bool]] = {}  # cursor -> (position, after a blank page)
        self._tokens: dict[str, float] = {}

    def next_msgid(self) -> str:
        """Return the msgid the next item will have."""
        return mint("", 28, self._open_kfid, "item", str(len(self._items)))

    def append(self, item: Item) -> None:
        """Add the newest item."""
        self._items.append(item)

    def token(self, now: float) -> str:
        """Return a new token, as a callback carries it; it opens the log for ten minutes."""
        token = f"ENC{mint('', 40, self._open_kfid, 'token', str(len(self._tokens)))}"
        self._tokens[token] = now
        return token

    def opened_by(self, token: str, now: float) -> bool:
        """Tell whether a callback of this account carried the token within the last ten minutes."""
        issued = self._tokens.get(token)
        return issued is not None and now - issued <= TOKEN_S

    def page(self, cursor: str, most: int, now: float, *, blank: bool = False) -> Page:
        """Return up to `most` items after `cursor`, "" for the oldest of three days.

        With `blank`, every page with items comes after an empty one that says has_more.
        Repeating reads the same page and what came since. Raises BadCursor.
        """
        start, after_blank = self._position(cursor)
        while start < len(self._items) and now - self._items[start].at > KEPT_S:
            start += 1
        if blank and not after_blank and start < len(self._items):
            return Page(items=(), next_cursor=self._cursor(start, blank=True), has_more=True)
        items = self._items[start : start + most]
        end = start + len(items)
        return Page(
            items=items,
            next_cursor=self._cursor(end, blank=False),
            has_more=end < len(self._items),
        )

    def _position(self, cursor: str) -> tuple[int, bool]:
        if not cursor:
            return 0, False
        if cursor not in self._cursors:
            raise BadCursor(cursor)
        return self._cursors[cursor]

    def _cursor(self, position: int, *, blank: bool) -> str:
        cursor = mint("", 40, self._open_kfid, "cursor", str(position), _BLANK if blank else "")
        self._cursors[cursor] = (position, blank)
        return cursor
