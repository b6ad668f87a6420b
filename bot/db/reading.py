"""Opens a database file for those who only look, while a server may be running.

Plain SQL on a connection that cannot write. The ORM stays out of it: its SQLite client opens every
file for writing and sets the journal mode, and its import alone takes longer than any report.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.db.schema import UNIQUE, missing_guards, refuse_newer, status
from bot.db.sqlite import SqliteTx, connect, step
from bot.db.trouble import WAIT_MS, advice
from bot.db.tx import Tx, Work
from bot.errors import DatabaseTrouble

T = TypeVar("T")
_SYNCHRONOUS = {0: "off", 1: "normal", 2: "full", 3: "extra"}


def ask(database: Path, work: Work[T], *, any_schema: bool = False) -> T:
    """Run `work` on one snapshot of `database` that cannot write; a server may run meanwhile.

    Raises DatabaseTrouble when the file is missing, locked for 1 s, unreadable or, unless
    `any_schema`, lacks migrations; SchemaTooNew when it has newer ones.
    """
    if not database.exists():
        raise DatabaseTrouble(
            f"还没有数据库 {database}：serve 第一次启动时会建好；如果早该有了，"
            "请检查 --home 与 settings.yaml 的 database"
        )
    try:
        with closing(connect(database, "ro")) as connection:
            connection.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
            connection.execute("BEGIN")
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
            if not any_schema:
                _check_schema(database)
            return step(work(SqliteTx(connection)))
    except sqlite3.Error as trouble:
        raise DatabaseTrouble(f"数据库 {database} {advice(trouble)}（{trouble}）") from trouble


def _check_schema(database: Path) -> None:
    found = status(database)
    refuse_newer(database, found)
    if found.pending:
        raise DatabaseTrouble(
            f"数据库 {database} 还缺迁移 {'、'.join(found.pending)}："
            "请先运行 python run.py db migrate"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """How a database file is set up, and what it holds."""

    journal_mode: str
    synchronous: str
    rows: Mapping[str, int]
    missing_guards: tuple[str, ...]


async def engine(tx: Tx) -> Engine:
    """Return how the file is set up and how many rows each table holds; counts every row."""
    tables = [
        row["name"]
        for row in await tx.all(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " ORDER BY name"
        )
    ]
    rows = {name: await _rows_of(tx, name) for name in tables}
    journal = await tx.one("PRAGMA journal_mode")
    synced = await tx.one("PRAGMA synchronous")
    return Engine(
        journal_mode=journal["journal_mode"] if journal else "",
        synchronous=_SYNCHRONOUS[synced["synchronous"]] if synced else "",
        rows=rows,
        missing_guards=await missing_guards(tx) if UNIQUE.keys() <= rows.keys() else (),
    )


async def _rows_of(tx: Tx, table: str) -> int:
    # The name comes from the file's own list of tables, never from outside.
    row = await tx.one(f'SELECT count(*) AS n FROM "{table}"')  # noqa: S608
    return int(row["n"]) if row else 0
