"""What a database says of itself: its tables, unique indexes, migrations, and how it is set up."""

from collections.abc import Mapping

from bot.db.sqlite import SqliteTx
from bot.db.tx import Tx

APP = "xiaoer"
_SYNCHRONOUS = {0: "off", 1: "normal", 2: "full", 3: "extra"}
_UNIQUE = (
    "SELECT i.indexrelid, a.attname AS name FROM pg_index i"
    " CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)"
    " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum"
    " WHERE i.indrelid = to_regclass(?) AND i.indisunique AND i.indisvalid AND i.indpred IS NULL"
    " ORDER BY i.indexrelid, k.place"
)


async def tables(tx: Tx) -> tuple[str, ...]:
    """Return the names of all tables, in alphabetical order."""
    if isinstance(tx, SqliteTx):
        rows = await tx.all(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " ORDER BY name"
        )
    else:
        rows = await tx.all(
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()"
            " ORDER BY tablename"
        )
    return tuple(row["name"] for row in rows)


async def unique_columns(tx: Tx, table: str) -> set[tuple[str, ...]]:
    """Return the columns of each unique index of a table; nothing for a table that is not there."""
    found: dict[object, tuple[str, ...]] = {}
    if isinstance(tx, SqliteTx):
        for index in await tx.all(f'PRAGMA index_list("{table}")'):
            if index["unique"]:
                columns = await tx.all(f'PRAGMA index_info("{index["name"]}")')
                found[index["name"]] = tuple(column["name"] for column in columns)
    else:
        for row in await tx.all(_UNIQUE, f'"{table}"'):
            of = row["indexrelid"]
            found[of] = (*found.get(of, ()), row["name"])
    return set(found.values())


async def applied(tx: Tx) -> tuple[str, ...]:
    """Return the names of the migrations that were applied, oldest first."""
    if "tortoise_migrations" not in await tables(tx):
        return ()
    rows = await tx.all("SELECT name FROM tortoise_migrations WHERE app = ? ORDER BY name", APP)
    return tuple(row["name"] for row in rows)


async def set_up(tx: Tx) -> Mapping[str, str]:
    """Return what of the engine's settings decides whether a commit is durable, by name."""
    if isinstance(tx, SqliteTx):
        journal = await tx.one("PRAGMA journal_mode")
        synced = await tx.one("PRAGMA synchronous")
        return {
            "journal_mode": journal["journal_mode"] if journal else "",
            "synchronous": _SYNCHRONOUS[synced["synchronous"]] if synced else "",
        }
    rows = await tx.all(
        "SELECT name, setting FROM pg_settings"
        " WHERE name IN ('fsync', 'full_page_writes', 'server_version', 'synchronous_commit')"
        " ORDER BY name"
    )
    return {row["name"]: row["setting"] for row in rows}


async def size_bytes(tx: Tx) -> int:
    """Return how much room the database takes on its disk, without SQLite's log."""
    if isinstance(tx, SqliteTx):
        pages, page = await tx.one("PRAGMA page_count"), await tx.one("PRAGMA page_size")
        return int(pages["page_count"]) * int(page["page_size"]) if pages and page else 0
    row = await tx.one("SELECT pg_database_size(current_database()) AS size")
    return int(row["size"]) if row else 0


async def rows_of(tx: Tx, table: str) -> int:
    """Count the rows of one of `tables`."""
    # The name comes from the database's own list of tables, never from outside.
    row = await tx.one(f'SELECT count(*) AS n FROM "{table}"')  # noqa: S608
    return int(row["n"]) if row else 0
