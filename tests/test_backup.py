"""Backups: whole or not at all, taken while the shop is open, and refused where they do not fit."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from bot.db import backup, copies
from bot.db.tx import Tx
from bot.errors import DatabaseTrouble
from tests.backed_up import backup_of, fresh_home, morning_in, rows_of, tables_of
from tests.homes import command, oa_text
from tests.rooms import sqlite
from tests.servers import on_postgres
from tests.serving import serving

Capture = pytest.CaptureFixture[str]
_ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(
    on_postgres(), reason="backs up SQLite's file; test_dumps does PostgreSQL"
)


@pytest.fixture(scope="module")
def opened_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which somebody was given a coupon; nobody serves it."""
    return morning_in(tmp_path_factory.mktemp("home"))


def test_a_restored_home_holds_what_was_backed_up(
    opened_home: Path, tmp_path: Path, capsys: Capture
) -> None:
    taken = backup_of(opened_home, tmp_path / "a.backup", capsys)
    fresh = fresh_home(opened_home, tmp_path)
    told = command(capsys, "db", "restore", taken, "--home", fresh)
    assert told.code == 0, told.err
    before, after = rows_of(opened_home), rows_of(fresh)
    for changed in ("meta", "pause", "coupon"):
        before.pop(changed), after.pop(changed)
    assert after == before
    assert before["coupon_grant"]


def test_a_backup_says_what_else_must_be_kept(
    opened_home: Path, tmp_path: Path, capsys: Capture
) -> None:
    told = command(capsys, "db", "backup", "--home", opened_home, "--to", tmp_path / "a.backup")
    assert "instance.key" in told.out
    assert "恢复不了" in told.out
    with zipfile.ZipFile(tmp_path / "a.backup") as archive:
        assert sorted(archive.namelist()) == ["database", "manifest.json"]
    key = (opened_home / "instance.key").read_bytes()
    assert key not in (tmp_path / "a.backup").read_bytes()
    assert (tmp_path / "a.backup").stat().st_mode & 0o077 == 0


def test_a_manifest_tells_where_when_and_how_much(
    opened_home: Path, tmp_path: Path, capsys: Capture
) -> None:
    taken = backup_of(opened_home, tmp_path / "a.backup", capsys)
    manifest = backup.read(taken)
    assert manifest.engine == "sqlite"
    assert manifest.taken_us <= time.time_ns() // 1_000
    held = {name: len(found) for name, found in rows_of(opened_home).items()}
    assert manifest.rows == held
    with zipfile.ZipFile(taken) as archive:
        assert archive.getinfo("database").file_size == manifest.size_bytes


def test_by_itself_a_backup_goes_into_the_homes_folder_of_them(
    opened_home: Path, capsys: Capture
) -> None:
    told = json.loads(command(capsys, "db", "backup", "--home", opened_home, "--json").out)
    file = Path(told["file"])
    assert file.parent == opened_home / "backups"
    assert file.name.startswith("xiaoer-20")
    assert told["manifest"]["sha256"]


def test_a_backup_never_takes_the_place_of_another_file(
    opened_home: Path, tmp_path: Path, capsys: Capture
) -> None:
    taken = backup_of(opened_home, tmp_path / "a.backup", capsys)
    was = taken.read_bytes()
    told = command(capsys, "db", "backup", "--home", opened_home, "--to", taken)
    assert (told.code, "没有覆盖" in told.err) == (1, True)
    assert taken.read_bytes() == was


def test_where_no_database_is_there_is_nothing_to_back_up(
    opened_home: Path, tmp_path: Path, capsys: Capture
) -> None:
    fresh = fresh_home(opened_home, tmp_path)
    told = command(capsys, "db", "backup", "--home", fresh)
    assert (told.code, "还没有数据库" in told.err) == (1, True)
    assert list(fresh.glob("backups/*")) == []


async def test_a_backup_is_taken_while_the_server_writes(tmp_path: Path, capsys: Capture) -> None:
    home, file = tmp_path / "home", tmp_path / "b.backup"
    home.mkdir()
    async with serving(home) as served:
        going, slowest = True, 0.0

        async def write_on() -> int:
            nonlocal slowest
            number = 0
            while going:
                began = time.monotonic()
                await served.rooms.accept(oa_text("oJia", "你好", number))
                slowest = max(slowest, time.monotonic() - began)
                number += 1
            return number

        writing = asyncio.ensure_future(write_on())
        told = await asyncio.to_thread(
            command, capsys, "db", "backup", "--home", home, "--to", file
        )
        going = False
        written = await writing
    assert told.code == 0, told.err
    assert 0 <= backup.read(file).rows["inbox"] <= written
    assert written > 1
    assert slowest < 1.0  # the copy holds no lock: this is the machine's own slowness


async def test_a_copy_holds_one_moment_however_often_it_is_written_to(tmp_path: Path) -> None:
    async with sqlite(tmp_path) as db:

        async def two(tx: Tx) -> None:
            await tx.run("INSERT INTO memory(account, name, value) VALUES('a', 'n', '0')")
            await tx.run("INSERT INTO memory(account, name, value) VALUES('b', 'n', '0')")
            blob = "x" * 3_000_000
            await tx.run("INSERT INTO notice(name, text, at_us) VALUES('big', ?, 0)", blob)

        await db.write(two)
        loop, steps = asyncio.get_running_loop(), 0

        def change(_done: int, _total: int) -> None:
            nonlocal steps
            steps += 1
            more = "UPDATE memory SET value = cast(value AS integer) + 1"
            asyncio.run_coroutine_threadsafe(db.write(lambda tx: tx.run(more)), loop).result(5)

        copy = tmp_path / "copy.db"
        pages, copies.PAGES = copies.PAGES, 50
        try:
            await asyncio.to_thread(copies.copy, db.path, copy, change)
        finally:
            copies.PAGES = pages
        assert steps > 10
        assert [row[3] for row in tables_of(copy)["memory"]] == ["0", "0"]


def test_two_backups_into_one_folder_do_not_meet(tmp_path: Path) -> None:
    with backup.desk(tmp_path), pytest.raises(DatabaseTrouble, match="正在进行"):
        backup.desk(tmp_path).__enter__()


def test_killed_in_the_middle_a_backup_leaves_no_half_file(tmp_path: Path) -> None:
    target = tmp_path / "killed.backup"
    stopped = (
        "import os, signal, sys; from pathlib import Path; from bot.db import backup\n"
        "def stop(*_): os.kill(os.getpid(), signal.SIGSTOP)\n"
        "folder = Path(sys.argv[1])\n"
        "with backup.desk(folder) as copy:\n"
        "    copy.write_bytes(os.urandom(3_000_000))\n"
        "    backup.synced = stop; os.fsync = stop\n"
        "    m = backup.Manifest(format=1, version='', engine='sqlite', schema=(), key='',\n"
        "        epoch='', taken_us=0, rows={}, size_bytes=0, sha256='')\n"
        "    backup.write(copy, m, folder / 'killed.backup')\n"
    )
    child = subprocess.Popen([sys.executable, "-c", stopped, str(tmp_path)], cwd=_ROOT)
    os.waitpid(child.pid, os.WUNTRACED)
    assert (tmp_path / ".xiaoer-backup.part").exists()
    assert not target.exists()
    child.send_signal(signal.SIGKILL)
    child.wait()
    with backup.desk(tmp_path) as copy:  # the next one clears what is left
        assert [path.name for path in tmp_path.iterdir() if "lock" not in path.name] == [copy.name]
    assert list(tmp_path.iterdir()) == []
