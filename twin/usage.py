"""How often each API was called today, and how often the counts were cleared this month."""

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
CLEARINGS, SINGLE_CLEARINGS = 10, 50  # a month (oa/api.md section 10)


class Usage:
    """Calls by account and path; the day and the month are China's."""

    def __init__(self) -> None:
        self._calls: Counter[tuple[str, str]] = Counter()
        self._clearings: Counter[tuple[str, str]] = Counter()
        self._day = 0

    def count(self, account: str, path: str, now: float) -> None:
        """Count one call."""
        self._turn(now)
        self._calls[account, path] += 1

    def used(self, account: str, path: str, now: float) -> int:
        """Return how often this API was called today."""
        self._turn(now)
        return self._calls[account, path]

    def clear(self, account: str, now: float, path: str = "") -> bool:
        """Begin to count again, one API or all of them.

        False when that was done ten times this month, for single APIs fifty times.
        """
        month = f"{_china(now):%Y-%m}{' single' if path else ''}"
        if self._clearings[account, month] >= (SINGLE_CLEARINGS if path else CLEARINGS):
            return False
        self._clearings[account, month] += 1
        for key in [one for one in self._calls if one[0] == account and path in ("", one[1])]:
            del self._calls[key]
        return True

    def _turn(self, now: float) -> None:
        today = _china(now).toordinal()
        if today != self._day:
            self._calls.clear()
            self._day = today


def _china(now: float) -> datetime:
    return datetime.fromtimestamp(now, UTC).astimezone(CHINA)
