"""What both engines promise alike: the same statements, the same outcomes, the same refusals."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest

from bot.actions import Label
from bot.db import inbox, ledger, memory, shelves
from bot.db.inbox import Accepted, Arrival
from bot.db.location import Location, Postgres, SqliteFile
from bot.db.opening import check_instance_key, connected, opened
from bot.db.reading import ask, engine
from bot.db.schema import UNIQUE, known_migrations, migrate, missing_guards, status
from bot.db.tx import Database, Tx, Work
from bot.errors import Contended, DatabaseTrouble, SchemaTooNew, WrongKey
from tests import servers
from tests.little_shop import NOW_US
from tests.rooms import INSTANCE_KEY, new_database

ENGINES = ["sqlite", "postgres"]
BROKEN = (sqlite3.IntegrityError, asyncpg.UniqueViolationError)
NOT_WRITABLE = (sqlite3.OperationalError, DatabaseTrouble)


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    """Where a migrated, empty database is."""
    if request.param == "postgres":
        return servers.postgres().migrated()
    return SqliteFile(path=new_database(tmp_path))


@pytest.fixture(params=ENGINES)
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    """Where a database without any table is, or will be."""
    if request.param == "postgres":
        return servers.postgres().new()
    return SqliteFile(path=tmp_path / "xiaoer.db")


@pytest.fixture
async def db(place: Location) -> AsyncIterator[Database]:
    async with connected(place) as one:
        yield one


def noting(name: str, at_us: int = 0) -> Work[int]:
    async def note(tx: Tx) -> int:
        return await tx.run("INSERT INTO notice(name, text, at_us) VALUES(?, '', ?)", name, at_us)

    return note


async def names(db: Database) -> list[str]:
    rows = await db.read(lambda tx: tx.all("SELECT name FROM notice ORDER BY name"))
    return [row["name"] for row in rows]


async def count(db: Database, table: str) -> int:
    row = await db.read(lambda tx: tx.one(f"SELECT count(*) AS n FROM {table}"))  # noqa: S608
    assert row is not None
    return int(row["n"])


async def test_what_a_write_returned_is_there_for_every_reader(db: Database) -> None:
    assert await db.write(noting("a")) == 1
    assert await names(db) == ["a"]


async def test_work_that_fails_leaves_nothing_and_takes_nothing_with_it(db: Database) -> None:
    async def half_done(tx: Tx) -> None:
        await noting("half")(tx)
        raise LookupError("changed its mind")

    done = await asyncio.gather(
        db.write(noting("before")), db.write(half_done), db.write(noting("after")),
        return_exceptions=True,
    )  # fmt: skip
    assert isinstance(done[1], LookupError)
    assert await names(db) == ["after", "before"]


async def test_a_broken_constraint_is_raised_to_its_caller_alone(db: Database) -> None:
    done = await asyncio.gather(
        *(db.write(noting(name)) for name in ("a", "a", "b")), return_exceptions=True
    )
    assert sum(isinstance(one, BROKEN) for one in done) == 1
    assert await names(db) == ["a", "b"]


async def test_a_reader_cannot_write(db: Database) -> None:
    with pytest.raises(NOT_WRITABLE):
        await db.read(noting("a"))
    assert await names(db) == []


async def test_a_caller_who_gave_up_waiting_breaks_nothing(db: Database) -> None:
    given_up = asyncio.ensure_future(db.write(noting("whatever")))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.gather(*(db.write(noting(str(number))) for number in range(20)))
    assert len(set(await names(db)) - {"whatever"}) == 20


async def test_a_named_lock_is_held_by_one_transaction_at_a_time(db: Database) -> None:
    inside: Counter[str] = Counter()

    async def hold(tx: Tx) -> None:
        await tx.lock("one", "other")
        inside["now"] += 1
        inside["most"] = max(inside["most"], inside["now"])
        await tx.one("SELECT count(*) AS n FROM inbox")
        inside["now"] -= 1

    async def hold_crosswise(tx: Tx) -> None:
        await tx.lock("other", "one")
        await tx.one("SELECT count(*) AS n FROM inbox")

    both = (hold, hold_crosswise)
    await asyncio.gather(*(db.write(both[number % 2]) for number in range(40)))
    assert inside["most"] == 1


async def test_the_databases_clock_goes_on(db: Database) -> None:
    async def twice(tx: Tx) -> tuple[int, int]:
        return await tx.clock_us(), await tx.clock_us()

    first, second = await db.write(twice)
    assert 1_600_000_000_000_000 < first <= second


async def test_an_opened_database_is_complete_and_keeps_its_commits(bare: Location) -> None:
    async with opened(bare, INSTANCE_KEY) as db:
        await db.write(noting("kept"))
        assert await db.read(missing_guards) == ()
    async with opened(bare, INSTANCE_KEY) as again:
        assert await names(again) == ["kept"]


async def test_migrating_twice_changes_nothing(bare: Location) -> None:
    assert status(bare).pending == known_migrations()
    assert await migrate(bare) == known_migrations()
    assert await migrate(bare) == ()
    assert status(bare).applied == known_migrations()


async def test_a_database_of_a_newer_version_is_refused(place: Location) -> None:
    async with connected(place) as db:
        await db.write(
            lambda tx: tx.run(
                "INSERT INTO tortoise_migrations(app, name, applied_at)"
                " VALUES('xiaoer', '9999_later', CURRENT_TIMESTAMP)"
            )
        )
    with pytest.raises(SchemaTooNew, match="9999_later"):
        await migrate(place)
    with pytest.raises(SchemaTooNew, match="9999_later"):
        ask(place, engine)


async def test_another_instance_key_is_refused(bare: Location) -> None:
    async with opened(bare, INSTANCE_KEY):
        pass
    check_instance_key(bare, INSTANCE_KEY)
    with pytest.raises(WrongKey, match=r"instance\.key"):
        check_instance_key(bare, b"another key")
    with pytest.raises(WrongKey, match=r"instance\.key"):
        async with opened(bare, b"another key"):
            pass


async def test_a_database_without_its_unique_indexes_is_not_served(place: Location) -> None:
    if isinstance(place, Postgres):
        statement = "ALTER TABLE inbox DROP CONSTRAINT inbox_dedupe_key"
        servers.aside(servers.run(place, statement))
    else:
        with closing(sqlite3.connect(place.path, isolation_level=None)) as connection:
            connection.execute("CREATE TABLE plain AS SELECT * FROM inbox")
            connection.execute("DROP TABLE inbox")
            connection.execute("ALTER TABLE plain RENAME TO inbox")
    with pytest.raises(DatabaseTrouble, match=r"唯一约束 .*inbox\(dedupe\)"):
        async with opened(place, INSTANCE_KEY):
            pass


async def test_reports_look_while_it_is_served(place: Location) -> None:
    async with opened(place, INSTANCE_KEY) as db:
        await db.write(noting("seen"))
        found = ask(place, engine)
    assert (found.rows["notice"], found.missing_guards) == (1, ())
    assert found.size_bytes > 0
    assert found.rows.keys() >= UNIQUE.keys()
    with pytest.raises(DatabaseTrouble):
        ask(place, noting("not by a report"))


def arrival(dedupe: str) -> Arrival:
    return Arrival(
        account="oa", source="callback", dedupe=dedupe, kind="text", body=b"\0<xml/>\xff",
        received_us=NOW_US,
    )  # fmt: skip


async def take_in(db: Database, dedupe: str) -> Accepted:
    return await db.write(lambda tx: inbox.accept(tx, arrival(dedupe)))


async def test_fifty_deliveries_at_once_are_one_row_and_counted(db: Database) -> None:
    accepted = await asyncio.gather(*(take_in(db, "same") for _ in range(50)))
    assert len({one.id for one in accepted}) == 1
    assert [one.duplicate for one in accepted].count(False) == 1
    row = await db.read(lambda tx: tx.one("SELECT duplicates, body FROM inbox"))
    assert row is not None
    assert (row["duplicates"], bytes(row["body"])) == (49, b"\0<xml/>\xff")


async def stock(db: Database, codes: int) -> None:
    async def work(tx: Tx) -> None:
        for number in range(codes):
            await tx.run("INSERT INTO coupon(campaign, code) VALUES('newcomer', ?)", f"C{number}")

    await db.write(work)


async def claim(db: Database, person: str, coupon: int) -> bool:
    async def work(tx: Tx) -> None:
        await shelves.claim(
            tx, campaign="newcomer", person=person, ordinal=1, coupon=coupon, inbox=1,
            at_us=NOW_US, expires_us=NOW_US + 1,
        )  # fmt: skip

    try:
        await db.write(work)
    except Contended:
        return False
    return True


async def test_sixty_four_claims_of_the_last_coupon_give_it_to_one(db: Database) -> None:
    await stock(db, 1)
    won = await asyncio.gather(*(claim(db, f"P{number}", 1) for number in range(64)))
    assert won.count(True) == 1
    assert await count(db, "coupon_grant") == 1


async def test_one_member_at_many_doors_gets_one_share(db: Database) -> None:
    await stock(db, 20)
    won = await asyncio.gather(*(claim(db, "ada", 1 + number) for number in range(20)))
    assert won.count(True) == 1
    assert await count(db, "coupon_grant") == 1


def owing(event: str) -> ledger.Owing:
    return ledger.Owing(inbox=1, event_id=event, person=None, now_us=NOW_US)


async def test_an_effect_is_owed_once_however_many_owe_it(db: Database) -> None:
    label = Label(account="corp", member="ada", staff="bo", add=("老客",))
    await asyncio.gather(
        *(db.write(lambda tx: ledger.owe(tx, label, owing("E1"))) for _ in range(20))
    )
    assert await count(db, "effect") == 1


async def test_what_is_remembered_is_the_latest(db: Database) -> None:
    await db.write(lambda tx: memory.remember(tx, "kf", {"cursor": "first"}))
    await db.write(lambda tx: memory.remember(tx, "kf", {"cursor": "second"}))
    assert await db.read(lambda tx: memory.recalled(tx, "kf", "cursor")) == "second"
    await db.write(lambda tx: memory.forget(tx, "kf", "cursor"))
    assert await db.read(lambda tx: memory.recalled(tx, "kf", "cursor")) is None


@pytest.mark.parametrize("text", ["领券😀", "'quoted' \"twice\" ?", "a\\b%_\n", "ſ\u202eabc"])
async def test_text_comes_back_as_it_went_in(db: Database, text: str) -> None:
    await db.write(lambda tx: memory.remember(tx, "oa", {"said": text}))
    assert await db.read(lambda tx: memory.recalled(tx, "oa", "said")) == text


async def test_a_null_character_is_never_a_reason_to_fail(db: Database) -> None:
    await db.write(lambda tx: memory.remember(tx, "oa", {"said": "a\0b"}))
    kept = await db.read(lambda tx: memory.recalled(tx, "oa", "said"))
    assert kept in ("a\0b", "a\ufffdb")


async def test_big_numbers_and_their_sums_are_whole_numbers(db: Database) -> None:
    for name in ("a", "b"):
        await db.write(noting(name, 2**61))
    row = await db.read(
        lambda tx: tx.one("SELECT max(at_us) AS most, sum(at_us) - 2 AS all_of_it FROM notice")
    )
    assert row is not None
    assert (row["most"], row["all_of_it"]) == (2**61, 2**62 - 2)
    assert isinstance(row["all_of_it"], int)
