"""Opening a database: one process at a time, of this version, with its own key and every guard."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.db import schema
from bot.db.location import SqliteFile
from bot.db.opening import check_instance_key, held_lock, opened
from bot.db.schema import UNIQUE, known_migrations, migrate, status
from bot.db.tx import Tx
from bot.errors import AlreadyServed, DatabaseTrouble, SchemaTooNew, WrongKey
from tests.rooms import INSTANCE_KEY, new_database
from tests.source import ROOT

HOLDER = """
import sys
from pathlib import Path
from bot.db.location import SqliteFile
from bot.db.opening import held_lock

with held_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""

MIGRATOR = """
import asyncio, os, signal, sqlite3, sys
from pathlib import Path
from bot.db import schema, sqlite
from bot.db.location import SqliteFile

written, plain = schema._script, sqlite.connect

async def deadly(names, engine):
    first, _, rest = (await written(names, engine)).partition("CREATE INDEX")
    return f"{first}SELECT die();CREATE INDEX{rest}"

def connect(path, mode):
    connection = plain(path, mode)
    connection.create_function("die", 0, lambda: os.kill(os.getpid(), signal.SIGKILL))
    return connection

schema._script, sqlite.connect = deadly, connect
asyncio.run(schema.migrate(SqliteFile(path=Path(sys.argv[1]))))
"""


async def open_once(path: Path, key: bytes = INSTANCE_KEY) -> None:
    async with opened(SqliteFile(path=path), key):
        return


def change(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(sql)


async def test_a_new_file_gets_the_schema_and_opening_again_changes_nothing(
    tmp_path: Path,
) -> None:
    path = tmp_path / "xiaoer.db"
    assert status(SqliteFile(path=path)).pending == known_migrations()
    await open_once(path)
    assert status(SqliteFile(path=path)).pending == ()
    assert await migrate(SqliteFile(path=path)) == ()
    await open_once(path)


async def test_a_process_killed_in_a_migration_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "xiaoer.db"
    done = subprocess.run(  # noqa: ASYNC221  (it ends itself)
        [sys.executable, "-c", MIGRATOR, str(path)], cwd=ROOT, check=False, timeout=30
    )
    assert done.returncode == -signal.SIGKILL
    assert status(SqliteFile(path=path)).applied == ()
    await open_once(path)
    assert status(SqliteFile(path=path)).pending == ()


async def test_a_migration_that_fails_half_way_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = SqliteFile(path=tmp_path / "xiaoer.db")
    written = schema._script

    async def broken(names: tuple[str, ...], kind: str) -> str:
        first, _, rest = (await written(names, kind)).partition("CREATE INDEX")
        return f"{first}SELECT nothing_of_the_kind();CREATE INDEX{rest}"

    with monkeypatch.context() as patched:
        patched.setattr(schema, "_script", broken)
        with pytest.raises(DatabaseTrouble, match="什么都没有改"):
            await migrate(place)
    assert status(place).applied == ()
    assert await migrate(place) == known_migrations()


async def test_a_second_process_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    path = new_database(tmp_path)
    holder = subprocess.Popen(  # noqa: ASYNC220  (its only line is read at once)
        [sys.executable, "-c", HOLDER, str(path)], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AlreadyServed, match=f"pid {holder.pid}"):
            await open_once(path)
        holder.kill()
    await open_once(path)  # the lock died with its process


def test_a_lock_file_left_behind_means_nothing(tmp_path: Path) -> None:
    path = tmp_path / "xiaoer.db"
    (tmp_path / "xiaoer.db.lock").write_text("4711")
    with held_lock(path):
        pass


async def test_a_database_of_a_newer_version_is_refused_untouched(tmp_path: Path) -> None:
    path = new_database(tmp_path)
    columns = "INSERT INTO tortoise_migrations(app, name, applied_at)"
    change(path, f"{columns} VALUES('xiaoer', '9999_later', '2030-01-01')")
    before = path.read_bytes()
    with pytest.raises(SchemaTooNew, match="9999_later"):
        await open_once(path)
    assert path.read_bytes() == before


async def test_a_database_written_with_another_key_is_refused(tmp_path: Path) -> None:
    path = new_database(tmp_path)
    await open_once(path)
    with pytest.raises(WrongKey, match=r"instance\.key"):
        await open_once(path, b"another key")
    with pytest.raises(WrongKey):
        check_instance_key(SqliteFile(path=path), b"another key")
    check_instance_key(SqliteFile(path=path), INSTANCE_KEY)


@pytest.mark.parametrize(
    "guard", [(table, columns) for table, several in UNIQUE.items() for columns in several]
)
async def test_without_a_unique_index_it_does_not_start(
    tmp_path: Path, guard: tuple[str, tuple[str, ...]]
) -> None:
    table, columns = guard
    path = new_database(tmp_path)
    rebuild_without(path, table, columns)
    with pytest.raises(DatabaseTrouble, match="唯一约束") as refusal:
        await open_once(path)
    assert f"{table}({', '.join(columns)})" in str(refusal.value)


def rebuild_without(path: Path, table: str, columns: tuple[str, ...]) -> None:
    """Drop the index, or rewrite the table's own text where the index belongs to it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for index in connection.execute(f"PRAGMA index_list('{table}')").fetchall():
            name, unique, origin = index[1], index[2], index[3]
            found = [row[2] for row in connection.execute(f"PRAGMA index_info('{name}')")]
            if unique and tuple(found) == columns:
                if origin == "c":
                    connection.execute(f"DROP INDEX '{name}'")
                else:
                    copy_plain(connection, table)
                return
    raise AssertionError(f"{table} has no such guard")


def copy_plain(connection: sqlite3.Connection, table: str) -> None:
    connection.execute(f"CREATE TABLE plain AS SELECT * FROM {table}")  # noqa: S608
    connection.execute(f"DROP TABLE {table}")
    connection.execute(f"ALTER TABLE plain RENAME TO {table}")


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "xiaoer.db"
    path.write_bytes(b"this is a letter, not a database " * 100)
    with pytest.raises(DatabaseTrouble, match="不是 SQLite 数据库"):
        await open_once(path)


async def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    path = new_database(tmp_path)
    content = bytearray(path.read_bytes())
    content[100:4096] = b"\xff" * 3996
    path.write_bytes(content)
    with pytest.raises(DatabaseTrouble):
        await open_once(path)


async def test_a_database_locked_by_another_program_is_refused_in_bounded_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.db.sqlite._BUSY_MS", 50)
    path = new_database(tmp_path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseTrouble, match=r"locked.*别的程序锁住"):
            await open_once(path)
        other.execute("ROLLBACK")
    await open_once(path)


async def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """A path below a file stands for any folder that takes no file, also for the superuser."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseTrouble, match="锁文件"):
        await open_once(tmp_path / "file" / "xiaoer.db")


async def test_a_database_that_takes_no_writes_is_refused(tmp_path: Path) -> None:
    path = new_database(tmp_path)
    await open_once(path)
    async with opened(SqliteFile(path=path), INSTANCE_KEY) as db:
        await db.write(query_only)
        with pytest.raises(DatabaseTrouble, match="检查磁盘空间、文件权限"):
            await db.write(touch)


async def query_only(tx: Tx) -> None:
    await tx.all("PRAGMA query_only = ON")


async def touch(tx: Tx) -> None:
    await tx.run("INSERT INTO notice(name, text, at_us) VALUES('a', '', 0)")
