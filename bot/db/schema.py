"""Brings a database to this version's schema, or says why it cannot be used.

Tortoise's migrations do the work; this module adds what they lack: a guard against two at once,
a refusal of newer databases, and a check that the unique indexes every promise rests on are there.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from bot.db.trouble import check_writable
from bot.db.tx import Tx
from bot.errors import DatabaseTrouble, SchemaTooNew

APP = "xiaoer"

# Each of these stands between a repeated event and a second coupon, seat or effect.
UNIQUE = {
    "inbox": (("dedupe",), ("event_id",)),
    "effect": (("key",),),
    "coupon": (("code",),),
    "coupon_grant": (("campaign", "person_id", "ordinal"), ("coupon_id",)),
    "redemption": (("coupon_id", "undone"),),
    "alias": (("digest",),),
    "shop_order": (("source", "number"),),
    "link_token": (("digest",),),
    "proposal": (("task",),),
    "mass": (("name",),),
    "mass_part": (("mass", "part"),),
    "mass_receiver": (("mass", "receiver"),),
    "seat": (("chat", "member"),),
    "invite": (("pool", "person_id"), ("ticket",)),
    "trace": (("inbox_id",),),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaStatus:
    """Which migrations a database has, and which it lacks."""

    applied: tuple[str, ...]
    pending: tuple[str, ...]
    newer: tuple[str, ...]


def known_migrations() -> tuple[str, ...]:
    """Return the names of this version's migrations, oldest first."""
    folder = Path(__file__).parent / "migrations"
    return tuple(sorted(p.stem for p in folder.glob("[0-9]*.py")))


def status(database: Path) -> SchemaStatus:
    """Tell which migrations `database` has; a missing file has none. Reads only."""
    known = known_migrations()
    if not database.exists():
        return SchemaStatus(applied=(), pending=known, newer=())
    applied = _applied(database)
    return SchemaStatus(
        applied=applied,
        pending=tuple(n for n in known if n not in applied),
        newer=tuple(n for n in applied if n not in known),
    )


def _applied(database: Path) -> tuple[str, ...]:
    uri = f"{database.resolve().as_uri()}?mode=ro"
    try:
        with sqlite3.connect(uri, uri=True) as connection:
            rows = connection.execute(
                "SELECT name FROM tortoise_migrations WHERE app = ? ORDER BY name", (APP,)
            ).fetchall()
    except sqlite3.OperationalError as trouble:
        if "no such table" in str(trouble):
            return ()
        raise DatabaseTrouble(
            f"数据库 {database} 打不开（{trouble}）：请检查文件权限，以及是否有别的程序锁住了它"
        ) from trouble
    except sqlite3.DatabaseError as trouble:
        raise DatabaseTrouble(f"{database} 不是可用的 SQLite 数据库（{trouble}）") from trouble
    return tuple(row[0] for row in rows)


async def migrate(database: Path) -> tuple[str, ...]:
    """Apply what is pending and return the names applied; safe to repeat.

    The caller holds the database's lock file, so two migrations never run at once. Raises
    SchemaTooNew for a database of a newer version, DatabaseTrouble when it cannot be written.
    """
    found = status(database)
    refuse_newer(database, found)
    if not found.pending:
        return ()
    check_writable(database)  # the ORM would wait for ever on a file that it cannot write
    from tortoise import Tortoise
    from tortoise.migrations.api import migrate as run

    try:
        await run(config=tortoise_config(database))
    finally:
        await Tortoise.close_connections()
    return found.pending


def refuse_newer(database: Path, found: SchemaStatus) -> None:
    """Raise SchemaTooNew when the database has migrations this version does not know."""
    if found.newer:
        raise SchemaTooNew(
            f"数据库 {database} 由更新版本的店小二写成（多出迁移 {'、'.join(found.newer)}）："
            "请换用新版本，或用升级前的备份恢复"
        )


def tortoise_config(database: Path) -> dict[str, object]:
    """Return Tortoise's configuration for one SQLite database."""
    return {
        "connections": {
            "default": {
                "engine": "tortoise.backends.sqlite",
                "credentials": {"file_path": str(database), "journal_mode": "WAL"},
            }
        },
        "apps": {
            APP: {
                "models": ["bot.db.tables"],
                "default_connection": "default",
                "migrations": "bot.db.migrations",
            }
        },
    }


async def missing_guards(tx: Tx) -> tuple[str, ...]:
    """Return the unique indexes that should be there and are not, as `table(column, …)`."""
    missing: list[str] = []
    for table, guards in UNIQUE.items():
        found = await _unique_columns(tx, table)
        missing += [f"{table}({', '.join(c)})" for c in guards if c not in found]
    return tuple(missing)


async def _unique_columns(tx: Tx, table: str) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for index in await tx.all(f'PRAGMA index_list("{table}")'):
        if index["unique"]:
            columns = await tx.all(f'PRAGMA index_info("{index["name"]}")')
            found.add(tuple(c["name"] for c in columns))
    return found
