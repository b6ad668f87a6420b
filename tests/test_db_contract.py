"""What every engine promises: one writer, shared syncs, pieces that fail alone, plain readers."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.db.sqlite import SqliteDatabase
from bot.db.tx import Tx, Work
from bot.errors import DatabaseTrouble
from tests.rooms import sqlite


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    async with sqlite(tmp_path) as one:
        yield one


def noting(name: str) -> Work[int]:
    async def note(tx: Tx) -> int:
        return await tx.run("INSERT INTO notice(name, text, at_us) VALUES(?, '', 0)", name)

    return note


async def names(db: SqliteDatabase) -> list[str]:
    rows = await db.read(lambda tx: tx.all("SELECT name FROM notice ORDER BY id"))
    return [row["name"] for row in rows]


async def test_what_a_write_returned_is_there_for_every_reader(db: SqliteDatabase) -> None:
    assert await db.write(noting("a")) == 1
    assert await names(db) == ["a"]


async def test_what_waits_together_shares_commits_and_keeps_its_order(db: SqliteDatabase) -> None:
    wanted = [f"{number:03}" for number in range(200)]
    await asyncio.gather(*(db.write(noting(name)) for name in wanted))
    assert await names(db) == wanted
    assert db.written == 200
    assert db.batches < 100


async def test_what_is_to_be_soon_never_waits_for_a_heap_of_other_work(db: SqliteDatabase) -> None:
    ended: list[str] = []

    async def heavy(tx: Tx) -> None:
        time.sleep(0.01)  # noqa: ASYNC251  (a large decision, in the writer's thread)

    async def write(name: str, work: Work[None], *, soon: bool = False) -> None:
        await db.write(work, soon=soon)
        ended.append(name)

    async def light(tx: Tx) -> None:
        """Change nothing."""

    heap = [asyncio.create_task(write("heavy", heavy)) for _ in range(30)]
    await asyncio.sleep(0.02)
    await write("light", light, soon=True)
    assert ended.index("light") < 10
    await asyncio.gather(*heap)


async def test_a_piece_that_fails_takes_nothing_with_it(db: SqliteDatabase) -> None:
    async def half_done(tx: Tx) -> None:
        await noting("half")(tx)
        raise LookupError("changed its mind")

    done = await asyncio.gather(
        db.write(noting("before")),
        db.write(half_done),
        db.write(noting("after")),
        return_exceptions=True,
    )
    assert isinstance(done[1], LookupError)
    assert await names(db) == ["before", "after"]


async def test_a_broken_constraint_is_raised_to_its_caller_alone(db: SqliteDatabase) -> None:
    done = await asyncio.gather(
        *(db.write(noting(name)) for name in ("a", "a", "b")), return_exceptions=True
    )
    assert isinstance(done[1], sqlite3.IntegrityError)
    assert await names(db) == ["a", "b"]


async def test_a_caller_who_gave_up_waiting_breaks_nothing(db: SqliteDatabase) -> None:
    given_up = asyncio.ensure_future(db.write(noting("whatever")))
    await asyncio.sleep(0)
    given_up.cancel()
    await db.write(noting("next"))
    assert "next" in await names(db)


async def test_a_reader_cannot_write(db: SqliteDatabase) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await db.read(noting("a"))
    assert await names(db) == []


async def test_work_may_wait_for_nothing_but_its_transaction(db: SqliteDatabase) -> None:
    async def dawdle(tx: Tx) -> None:
        await noting("slow")(tx)
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="may wait for nothing"):
        await db.write(dawdle)
    assert await names(db) == []


async def test_every_commit_is_synced_before_it_is_told(db: SqliteDatabase) -> None:
    async def look(tx: Tx) -> tuple[str, int]:
        journal = await tx.one("PRAGMA journal_mode")
        synchronous = await tx.one("PRAGMA synchronous")
        assert journal is not None
        assert synchronous is not None
        return journal["journal_mode"], synchronous["synchronous"]

    assert await db.write(look) == ("wal", 2)


async def test_closing_finishes_what_was_asked_and_takes_nothing_more(tmp_path: Path) -> None:
    async with sqlite(tmp_path) as db:
        asked = [asyncio.ensure_future(db.write(noting(str(number)))) for number in range(50)]
        await asyncio.sleep(0)
        db.close()
        await asyncio.gather(*asked)
        with pytest.raises(DatabaseTrouble, match="已经关闭"):
            await db.write(noting("late"))
    async with sqlite(tmp_path) as again:
        assert len(await names(again)) == 50


async def test_a_database_that_fails_says_so_and_works_again_afterwards(tmp_path: Path) -> None:
    async with sqlite(tmp_path) as db:

        async def limit(pages: int) -> None:
            await db.write(lambda tx: tx.all(f"PRAGMA max_page_count = {pages}"))

        async def fill(tx: Tx) -> None:
            await tx.run("INSERT INTO notice(name, text, at_us) VALUES('big', ?, 0)", "x" * 900_000)

        await limit(1)  # no less than it has: full from now on
        with pytest.raises(DatabaseTrouble, match="磁盘空间"):
            await db.write(fill)
        await limit(1_000_000)
        await db.write(noting("room again"))
        assert await names(db) == ["room again"]
