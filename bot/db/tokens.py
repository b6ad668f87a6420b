"""Access tokens as they are stored: one row an account, its generation rising."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.db.memory import recalled, remember
from bot.db.tx import Database, Tx

_LEASE, _TRIES = "token_lease", "token_tries:"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredToken:
    """A token with its generation; `expires_us` is business time in UTC microseconds."""

    value: str
    generation: int
    expires_us: int
    fetched_us: int


LeaseClock = Callable[[Tx], Awaitable[int]]  # UTC microseconds


async def database_time(tx: Tx) -> int:
    """Return the database's own time: processes on several machines agree on it."""
    return await tx.clock_us()


class TokenShelf:
    """Keeps tokens in the database: a restart fetches none, and of many processes one fetches.

    `secret` names the secret that tokens are asked for with, and does not tell it: how asking with
    another one went says nothing of it.
    """

    def __init__(
        self, db: Database, clock: LeaseClock = database_time, *, secret: str = ""
    ) -> None:
        self._db = db
        self._clock = clock
        self._tries = f"{_TRIES}{secret}"

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

    async def lease(self, account: str, lives_us: int) -> int:
        """Take the right to fetch for so long; return until when, 0 while somebody else has it.

        Until when is the database's time, which all processes share. A lease that ends later than
        ours would was written before that clock was put back: it is void.
        """

        async def work(tx: Tx) -> int:
            await tx.lock(f"token:{account}")
            now_us = await self._clock(tx)
            held_until = await recalled(tx, account, _LEASE)
            if held_until and now_us < int(held_until) <= now_us + lives_us:
                return 0
            await remember(tx, account, {_LEASE: str(now_us + lives_us)})
            return now_us + lives_us

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
                " fetched_us = excluded.fetched_us WHERE excluded.generation > token.generation",
                account, value, generation, expires_us, fetched_us,
            )  # fmt: skip
            return changed == 1

        return await self._db.write(work)

    async def tries(self, account: str) -> str:
        """Return what was last told of how asking for a token went, or ""."""

        async def work(tx: Tx) -> str:
            return await recalled(tx, account, self._tries) or ""

        return await self._db.read(work)

    async def tell_tries(self, account: str, text: str) -> None:
        """Tell every process how asking for a token went. Repeating is safe."""
        await self._db.write(lambda tx: remember(tx, account, {self._tries: text}))


async def end_leases(tx: Tx) -> None:
    """End every right to fetch, and every wait for one: the caller is the only process.

    Who held a right is gone; who starts again has probably put right what was refused.
    """
    await tx.run("UPDATE memory SET value = '0' WHERE name = ?", _LEASE)
    await tx.run("DELETE FROM memory WHERE name LIKE ?", f"{_TRIES}%")
