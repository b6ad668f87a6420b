"""Brings a database to this version's schema, or says why it cannot be used.

Tortoise writes the statements of a migration; this module runs them and notes the migration as
applied in one transaction, so that a kill leaves it done or not begun. It adds what else they lack:
a guard against two at once, a refusal of newer databases, and a check that the unique indexes every
promise rests on are there.
"""

import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from bot.db import catalogue
from bot.db.catalogue import APP
from bot.db.location import Location, Postgres, SqliteFile
from bot.db.looking import look, need_driver
from bot.db.sqlite import run_script
from bot.db.trouble import check_writable
from bot.db.tx import Tx
from bot.errors import DatabaseTrouble, SchemaTooNew

_LOCK = "schema"
_PATIENCE_S = 600  # for a big table to be changed, and for another process that does it
_NARROW = re.compile(r"\b(VARCHAR\(\d+\)|INT\b)")
_NOTED = {
    "sqlite": (
        'CREATE TABLE IF NOT EXISTS "tortoise_migrations" ("id" INTEGER PRIMARY KEY AUTOINCREMENT'
        ' NOT NULL, "app" VARCHAR(255) NOT NULL, "name" VARCHAR(255) NOT NULL,'
        ' "applied_at" TIMESTAMP NOT NULL, UNIQUE ("app", "name"))'
    ),
    "asyncpg": (
        'CREATE TABLE IF NOT EXISTS "tortoise_migrations" ("id" SERIAL NOT NULL PRIMARY KEY,'
        ' "app" VARCHAR(255) NOT NULL, "name" VARCHAR(255) NOT NULL,'
        ' "applied_at" TIMESTAMPTZ NOT NULL, UNIQUE ("app", "name"))'
    ),
}

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


async def standing(tx: Tx) -> SchemaStatus:
    """Tell which migrations the database of a transaction has."""
    return _status(await catalogue.applied(tx))


def status(location: Location) -> SchemaStatus:
    """Tell which migrations a database has; a missing file has none. Reads only.

    Raises DatabaseTrouble when it cannot be read.
    """
    if isinstance(location, SqliteFile) and not location.path.exists():
        return _status(())
    return look(location, standing)


def _status(applied: tuple[str, ...]) -> SchemaStatus:
    known = known_migrations()
    return SchemaStatus(
        applied=applied,
        pending=tuple(n for n in known if n not in applied),
        newer=tuple(n for n in applied if n not in known),
    )


async def migrate(location: Location) -> tuple[str, ...]:
    """Apply what is pending and return the names applied; safe to repeat, and to be killed.

    The caller holds a SQLite database's lock file; on PostgreSQL two at once wait for each other.
    Raises SchemaTooNew for a database of a newer version, DatabaseTrouble when it cannot be
    written.
    """
    match location:
        case SqliteFile():
            return await _migrate_file(location)
        case Postgres():
            return await _migrate_server(location)


async def _migrate_file(location: SqliteFile) -> tuple[str, ...]:
    found = status(location)
    refuse_newer(location, found)
    if not found.pending:
        return ()
    check_writable(location.path)
    script = await _script(found.pending, "sqlite")
    try:
        run_script(location.path, script)
    except sqlite3.Error as trouble:
        raise DatabaseTrouble(
            f"数据库 {location} 的迁移没有做成，什么都没有改（{trouble}）：请检查磁盘空间与权限"
        ) from trouble
    return found.pending


async def _migrate_server(location: Postgres) -> tuple[str, ...]:
    need_driver()
    from bot.db.postgres import Limits, run_alone

    async def work(tx: Tx) -> tuple[str, ...]:
        await tx.lock(_LOCK)
        found = await standing(tx)
        refuse_newer(location, found)
        if found.pending:
            await tx.run(await _script(found.pending, "asyncpg"))
        return found.pending

    patient = Limits(statement_s=_PATIENCE_S, lock_s=_PATIENCE_S, idle_s=_PATIENCE_S)
    return await run_alone(location, work, patient)


async def _script(names: tuple[str, ...], engine: str) -> str:
    """Return all that brings a database through these migrations, for one transaction."""
    from tortoise import Tortoise
    from tortoise.migrations.api import sqlmigrate

    statements = [_NOTED[engine]]
    try:
        for name in names:
            told = await sqlmigrate(
                config=tortoise_config(engine=engine), app_label=APP, migration_name=name
            )
            statements += [_unbounded(one) for one in told if not one.startswith("--")]
            statements.append(
                "INSERT INTO tortoise_migrations(app, name, applied_at)"
                f" VALUES('{APP}', '{name}', CURRENT_TIMESTAMP)"
            )
    finally:
        await Tortoise.close_connections()
    return ";\n".join(statements) + ";"


def _unbounded(statement: str) -> str:
    # SQLite keeps text of any length and whole numbers of 64 bits in any column. A server that
    # refuses a name of 65 characters would put aside what on the other engine is done.
    wide = _NARROW.sub(lambda found: "BIGINT" if found[0] == "INT" else "TEXT", statement)
    return wide.rstrip("; \n")


def refuse_newer(location: Location, found: SchemaStatus) -> None:
    """Raise SchemaTooNew when the database has migrations this version does not know."""
    if found.newer:
        raise SchemaTooNew(
            f"数据库 {location} 由更新版本的店小二写成（多出迁移 {'、'.join(found.newer)}）："
            "请换用新版本，或用升级前的备份恢复"
        )


def tortoise_config(
    database: Path = Path("xiaoer.db"), *, engine: str = "sqlite"
) -> dict[str, object]:
    """Return what Tortoise must know to write migrations, for `sqlite` or `asyncpg`.

    Each engine has a connection name of its own: Tortoise keeps statements by that name.
    """
    credentials: dict[str, object] = {"file_path": str(database), "journal_mode": "WAL"}
    if engine != "sqlite":
        credentials = {"host": "", "port": 0, "user": "", "password": "", "database": ""}
    return {
        "connections": {
            engine: {"engine": f"tortoise.backends.{engine}", "credentials": credentials}
        },
        "apps": {
            APP: {
                "models": ["bot.db.tables"],
                "default_connection": engine,
                "migrations": "bot.db.migrations",
            }
        },
    }


async def missing_guards(tx: Tx) -> tuple[str, ...]:
    """Return the unique indexes that should be there and are not, as `table(column, …)`."""
    missing: list[str] = []
    for table, guards in UNIQUE.items():
        found = await catalogue.unique_columns(tx, table)
        missing += [f"{table}({', '.join(c)})" for c in guards if c not in found]
    return tuple(missing)
