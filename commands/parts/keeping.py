"""For how long a home keeps what, out of its settings."""

from datetime import timedelta

from bot.clock import micros_of
from bot.db.retention import Keeping
from config.settings import Settings


def keeping_of(settings: Settings) -> Keeping:
    """Return for how long what is kept."""
    return Keeping(
        bodies_us=_days(settings.keep_bodies_days),
        requests_us=_days(settings.keep_requests_days),
        traces_us=_days(settings.keep_traces_days),
        dedupe_us=_days(settings.dedupe_days),
        ledger_us=_days(settings.keep_ledger_days),
    )


def _days(days: float) -> int:
    return micros_of(timedelta(days=days))
