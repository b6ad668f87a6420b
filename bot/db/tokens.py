"""Access tokens as they are stored: one row an account, its generation rising."""

from dataclasses import dataclass

from bot.db.tx import Database, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredToken:
    """A token with its generation; `expires_us` is business time in UTC microseconds."""

    value: str
    generation: int
    expires_us: int
    fetched_us: int


class TokenShelf:
    """Keeps tokens in the database, so that a restart does not fetch a new one."""

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

    async def keep(
        self, account: str, *, value: str, generation: int, expires_us: int, fetched_us: int
    ) -> None:
        """Store a token unless a newer generation is there already."""

        async def work(tx: Tx) -> None:
            await tx.run(
                "INSERT INTO token(account, value, generation, expires_us, fetched_us)"
                " VALUES(?,?,?,?,?) ON CONFLICT(account) DO UPDATE SET value = excluded.value,"
                " generation = excluded.generation, expires_us = excluded.expires_us,"
                " fetched_us = excluded.fetched_us WHERE excluded.generation > generation",
                account, value, generation, expires_us, fetched_us,
            )  # fmt: skip

        await self._db.write(work)
