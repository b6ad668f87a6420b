"""A home that was backed up, and a new machine for it."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.homes import command, oa_event, oa_text, served_home


def morning_in(folder: Path) -> Path:
    """Fill a home in which somebody was given a coupon; nobody serves it."""

    async def morning() -> None:
        async with served_home(folder) as rooms:
            await rooms.hear(oa_event("oJia", "subscribe", "qrscene_poster-S012-door"))
            await rooms.hear(oa_text("oJia", "领劵", 1))

    asyncio.run(morning())
    return folder


def backup_of(home: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Back a home up into a file, and return that."""
    told = command(capsys, "db", "backup", "--home", home, "--to", file)
    assert told.code == 0, told.err
    return file


def fresh_home(of: Path, folder: Path) -> Path:
    """Return a new machine's home: the same settings and key, and no database."""
    home = folder / "fresh"
    home.mkdir()
    for name in ("settings.yaml", "instance.key"):
        (home / name).write_bytes((of / name).read_bytes())
        (home / name).chmod(0o600)
    return home


def rows_of(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything a home's database holds."""
    return tables_of(home / "xiaoer.db")


def tables_of(database: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything a database file holds, by table."""
    with closing(sqlite3.connect(database)) as opened:
        names = opened.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        return {
            name: opened.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall()  # noqa: S608
            for (name,) in names
        }
