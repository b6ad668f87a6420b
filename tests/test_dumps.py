"""Backups of a PostgreSQL database by its own tools; nobody opens one that is half restored."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.db import dumps, restored
from bot.db.dumps import Served, _run, bare
from bot.db.location import Postgres
from bot.db.opening import connected, opened
from bot.db.postgres_trouble import told_plainly
from bot.db.reading import ask, engine
from bot.db.tx import Tx
from bot.errors import DatabaseTrouble
from commands.parts.compose import fill
from config.home import instance_key
from tests import servers
from tests.homes import Told, command

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of samples, with the server's own tools on the path."""
    monkeypatch.setenv("PATH", f"{servers.postgres().tools}{os.pathsep}{os.environ['PATH']}")
    fill(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def filled(home: Path) -> Postgres:
    """A database in which something was noted, and which a process has served."""
    place = servers.postgres().migrated()

    async def note() -> None:
        async with opened(place, instance_key(home)) as db:
            await db.write(_note)

    servers.aside(note())
    return place


async def _note(tx: Tx) -> None:
    await tx.run("INSERT INTO notice(name, text, at_us) VALUES('a', '库存不多了', 1)")
    await tx.run("INSERT INTO coupon(campaign, code) VALUES('newcomer', 'ABC')")


@pytest.fixture
def run(home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> "Run":
    """Runs commands of the home over a database."""
    return Run(home, capsys, monkeypatch)


class Run:
    """A command line whose home names the database that a test wants."""

    def __init__(self, home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        self._home = home
        self._capsys = capsys
        self._patch = monkeypatch

    def __call__(self, place: Postgres | str, *words: object) -> Told:
        """Run one command."""
        self._patch.setenv("XIAOER_DATABASE", place.dsn if isinstance(place, Postgres) else place)
        return command(self._capsys, *words, "--home", self._home)


def rows(place: Postgres) -> Mapping[str, int]:
    return ask(place, engine, any_schema=True).rows


async def _coupon(tx: Tx) -> str:
    row = await tx.one("SELECT state FROM coupon WHERE code = 'ABC'")
    return str(row["state"]) if row else ""


async def _schemas(tx: Tx) -> list[str]:
    found = await tx.all("SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'xiaoer_%'")
    return [row["name"] for row in found]


def test_a_dump_brings_everything_back_paused(run: Run, filled: Postgres, tmp_path: Path) -> None:
    file, clean = tmp_path / "a.backup", servers.postgres().new()
    taken = run(filled, "db", "backup", "--to", file)
    assert taken.code == 0, taken.err
    done = run(clean, "db", "restore", file)
    assert done.code == 0, done.err
    before, after = rows(filled), rows(clean)
    assert {name: after[name] for name in before if name not in ("meta", "pause")} == {
        name: count for name, count in before.items() if name not in ("meta", "pause")
    }
    assert ask(clean, _coupon) == restored.QUARANTINED
    assert "confirm-gap" in run(clean, "resume", "all-sending").err
    assert ask(clean, _schemas) == []
    assert run(clean, "db", "confirm-gap").code == 0
    assert run(clean, "pause", "list").code == 0


def test_what_is_there_is_renamed_only_when_forced(
    run: Run, filled: Postgres, tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    assert run(filled, "db", "backup", "--to", file).code == 0
    refused = run(filled, "db", "restore", file)
    assert (refused.code, "--force" in refused.err) == (1, True)
    done = run(filled, "db", "restore", file, "--force")
    assert done.code == 0, done.err
    (aside,) = ask(filled, _schemas)
    assert aside.startswith("xiaoer_before_")
    assert aside in done.out
    assert run(filled, "db", "backup", "--to", tmp_path / "b.backup").code == 0


def test_a_database_somebody_works_on_is_not_replaced(
    run: Run, filled: Postgres, tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    assert run(filled, "db", "backup", "--to", file).code == 0

    async def enter() -> None:
        async with connected(filled) as db:
            await db.write(_enter)

    servers.aside(enter())
    refused = run(filled, "db", "restore", file, "--force")
    assert (refused.code, "till-pc 的 pid 7" in refused.err) == (1, True)
    assert ask(filled, _coupon) == "shelf"


async def _enter(tx: Tx) -> None:
    await tx.run(
        "INSERT INTO worker(id, host, pid, role, started_us, until_us)"
        " VALUES('W', 'till-pc', 7, 'serve', 1, 9000000000000000)"
    )


def test_killed_in_the_middle_nobody_opens_it_and_the_next_run_finishes(
    run: Run, home: Path, filled: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, clean = tmp_path / "a.backup", servers.postgres().new()
    assert run(filled, "db", "backup", "--to", file).code == 0

    async def killed(_: object) -> None:
        raise DatabaseTrouble("the power went")

    with monkeypatch.context() as cut:
        cut.setattr(dumps, "migrate", killed)
        assert run(clean, "db", "restore", file).code == 1

    async def open_it() -> None:
        async with opened(clean, instance_key(home)):
            return

    with pytest.raises(DatabaseTrouble, match="恢复到一半"):
        servers.aside(open_it())
    done = run(clean, "db", "restore", file)
    assert done.code == 0, done.err
    assert ask(clean, _coupon) == restored.QUARANTINED
    servers.aside(open_it())


def test_whoever_was_erased_stays_so_though_the_first_try_was_killed(
    run: Run, filled: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.backup"
    assert run(filled, "db", "backup", "--to", file).code == 0

    async def erase() -> None:
        async with connected(filled) as db:
            insert = "INSERT INTO erasure(person_id, at_us) VALUES('P', 1)"
            await db.write(lambda tx: tx.run(insert))

    async def killed(_: object) -> None:
        raise DatabaseTrouble("the power went")

    servers.aside(erase())
    with monkeypatch.context() as cut:
        cut.setattr(dumps, "migrate", killed)
        assert run(filled, "db", "restore", file, "--force").code == 1
    done = run(filled, "db", "restore", file)
    assert done.code == 0, done.err
    assert rows(filled)["erasure"] == 1


def test_without_the_tools_it_says_what_to_install(
    run: Run, filled: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    told = run(filled, "db", "backup", "--to", tmp_path / "a.backup")
    assert (told.code, "postgresql-client" in told.err) == (1, True)
    assert not (tmp_path / "a.backup").exists()


def test_a_backup_of_the_other_engine_is_refused(
    run: Run, filled: Postgres, tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    assert run(filled, "db", "backup", "--to", file).code == 0
    told = run(f"sqlite:{tmp_path / 'other.db'}", "db", "restore", file)
    assert (told.code, "要用同一种数据库" in told.err) == (1, True)


def test_a_password_stands_in_no_argument() -> None:
    place = Postgres(dsn="postgresql://bo:s3cret%40@db.example:5433/shop?sslmode=require")
    assert bare(place) == "postgresql://bo@db.example:5433/shop?sslmode=require"


async def test_tools_older_than_the_server_are_told_as_such(tmp_path: Path) -> None:
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'aborting because of server version mismatch' >&2\nexit 1\n")
    old.chmod(0o700)
    served = Served(location=Postgres(dsn="postgresql://me@/shop"), env={})
    with pytest.raises(DatabaseTrouble, match=r"pg_dump 没有做成：.*不低于服务器版本"):
        await _run(served, str(old))


def test_a_server_that_is_not_there_is_told_in_words_and_not_by_number() -> None:
    location = Postgres(dsn="postgresql://me@/shop")
    with pytest.raises(DatabaseTrouble, match="（No such file）"), told_plainly(location):
        raise FileNotFoundError(2, "No such file")
