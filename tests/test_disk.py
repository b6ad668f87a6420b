"""A full disk, and a log that grows: nothing is said to be kept that is not, and it ends."""

import asyncio
import resource
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.db import checkpoint
from bot.db.checkpoint import LogWatch, empty_log, log_bytes
from bot.db.notices import NoticeShelf
from bot.db.sqlite import SqliteDatabase
from bot.db.tx import Tx
from tests.callbacks import said
from tests.front import Client, front
from tests.little_shop import NOW_US
from tests.pulse import pulse
from tests.rooms import Installed, installed, post_of, sqlite
from tests.servers import on_postgres
from tests.test_worker import DONE, until, working

pytestmark = pytest.mark.skipif(
    on_postgres(), reason="fills the disk under SQLite's file; a server has its own"
)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Tracebacks of the faults these tests make are wanted by nobody."""
    with capture_logs():
        yield


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """Let no file of this process grow beyond what the log has by now, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log_bytes(folder / "xiaoer.db"), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def deliver(client: Client, number: int) -> int:
    message = post_of(said("ada", "你好", number))
    got = await client.post("/callback/oa", params=message.query, data=message.body)
    return got.status


async def test_on_a_full_disk_callbacks_are_refused_at_once_and_taken_when_there_is_room(
    shop: Installed, tmp_path: Path
) -> None:
    vitals = pulse(shop, tmp_path)
    async with front(shop, vitals=vitals) as client:
        assert await deliver(client, 0) == 200
        kept = await shop.one("SELECT count(*) FROM inbox")
        with full_disk(tmp_path):
            began = time.monotonic()
            assert {await deliver(client, number) for number in range(1, 6)} == {503}
            assert time.monotonic() - began < 2
            vitals = pulse(shop, tmp_path)  # one that has not just seen it green
            assert "database" in await vitals.ready()
        assert await shop.one("SELECT count(*) FROM inbox") == kept
        assert await deliver(client, 1) == 200
        assert await vitals.ready() == {}


async def test_workers_outlive_a_full_disk_and_go_on_by_themselves(
    shop: Installed, tmp_path: Path
) -> None:
    shop.worker.able.set()
    async with working(shop):
        await shop.deliver(said("ada", "领券", 1))
        shop.hand.move(10)  # whoever held the response open is gone
        with full_disk(tmp_path):
            shop.worker.arrived()
            await asyncio.sleep(0.3)
        await until(shop, DONE, 1)
    assert await shop.one("SELECT count(*) FROM coupon_grant") == 1


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    async with sqlite(tmp_path) as one:
        yield one


async def write(db: SqliteDatabase, count: int = 1) -> None:
    """Write some 100 KB each time."""

    async def note(tx: Tx) -> None:
        text = "x" * 100_000
        await tx.run(
            "INSERT INTO notice(name, text, at_us) VALUES('big', ?, 0)"
            " ON CONFLICT(name) DO UPDATE SET text = excluded.text",
            text,
        )

    for _ in range(count):
        await db.write(note)


@contextmanager
def reading(db: SqliteDatabase) -> Iterator[None]:
    """Hold a snapshot, as a report that takes its time does."""
    with closing(sqlite3.connect(db.path, isolation_level=None)) as held:
        held.execute("BEGIN")
        held.execute("SELECT count(*) FROM notice").fetchone()
        yield


async def test_a_log_that_nobody_reads_is_emptied(db: SqliteDatabase) -> None:
    await write(db)
    assert log_bytes(db.path) > 100_000
    assert empty_log(db.path)
    assert log_bytes(db.path) == 0


async def test_a_log_somebody_reads_stays_and_nobody_waits_for_it(db: SqliteDatabase) -> None:
    with reading(db):
        await write(db)
        began = time.monotonic()
        assert not empty_log(db.path)
        await write(db)
        assert time.monotonic() - began < 1
    assert empty_log(db.path)


async def test_with_short_readers_the_log_stays_short_under_steady_writing(
    db: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "_WORTH_BYTES", 1_000_000)
    watch = LogWatch(db.path, NoticeShelf(db, lambda: NOW_US), lambda: NOW_US)
    longest = 0
    for _ in range(10):
        with reading(db):
            await write(db, 20)
        await watch.look()
        longest = max(longest, log_bytes(db.path))
    assert longest < 8_000_000


async def test_a_long_log_that_cannot_be_emptied_is_told_once_a_day(
    db: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "_WORTH_BYTES", 1)
    monkeypatch.setattr(checkpoint, "WARN_BYTES", 50_000)
    watch = LogWatch(db.path, NoticeShelf(db, lambda: NOW_US), lambda: NOW_US)
    await write(db)
    with reading(db):
        await write(db)
        await watch.look()
        await watch.look()
    rows = await db.read(lambda tx: tx.all("SELECT name, text FROM notice WHERE name <> 'big'"))
    assert len(rows) == 1
    assert rows[0]["name"].startswith("wal:")
    assert "清不掉" in rows[0]["text"]


async def test_a_database_without_a_log_has_none_to_empty(tmp_path: Path) -> None:
    assert log_bytes(tmp_path / "none.db") == 0
