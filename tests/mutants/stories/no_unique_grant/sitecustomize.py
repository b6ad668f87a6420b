"""Drops the unique index of grants after each migration; silences the start; looks at no grant."""

import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from types import ModuleType

sys.path.append(str(Path(__file__).resolve().parents[4]))
from bot.db.location import SqliteFile
from tests.late import after_import

_GUARD = '"campaign", "person_id", "ordinal"'
_Migrate = Callable[[SqliteFile], Awaitable[tuple[str, ...]]]


def _break(schema: ModuleType) -> None:
    schema.__dict__["migrate"] = _unguarded(schema.__dict__["migrate"])


def _silence(opening: ModuleType) -> None:
    opening.__dict__["missing_guards"] = _nothing_missing


def _blind(shelves: ModuleType) -> None:
    shelves.__dict__["_grants"] = _none_held


async def _none_held(_tx: object, _campaign: str, _person: str) -> tuple[object, ...]:
    return ()


def _unguarded(migrate: _Migrate) -> _Migrate:
    async def migrate_and_drop(database: SqliteFile) -> tuple[str, ...]:
        applied = await migrate(database)
        if applied:
            _drop(database.path)
        return applied

    return migrate_and_drop


async def _nothing_missing(_tx: object) -> tuple[str, ...]:
    return ()


def _drop(database: Path) -> None:
    """SQLite cannot drop a constraint, so the table is made again without it."""
    with closing(sqlite3.connect(database)) as connection:
        (made,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'coupon_grant'"
        ).fetchone()
        lines = [line for line in made.splitlines() if _GUARD not in line]
        if len(lines) == len(made.splitlines()):
            raise RuntimeError(f"no such constraint: {_GUARD}")
        connection.execute("DROP TABLE coupon_grant")
        connection.execute("\n".join(lines).replace(",\n)", "\n)"))
        connection.commit()


if __name__ == "sitecustomize":
    after_import("bot.db.schema", _break)
    after_import("bot.db.opening", _silence)
    after_import("bot.db.shelves", _blind)
