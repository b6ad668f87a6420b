"""What operators should see today, told from outside a decision."""

from bot.clock import Now
from bot.db import journal
from bot.db.tx import Database


class NoticeShelf:
    """Shows operators something once for each name, without asking the database twice."""

    def __init__(self, db: Database, now: Now) -> None:
        self._db = db
        self._now = now
        self._shown: set[str] = set()

    async def warn(self, name: str, text: str) -> None:
        """Show a text; the same name is shown once. Raises DatabaseTrouble."""
        if name in self._shown:
            return
        await self._db.write(lambda tx: journal.notice(tx, name, text, self._now()))
        self._shown.add(name)
