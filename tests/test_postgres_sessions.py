"""PostgreSQL's sessions when they break in the middle, or may not write: told, and made anew."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import asyncpg
import pytest

from bot.db.location import Postgres
from bot.db.opening import connected
from bot.db.postgres import PostgresDatabase
from bot.db.postgres_trouble import told_plainly
from bot.db.tx import Database, Tx
from bot.errors import DatabaseTrouble
from tests import servers

OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def place() -> Postgres:
    return servers.postgres().migrated()


@pytest.fixture
async def db(place: Postgres) -> AsyncIterator[Database]:
    async with connected(place) as one:
        yield one


async def count_up(tx: Tx) -> int:
    await tx.run(
        "INSERT INTO meta(key, value) VALUES('n', '1')"
        " ON CONFLICT(key) DO UPDATE SET value = (meta.value::int + 1)::text"
    )
    row = await tx.one("SELECT value FROM meta WHERE key = 'n'")
    return int(row["value"]) if row else 0


def test_what_the_driver_says_of_a_broken_session_is_trouble_with_the_database(
    place: Postgres,
) -> None:
    with pytest.raises(DatabaseTrouble, match="连不上"), told_plainly(place):
        raise asyncpg.InternalClientError("cannot switch to state 12")


async def test_sessions_ended_under_load_cost_trouble_and_nothing_else(
    db: Database, place: Postgres
) -> None:
    kept: list[int] = []

    async def count_on() -> None:
        for _ in range(60):
            with contextlib.suppress(DatabaseTrouble):
                kept.append(await db.write(count_up))

    async def end_them() -> None:
        for _ in range(8):
            await asyncio.sleep(0.03)
            await servers.run(place, OTHERS)

    await asyncio.gather(*(count_on() for _ in range(6)), end_them())
    assert len(set(kept)) == len(kept) <= await db.write(count_up) - 1


async def test_a_transaction_whose_session_ends_is_trouble_and_leaves_nothing(
    db: Database, place: Postgres
) -> None:
    async def lose(tx: Tx) -> None:
        await count_up(tx)
        await servers.run(place, OTHERS)
        await tx.run("SELECT 1")

    with pytest.raises(DatabaseTrouble, match="连不上"):
        await db.write(lose)
    assert await db.write(count_up) == 1


async def test_where_a_role_may_write_again_its_next_write_works(
    db: Database, place: Postgres
) -> None:
    name = place.dsn.partition("?")[0].rpartition("/")[2]
    await servers.run(place, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await servers.run(place, OTHERS)
    with pytest.raises(DatabaseTrouble, match=r"只能读|连不上"):
        await db.write(count_up)
    with pytest.raises(DatabaseTrouble, match="只能读"):
        await db.write(count_up)
    await servers.run(
        place,
        "SET default_transaction_read_only = off",
        f"ALTER DATABASE {name} SET default_transaction_read_only = off",
    )
    assert await db.write(count_up) == 1


async def test_a_session_that_cannot_be_cleared_is_not_handed_on(
    place: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = PostgresDatabase(place)
    await db.start()
    execute = asyncpg.Connection.execute

    async def deaf(session: asyncpg.Connection, sql: str, *args: object) -> str:
        if sql == "ROLLBACK":
            raise TimeoutError
        return str(await execute(session, sql, *args))

    async def half(tx: Tx) -> None:
        await count_up(tx)
        raise LookupError("a decision that is not to be kept")

    with monkeypatch.context() as frozen:
        frozen.setattr(asyncpg.Connection, "execute", deaf)
        with pytest.raises(LookupError):
            await db.write(half)
    try:
        assert await db.write(count_up) == 1
    finally:
        await db.close()
