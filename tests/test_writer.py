"""The one writer of an SQLite file, when another program writes the same file all the same."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.db.sqlite import SqliteDatabase, connect
from bot.db.tx import Tx
from bot.errors import DatabaseTrouble
from tests.rooms import new_database


async def test_what_a_transaction_read_is_still_so_when_it_writes(tmp_path: Path) -> None:
    path = new_database(tmp_path)
    db, other = SqliteDatabase(path), connect(path, "rwc")
    other.execute("PRAGMA busy_timeout = 0")

    async def count_and_note(tx: Tx) -> int:
        row = await tx.one("SELECT count(*) AS n FROM notice")
        with contextlib.suppress(sqlite3.OperationalError):  # locked, as it should be
            other.execute("INSERT INTO notice(name, text, at_us) VALUES('theirs', '', 0)")
        await tx.run("INSERT INTO notice(name, text, at_us) VALUES('ours', '', 0)")
        return int(row["n"]) if row else -1

    try:
        (counted,) = await asyncio.gather(db.write(count_and_note), return_exceptions=True)
        rows = await db.read(lambda tx: tx.all("SELECT name FROM notice"))
    finally:
        other.close()
        db.close()
    assert counted == 0
    assert [row["name"] for row in rows] == ["ours"]


def _replace(path: Path) -> None:
    path.rename(path.with_name("old.db"))
    new_database(path.parent / "other").rename(path)


def _rename_home(path: Path) -> None:
    path.parent.rename(path.parent.with_name("elsewhere"))


def _remove(path: Path) -> None:
    path.rename(path.with_name("gone.db"))  # as good as removed, and can be put back


def _remove_log(path: Path) -> None:
    log = path.with_name(path.name + "-wal")
    log.rename(log.with_name("gone-wal"))


@pytest.mark.parametrize("what", [_remove, _replace, _rename_home, _remove_log])
async def test_nothing_is_promised_of_a_file_that_is_not_in_its_place(
    tmp_path: Path, what: Callable[[Path], None]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "other").mkdir()
    path = new_database(home)
    db = SqliteDatabase(path)
    try:
        await db.write(_note)
        what(path)
        for _ in range(2):
            with pytest.raises(DatabaseTrouble, match="删除、改名或换掉"):
                await db.write(_note)
    finally:
        db.close()


async def test_a_file_that_is_put_back_is_written_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    db = SqliteDatabase(new_database(home))
    try:
        await db.write(_note)
        home.rename(tmp_path / "away")
        with pytest.raises(DatabaseTrouble):
            await db.write(_note)
        (tmp_path / "away").rename(home)
        await db.write(_note)
        (row,) = await db.read(lambda tx: tx.all("SELECT count(*) AS n FROM notice"))
    finally:
        db.close()
    assert row["n"] == 2


async def test_a_file_removed_while_it_is_written_is_not_promised(tmp_path: Path) -> None:
    path = new_database(tmp_path)
    db = SqliteDatabase(path)

    async def note_and_lose(tx: Tx) -> None:
        await _note(tx)
        path.unlink()

    try:
        with pytest.raises(DatabaseTrouble, match="删除、改名或换掉"):
            await db.write(note_and_lose)
    finally:
        db.close()


async def _note(tx: Tx) -> None:
    await tx.run("INSERT INTO notice(name, text, at_us) SELECT 'n' || count(*), '', 0 FROM notice")
