"""Looks at a database from outside, on one snapshot that cannot write; a server may be running.

The ORM stays out of it: its SQLite client opens every file for writing and sets the journal mode,
and its import alone takes longer than any report.
"""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from bot.db.location import Location, Postgres, SqliteFile
from bot.db.sqlite import SqliteTx, connect, step
from bot.db.trouble import WAIT_MS, advice
from bot.db.tx import Work
from bot.errors import DatabaseTrouble

T = TypeVar("T")
_LACKING = (
    "缺少连 PostgreSQL 用的 asyncpg：请安装 requirements.lock 里的全部包"
    "（pip install -r requirements.lock），或单独 pip install asyncpg"
)


def look(location: Location, work: Work[T]) -> T:
    """Run `work` on one snapshot. Raises DatabaseTrouble; a SQLite file is waited for 1 s."""
    match location:
        case SqliteFile(path=path):
            return _look_at_file(path, work)
        case Postgres():
            need_driver()
            from bot.db import postgres

            # A loop of its own, since the caller's thread may have one that runs.
            with ThreadPoolExecutor(1) as thread:
                return thread.submit(asyncio.run, postgres.look(location, work)).result()


def _look_at_file(path: Path, work: Work[T]) -> T:
    try:
        with closing(connect(path, "ro")) as connection:
            connection.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
            connection.execute("BEGIN")
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
            return step(work(SqliteTx(connection)))
    except sqlite3.Error as trouble:
        raise DatabaseTrouble(f"数据库 {path} {advice(trouble)}（{trouble}）") from trouble


def need_driver() -> None:
    """Raise DatabaseTrouble, saying what to install, where asyncpg is missing."""
    try:
        import asyncpg  # noqa: F401  (only whether it is there)
    except ImportError as missing:
        raise DatabaseTrouble(_LACKING) from missing
