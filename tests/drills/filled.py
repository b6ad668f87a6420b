"""A database that has been in use for long: its rows, written many times over by SQL."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from tortoise.models import Model

from bot.db.location import Location, Postgres, SqliteFile
from bot.db.sqlite import connect
from bot.db.tables_work import Effect, Inbox

_INBOX: Mapping[str, str] = {
    "event_id": "'FILLED' || n.i",
    "dedupe": "'filled:' || n.i",
    "state": "'done'",
}
_EFFECT: Mapping[str, str] = {
    "key": "'filled:' || n.i",
    "order_key": "'filled:' || n.i",
    "state": "'ready'",
    "attempts": "0",
    "fence": "0",
    "owner": "''",
    "code": "NULL",
    "done_us": "NULL",
    "sent_us": "NULL",
}


async def fill(location: Location, *, inbox: int, owed: int) -> None:
    """Add so many decided callbacks and so many labels that are due, copies of the newest of each.

    Nobody may use the database meanwhile. Raises ValueError where there is none to copy.
    """
    rows = _copies(Inbox, inbox, _INBOX, "source = 'callback' AND state = 'done'")
    labels = _copies(Effect, owed, _EFFECT, "kind = 'label'")
    match location:
        case SqliteFile(path=path):
            numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})"
            _fill_file(
                path, rows.format(numbers.format(inbox)), labels.format(numbers.format(owed))
            )
        case Postgres():
            from tests.servers import run  # noqa: PLC0415  (a SQLite file needs no server)

            numbers = "WITH n AS (SELECT generate_series(1, {}) AS i)"
            statements = rows.format(numbers.format(inbox)), labels.format(numbers.format(owed))
            for one, said in zip(statements, await run(location, *statements), strict=True):
                _must_have_copied(one, int(said.rpartition(" ")[2]))  # INSERT 0 50000
            await run(location, "ANALYZE")


def _fill_file(path: Path, *statements: str) -> None:
    with closing(connect(path, "rwc")) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for one in statements:
            _must_have_copied(one, connection.execute(one).rowcount)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _must_have_copied(statement: str, rows: int) -> None:
    if rows <= 0:
        raise ValueError(f"nothing to copy: {statement}")


def _copies(table: type[Model], count: int, changed: Mapping[str, str], sample: str) -> str:
    name = table._meta.db_table
    columns = sorted(table._meta.db_fields - {"id"})
    values = [changed.get(one, f"s.{one}") for one in columns]
    return (
        f"INSERT INTO {name}({', '.join(columns)}) {{}}"  # noqa: S608  (ours)
        f" SELECT {', '.join(values)} FROM n,"
        f" (SELECT * FROM {name} WHERE {sample} ORDER BY id DESC LIMIT 1) AS s"
        f" WHERE n.i <= {count}"
    )
