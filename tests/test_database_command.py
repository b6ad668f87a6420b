"""`db migrate` and `db status`, and what every report says of a database it cannot read."""

import asyncio
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.db.schema import known_migrations
from commands.parts.compose import fill
from tests.homes import command, served_home
from tests.unprivileged import bound_by_permissions

REPORTS = [["why", "甲"], ["ledger"], ["rules", "gaps"]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A filled home without a database."""
    fill(tmp_path)
    return tmp_path


@pytest.fixture
def migrated(home: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Path]:
    """A filled home with an empty database of this version."""
    assert command(capsys, "db", "migrate", "--home", home).code == 0
    yield home


def _run(home: Path, sql: str) -> None:
    with closing(sqlite3.connect(home / "xiaoer.db", isolation_level=None)) as connection:
        connection.execute(sql)


def test_migrating_makes_the_database_and_repeating_changes_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = command(capsys, "db", "migrate", "--home", home)
    again = command(capsys, "db", "migrate", "--home", home)
    assert (first.code, again.code) == (0, 0)
    assert known_migrations()[0] in first.out
    assert "没有改动" in again.out


async def test_a_served_database_is_not_migrated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path):
        told = await asyncio.to_thread(command, capsys, "db", "migrate", "--home", tmp_path)
    assert told.code == 1
    assert f"pid {os.getpid()}" in told.err


def test_status_tells_schema_size_and_rows(
    migrated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = command(capsys, "db", "status", "--home", migrated, "--json")
    document = json.loads(told.out)
    assert (told.code, document["v"], document["sound"]) == (0, 1, True)
    assert document["applied"] == list(known_migrations())
    assert (document["pending"], document["newer"], document["missing_guards"]) == ([], [], [])
    assert (document["journal_mode"], document["synchronous"]) == ("wal", "full")
    assert document["size_bytes"] > 0
    assert (document["rows"]["meta"], document["rows"]["inbox"]) == (1, 0)


async def test_status_works_while_the_database_is_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path):
        told = command(capsys, "db", "status", "--home", tmp_path)
    assert told.code == 0
    assert "journal_mode=wal" in told.out
    assert "预写日志" in told.out


def test_a_database_that_is_not_there_yet_is_pending_not_broken(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = command(capsys, "db", "status", "--home", home)
    document = json.loads(command(capsys, "db", "status", "--home", home, "--json").out)
    assert told.code == 1
    assert "还没有数据库" in told.out
    assert (document["exists"], document["pending"]) == (False, list(known_migrations()))
    assert not (home / "xiaoer.db").exists()


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_says_when_there_is_no_database(
    home: Path, capsys: pytest.CaptureFixture[str], report: list[str]
) -> None:
    told = command(capsys, *report, "--home", home)
    assert (told.code, told.out) == (1, "")
    assert "还没有数据库" in told.err
    assert not (home / "xiaoer.db").exists()


@pytest.mark.parametrize("report", [*REPORTS, ["db", "status"], ["db", "migrate"]])
def test_a_file_that_is_no_database_is_named(
    home: Path, capsys: pytest.CaptureFixture[str], report: list[str]
) -> None:
    (home / "xiaoer.db").write_bytes(b"once upon a time" * 100)
    told = command(capsys, *report, "--home", home)
    assert told.code == 1
    assert "不是" in told.err
    assert "xiaoer.db" in told.err


@pytest.mark.parametrize("report", [*REPORTS, ["db", "status"]])
def test_a_folder_in_the_databases_place_is_no_database(
    home: Path, capsys: pytest.CaptureFixture[str], report: list[str]
) -> None:
    (home / "xiaoer.db").mkdir()
    told = command(capsys, *report, "--home", home)
    assert told.code == 1
    assert "是不是一个文件" in told.err


@pytest.mark.parametrize("report", [*REPORTS, ["db", "migrate"]])
def test_a_database_of_a_newer_version_is_left_alone(
    migrated: Path, capsys: pytest.CaptureFixture[str], report: list[str]
) -> None:
    _run(migrated, "INSERT INTO tortoise_migrations(app, name, applied_at)"
                   " VALUES('xiaoer', '9999_future', '2030-01-01')")  # fmt: skip
    told = command(capsys, *report, "--home", migrated)
    assert told.code == 1
    assert "9999_future" in told.err
    assert "新版本" in told.err


def test_status_shows_migrations_of_a_newer_version(
    migrated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _run(migrated, "INSERT INTO tortoise_migrations(app, name, applied_at)"
                   " VALUES('xiaoer', '9999_future', '2030-01-01')")  # fmt: skip
    told = command(capsys, "db", "status", "--home", migrated)
    assert told.code == 1
    assert "来自更新版本：9999_future" in told.out


@pytest.mark.parametrize("report", REPORTS)
def test_a_database_that_lacks_migrations_is_not_read_by_guess(
    migrated: Path, capsys: pytest.CaptureFixture[str], report: list[str]
) -> None:
    _run(migrated, "DELETE FROM tortoise_migrations")
    told = command(capsys, *report, "--home", migrated)
    assert told.code == 1
    assert "db migrate" in told.err


@pytest.mark.parametrize("report", [*REPORTS, ["db", "status"]])
def test_a_locked_database_is_not_waited_for_without_end(
    migrated: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    report: list[str],
) -> None:
    monkeypatch.setattr("bot.db.looking.WAIT_MS", 20)
    with closing(sqlite3.connect(migrated / "xiaoer.db", isolation_level=None)) as owner:
        owner.execute("PRAGMA locking_mode = EXCLUSIVE")
        owner.execute("BEGIN EXCLUSIVE")
        told = command(capsys, *report, "--home", migrated)
    assert told.code == 1
    assert "独占" in told.err


def test_a_locked_database_is_not_migrated(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.db.looking.WAIT_MS", 20)
    with closing(sqlite3.connect(home / "xiaoer.db", isolation_level=None)) as owner:
        owner.execute("PRAGMA journal_mode = WAL")
        owner.execute("BEGIN IMMEDIATE")
        told = command(capsys, "db", "migrate", "--home", home)
    assert told.code == 1
    assert "独占" in told.err


def test_a_missing_unique_index_makes_the_database_unsound(
    migrated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _run(migrated, "CREATE TABLE copy AS SELECT * FROM redemption")
    _run(migrated, "DROP TABLE redemption")
    _run(migrated, "ALTER TABLE copy RENAME TO redemption")
    told = command(capsys, "db", "status", "--home", migrated)
    assert told.code == 1
    assert "缺少唯一约束：redemption(coupon_id, undone)" in told.out


def test_another_instance_key_is_refused_before_anything_is_changed(
    migrated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (migrated / "instance.key").write_bytes(b"k" * 32)
    told = command(capsys, "db", "migrate", "--home", migrated)
    assert told.code == 1
    assert "instance.key" in told.err


@pytest.mark.parametrize("report", REPORTS)
def test_a_database_that_may_only_be_read_can_be_reported_on(
    migrated: Path, capsys: pytest.CaptureFixture[str], report: list[str]
) -> None:
    (migrated / "xiaoer.db").chmod(0o444)
    with bound_by_permissions():
        told = command(capsys, *report, "--home", migrated)
    assert "数据库" not in told.err


def test_a_database_that_may_not_be_written_is_not_migrated(
    migrated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _run(migrated, "DELETE FROM tortoise_migrations")
    (migrated / "xiaoer.db").chmod(0o444)
    with bound_by_permissions():
        told = command(capsys, "db", "migrate", "--home", migrated)
    assert told.code == 1
    assert "权限" in told.err
