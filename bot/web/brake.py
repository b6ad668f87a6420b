"""Slows down who tries wrong keys: a few a minute from one address, then a refusal to look."""

from collections import OrderedDict, deque

WRONG_KEYS = 20
WITHIN_US = 60 * 1_000_000
_MOST_PLACES = 1_000


class Brake:
    """Remembers when an address sent wrong keys; in memory, since a key cannot be guessed anyway.

    A right key passes whatever came from its address before: a stranger behind the same router
    must not stop the till.
    """

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, deque[int]] = OrderedDict()

    def wrong(self, place: str, now_us: int) -> int:
        """Count a wrong key; return how many seconds to wait, 0 while there are few."""
        seen = self._wrong.pop(place, deque(maxlen=WRONG_KEYS))
        full = len(seen) == WRONG_KEYS and now_us - seen[0] < WITHIN_US
        wait_us = WITHIN_US - (now_us - seen[0]) if full else 0
        if not full:
            seen.append(now_us)
        self._wrong[place] = seen
        if len(self._wrong) > _MOST_PLACES:
            self._wrong.popitem(last=False)
        return -(-wait_us // 1_000_000)
