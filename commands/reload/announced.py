"""Tells the other processes, Prometheus and the status page which rules this process goes by."""

from collections.abc import Mapping
from datetime import UTC, datetime

import structlog

from bot import metrics
from bot.db.workers import Rules
from bot.errors import DatabaseTrouble
from bot.lease import Lease
from commands.reload.fresh import Standing

log = structlog.get_logger()


class Announced:
    """What has been told of the rules of one process."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._hash = ""

    async def __call__(self, standing: Standing) -> None:
        """Tell how things are; a database that cannot be written hears of it with the next beat."""
        if self._hash not in ("", standing.hash):
            metrics.RULESET_INFO.labels(self._hash).set(0)
        self._hash = standing.hash
        metrics.RULESET_INFO.labels(standing.hash).set(1)
        try:
            await self._lease.go_by(Rules(hash=standing.hash, problems=len(standing.problems)))
        except DatabaseTrouble:
            log.warning("ruleset_not_told", ruleset=standing.hash)


def shown(standing: Standing) -> Mapping[str, object]:
    """Return how the rules stand for the status page; nothing while there are none."""
    if not standing.since_s:
        return {}
    since = datetime.fromtimestamp(standing.since_s, UTC)
    return {
        "count": standing.count,
        "since": since.isoformat(timespec="seconds"),
        "problems": list(standing.problems),
        "trouble": standing.trouble,
    }
