"""Access tokens as they are stored: one row an account, its generation rising."""

from dataclasses import dataclass

from bot.db.memory import remember
from bot.db.tx import Database, Tx

_LEASE = "token_lease"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredToken:
    """A token with its generation; `expires_us` is business time in UTC microseconds."""

    value: str
    generation: int
    expires_us: int
    fetched_us: int


class TokenShelf:
    """Keeps tokens in the database: a restart fetches none, and of many processes one fetches."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def load(self, account: str) -> StoredToken | None:
        """Return the stored token of an account, or None."""

        async def work(tx: Tx) -> StoredToken | None:
            row = await tx.one("SELECT * FROM token WHERE account = ?", account)
            if row is None:
                return None
            return StoredToken(
                value=row["value"],
                generation=row["generation"],
                expires_us=row["expires_us"],
                fetched_us=row["fetched_us"],
            )

        return await self._db.read(work)

    async def lease(self, account: str, now_us: int, until_us: int) -> bool:
        """Take the right to fetch until a moment; False while somebody else has it.

        A lease that ends later than ours would was written by a clock that ran ahead: it is void.
        """

        async def work(tx: Tx) -> bool:
            row = await tx.one(
                "SELECT value FROM memory WHERE account = ? AND name = ?", account, _LEASE
            )
            if row and now_us < int(row["value"]) <= until_us:
                return False
            await remember(tx, account, {_LEASE: str(until_us)})
            return True

        return await self._db.write(work)

    async def give_back(self, account: str, until_us: int) -> None:
        """End the right to fetch that was taken until then; nobody else's is touched."""
        await self._db.write(
            lambda tx: tx.run(
                "UPDATE memory SET value = '0' WHERE account = ? AND name = ? AND value = ?",
                account, _LEASE, str(until_us),
            )
        )  # fmt: skip

    async def keep(
        self, account: str, *, value: str, generation: int, expires_us: int, fetched_us: int
    ) -> bool:
        """Store a token; False when this generation or a newer one is there already."""

        async def work(tx: Tx) -> bool:
            changed = await tx.run(
                "INSERT INTO token(account, value, generation, expires_us, fetched_us)"
                " VALUES(?,?,?,?,?) ON CONFLICT(account) DO UPDATE SET value = excluded.value,"
                " generation = excluded.generation, expires_us = excluded.expires_us,"
                " fetched_us = excluded.fetched_us WHERE excluded.generation > generation",
                account, value, generation, expires_us, fetched_us,
            )  # fmt: skip
            return changed == 1

        return await self._db.write(work)


async def end_leases(tx: Tx) -> None:
    """End every right to fetch: who held one is gone; the caller is the only process."""
    await tx.run("UPDATE memory SET value = '0' WHERE name = ?", _LEASE)
