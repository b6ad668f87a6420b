"""Closed APIs of an account, as `bot.platforms.closings` writes them down; a restart finds them."""

from collections.abc import Mapping

from bot.db.memory import remember
from bot.db.tx import Database, Tx

_PREFIX = "closed:"


class BlockShelf:
    """Keeps one text an account and API."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def load(self, account: str) -> Mapping[str, str]:
        """Return what is remembered, by API."""

        async def work(tx: Tx) -> dict[str, str]:
            rows = await tx.all(
                "SELECT name, value FROM memory WHERE account = ? AND name LIKE ?",
                account, f"{_PREFIX}%",
            )  # fmt: skip
            return {r["name"].removeprefix(_PREFIX): r["value"] for r in rows if r["value"]}

        return await self._db.read(work)

    async def keep(self, account: str, api: str, text: str) -> None:
        """Remember a text for an API; "" forgets it. Repeating is safe."""
        await self._db.write(lambda tx: remember(tx, account, {f"{_PREFIX}{api}": text}))
