"""Copies of a SQLite database: taken while it is served, and put in its place again."""

import contextlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.db.backup import Progress, synced
from bot.db.location import SqliteFile
from bot.db.opening import connected
from bot.db.schema import migrate
from bot.db.sqlite import connect
from bot.db.trouble import advice
from bot.db.tx import Work
from bot.errors import DatabaseTrouble

PAGES = 2_000  # of 4 KiB each, between two words of progress
_LOG = ("-wal", "-shm")


def copy(source: Path, target: Path, progress: Progress) -> None:
    """Copy a database as it stands at one moment. Whoever writes it meanwhile waits for nothing.

    Its log cannot be emptied until the copy is done. Raises DatabaseTrouble when the source cannot
    be read, the copy cannot be written, or is damaged.
    """
    try:
        with closing(connect(source, "ro")) as read, closing(sqlite3.connect(target)) as written:
            # One snapshot for all steps: else each commit meanwhile would begin the copy anew.
            read.execute("BEGIN")
            read.execute("SELECT 1 FROM sqlite_master").fetchone()
            read.backup(
                written, pages=PAGES, progress=lambda _, left, all_: progress(all_ - left, all_)
            )
            written.execute("PRAGMA journal_mode = DELETE")
            _check_whole(written, source)
    except sqlite3.Error as trouble:
        raise DatabaseTrouble(
            f"数据库 {source} 备份不了：{advice(trouble)}（{trouble}）"
        ) from trouble


def _check_whole(copy: sqlite3.Connection, name: Path) -> None:
    (verdict, *_) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise DatabaseTrouble(f"{name} 的内容有损坏（{verdict}）：请用更早的备份")


async def put_in_place(copy: Path, place: Path, finish: Work[None], aside: str) -> Path | None:
    """Make a copy the database, and return where the one that was there lies now, if any.

    The caller holds the lock of `place`. The copy is brought to this version's schema, and `finish`
    run over it, before anybody can see it. What was there keeps lying beside, named after `aside`.
    Killed in between, the place holds what was there, or the copy.
    """
    try:
        with closing(sqlite3.connect(copy)) as opened_:
            _check_whole(opened_, copy)
    except sqlite3.Error as trouble:
        raise DatabaseTrouble(f"备份里的数据库打不开（{trouble}）") from trouble
    location = SqliteFile(path=copy)
    await migrate(location)
    async with connected(location) as db:
        await db.write(finish)
    with closing(sqlite3.connect(copy)) as alone:  # no log of its own stays behind
        alone.execute("PRAGMA journal_mode = DELETE")
    return _swap(copy, place, aside)


def _swap(copy: Path, place: Path, aside: str) -> Path | None:
    old = place.with_name(f"{place.name}.{aside}")
    was_there = place.exists()
    if was_there:
        _fold(place)
        os.link(place, old)
    for suffix in _LOG:  # of a damaged file: its log is no log of the copy's
        beside = place.with_name(place.name + suffix)
        if beside.exists():
            beside.replace(old.with_name(old.name + suffix))
    copy.replace(place)
    synced(place.parent)
    return old if was_there else None


def _fold(place: Path) -> None:
    """Bring what a log still holds into its file; a damaged one keeps it."""
    with (
        contextlib.suppress(sqlite3.Error),
        closing(sqlite3.connect(place, timeout=1.0)) as opened,
    ):
        opened.execute("PRAGMA journal_mode = DELETE")
