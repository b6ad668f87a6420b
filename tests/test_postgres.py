"""PostgreSQL in trouble: away and back, in conflict, half migrated; and its own words."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from bot.db import schema
from bot.db.location import Postgres
from bot.db.opening import connected, opened
from bot.db.postgres import Limits, PostgresDatabase, numbered
from bot.db.schema import known_migrations, migrate, status
from bot.db.tx import Database, Tx
from bot.errors import DatabaseTrouble
from tests import servers
from tests.rooms import INSTANCE_KEY
from tests.source import ROOT

MIGRATOR = """
import asyncio, sys
from bot.db import schema
from bot.db.location import Postgres

written = schema._script

async def slow(names, engine):
    first, _, rest = (await written(names, engine)).partition("CREATE INDEX")
    return f"{first}SELECT pg_sleep(60);CREATE INDEX{rest}"

schema._script = slow
asyncio.run(schema.migrate(Postgres(dsn=sys.argv[1])))
"""


@pytest.fixture
def place() -> Postgres:
    return servers.postgres().migrated()


@pytest.fixture
async def db(place: Postgres) -> AsyncIterator[Database]:
    async with connected(place) as one:
        yield one


@pytest.fixture
def crashing() -> Iterator[servers.PostgresServer]:
    """The server, to be stopped by the test and running again after it."""
    server = servers.postgres()
    yield server
    server.start()


async def touch(tx: Tx) -> None:
    await tx.run(
        "INSERT INTO meta(key, value) VALUES('touched', '1')"
        " ON CONFLICT(key) DO UPDATE SET value = excluded.value"
    )


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("SELECT 1", "SELECT 1"),
        ("a = ? AND b = ?", "a = $1 AND b = $2"),
        ("a = '?' AND b = ?", "a = '?' AND b = $1"),
        ("a = 'it''s ?' AND b = ?", "a = 'it''s ?' AND b = $1"),
        ('"odd?" = ?', '"odd?" = $1'),
    ],
)
def test_placeholders_are_numbered_outside_of_quotes(written: str, sent: str) -> None:
    assert numbered(written) == sent


async def test_every_session_commits_to_disk_and_waits_for_nothing_without_end(
    db: Database,
) -> None:
    async def look(tx: Tx) -> dict[str, str]:
        rows = await tx.all("SELECT name, setting FROM pg_settings WHERE setting <> '0'")
        return {row["name"]: row["setting"] for row in rows}

    told = await db.write(look)
    assert told["synchronous_commit"] == "on"
    assert told["default_transaction_isolation"] == "read committed"
    assert told["application_name"] == "xiaoer"
    for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        assert int(told[limit]) <= 10_000, limit


async def test_two_who_take_rows_crosswise_both_finish(db: Database) -> None:
    async def rows(tx: Tx) -> None:
        await tx.run("INSERT INTO meta(key, value) VALUES('a', '0'), ('b', '0')")

    await db.write(rows)
    ready = asyncio.Barrier(2)
    waited: set[str] = set()

    def crosswise(first: str, second: str) -> object:
        async def work(tx: Tx) -> None:
            await tx.run("UPDATE meta SET value = value || ? WHERE key = ?", first, first)
            if first not in waited:  # only the first time, so that the second can go through
                waited.add(first)
                await ready.wait()
            await tx.run("UPDATE meta SET value = value || ? WHERE key = ?", first, second)

        return db.write(work)

    await asyncio.gather(crosswise("a", "b"), crosswise("b", "a"))  # type: ignore[call-overload]
    found = await db.read(lambda tx: tx.all("SELECT value FROM meta WHERE key IN ('a', 'b')"))
    assert sorted("".join(sorted(row["value"])) for row in found) == ["0ab", "0ab"]


async def test_a_swallowed_failure_is_never_told_as_success(db: Database) -> None:
    async def careless(tx: Tx) -> None:
        await touch(tx)
        try:
            await tx.run("INSERT INTO meta(key, value) VALUES('touched', '2')")
        except asyncpg.UniqueViolationError:
            return

    with pytest.raises(RuntimeError, match="nothing of the transaction"):
        await db.write(careless)
    found = await db.read(lambda tx: tx.one("SELECT count(*) AS n FROM meta"))
    assert found is not None
    assert found["n"] == 0


async def test_a_lock_that_another_holds_is_not_taken(db: Database) -> None:
    async def outer(tx: Tx) -> bool:
        await tx.lock("mine")
        return await db.write(lambda other: other.try_lock("mine"))

    assert await db.write(outer) is False


async def test_a_lock_is_waited_for_in_bounded_time(place: Postgres) -> None:
    db = PostgresDatabase(place, Limits(lock_s=1))
    await db.start()

    async def outer(tx: Tx) -> None:
        await tx.lock("mine")
        await db.write(lambda other: other.lock("mine"))

    with pytest.raises(DatabaseTrouble, match="没等到"):
        await db.write(outer)
    await db.close()


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        (("host=", "host=/nowhere"), "连不上"),
        (("/t", "/absent_t"), "没有这个库"),
        (("postgres:", "nobody:hunter2"), "不让登录"),
        (("?host", "?sslmode=wrong&host"), "写得不对"),
    ],
)
async def test_an_address_that_does_not_work_is_explained_without_its_password(
    place: Postgres, change: tuple[str, str], advice: str
) -> None:
    dsn = place.dsn.replace("postgres:@", "postgres:hunter2@").replace(*change, 1)
    if advice != "不让登录":
        dsn = dsn.replace("nobody", "postgres")
    with pytest.raises(DatabaseTrouble, match=advice) as trouble:
        async with connected(Postgres(dsn=dsn)):
            pass
    assert "hunter2" not in str(trouble.value)


async def test_without_its_driver_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    place = Postgres(dsn="postgresql://bo:pw@db/shop")
    with pytest.raises(DatabaseTrouble, match=r"requirements\.lock"):
        status(place)
    with pytest.raises(DatabaseTrouble, match=r"requirements\.lock"):
        await migrate(place)


async def test_while_the_server_is_away_writes_fail_soon_and_afterwards_they_work_again(
    db: Database, crashing: servers.PostgresServer
) -> None:
    await asyncio.gather(*(db.write(touch) for _ in range(20)))
    await asyncio.to_thread(crashing.stop)
    began = time.monotonic()
    away = await asyncio.gather(*(db.write(touch) for _ in range(20)), return_exceptions=True)
    assert time.monotonic() - began < 2.5
    assert all(isinstance(one, DatabaseTrouble) for one in away), away
    await asyncio.to_thread(crashing.start)
    began = time.monotonic()
    while True:
        try:
            await db.write(touch)
            break
        except DatabaseTrouble:
            await asyncio.sleep(0.05)
    assert time.monotonic() - began < 3


async def test_closing_twice_is_closing_once(place: Postgres) -> None:
    db = PostgresDatabase(place)
    await db.start()
    await db.close()
    await db.close()
    with pytest.raises(DatabaseTrouble, match="已经关闭"):
        await db.write(touch)


async def test_two_who_migrate_at_once_do_it_once() -> None:
    place = servers.postgres().new()
    done = await asyncio.gather(migrate(place), migrate(place))
    assert sorted(done) == [(), known_migrations()]
    async with opened(place, INSTANCE_KEY), opened(place, INSTANCE_KEY) as both:
        await both.write(touch)


async def test_a_migration_that_fails_half_way_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = servers.postgres().new()
    written = schema._script

    async def broken(names: tuple[str, ...], kind: str) -> str:
        first, _, rest = (await written(names, kind)).partition("CREATE INDEX")
        return f"{first}SELECT 1/0;CREATE INDEX{rest}"

    with monkeypatch.context() as patched:
        patched.setattr(schema, "_script", broken)
        with pytest.raises(asyncpg.DivisionByZeroError):
            await migrate(place)
    assert status(place).applied == ()
    assert await migrate(place) == known_migrations()


async def test_a_process_killed_in_a_migration_leaves_nothing() -> None:
    place = servers.postgres().new()
    migrator = subprocess.Popen(  # noqa: ASYNC220  (it is killed, not waited for)
        [sys.executable, "-c", MIGRATOR, place.dsn], cwd=ROOT
    )
    with migrator:
        pid = 0
        while not pid:
            pid = await _sleeper(place)
        migrator.kill()
    # The server would notice the death only when it has something to say.
    await servers.run(place, f"SELECT pg_terminate_backend({pid})")
    assert status(place).applied == ()
    assert await migrate(place) == known_migrations()


async def _sleeper(place: Postgres) -> int:
    """Return which session is in the middle of the migration, 0 for none yet."""
    session = await asyncpg.connect(place.dsn)
    try:
        found = await session.fetchval(
            "SELECT max(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event = 'PgSleep'"
        )
    finally:
        await session.close()
    return int(found or 0)
