"""What became of an answer that was to travel inside a response: written whole, or not at all."""

from datetime import timedelta

import structlog

from bot import metrics
from bot.actions import State
from bot.clock import Clock, micros_of
from bot.db import ledger
from bot.db.patience import patiently
from bot.db.tx import Database
from bot.errors import DatabaseTrouble

log = structlog.get_logger()


class Responses:
    """Notes what only whoever held the connection knows. `fallback`: how long nobody else guesses.

    Repeating a note is safe.
    """

    def __init__(self, db: Database, clock: Clock, fallback: timedelta) -> None:
        self._db = db
        self._clock = clock
        self._fallback = fallback

    async def written(self, inbox_id: int) -> None:
        """Note that a response was written whole, once the database lets us.

        A database that stays away until the fallback is over is logged: then the answer is unknown.
        """
        now_us = self._clock()
        try:
            row = await patiently(
                self._db, lambda tx: ledger.answered(tx, inbox_id, now_us), self._fallback
            )
        except DatabaseTrouble:
            log.exception("answer_not_noted", inbox=inbox_id)
            return
        if row is not None:
            metrics.EFFECTS.labels(row["kind"], State.DONE).inc()
            log.info(
                "performed", effect=row["id"], kind=row["kind"], state=State.DONE, code=0,
                attempt=row["attempts"],
            )  # fmt: skip

    async def empty(self, inbox_id: int) -> None:
        """Note that a response went out without its answer, which follows as a message.

        Raises DatabaseTrouble.
        """
        now_us, after_us = self._clock(), micros_of(self._fallback)
        await self._db.write(lambda tx: ledger.not_answered(tx, inbox_id, now_us, after_us))
