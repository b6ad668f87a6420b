"""What the calls of an account must know next time, kept by name."""

from collections.abc import Mapping

from bot.db.tx import Database, Tx

VERIFIED = "url_verified_us"  # when the callback URL of an account was last verified


class MemoryShelf:
    """Reads what was remembered. Calls write only together with their outcome."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def recall(self, account: str, name: str) -> str:
        """Return what an account remembers under a name, or ""."""

        async def work(tx: Tx) -> str:
            return await recalled(tx, account, name) or ""

        return await self._db.read(work)


async def recalled(tx: Tx, account: str, name: str) -> str | None:
    """Return what an account remembers under a name, or None."""
    row = await tx.one("SELECT value FROM memory WHERE account = ? AND name = ?", account, name)
    return None if row is None else str(row["value"])


async def forget(tx: Tx, account: str, name: str) -> None:
    """Forget what an account remembers under a name; repeating it is safe."""
    await tx.run("DELETE FROM memory WHERE account = ? AND name = ?", account, name)


async def remember(tx: Tx, account: str, values: Mapping[str, str]) -> None:
    """Remember values by name; a later value takes the place of an earlier one."""
    for name, value in values.items():
        await tx.run(
            "INSERT INTO memory(account, name, value) VALUES(?,?,?)"
            " ON CONFLICT(account, name) DO UPDATE SET value = excluded.value",
            account, name, value,
        )  # fmt: skip
