"""The one writer of an SQLite file, when another program writes the same file all the same."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path

from bot.db.sqlite import SqliteDatabase, connect
from bot.db.tx import Tx
from tests.rooms import new_database


async def test_what_a_transaction_read_is_still_so_when_it_writes(tmp_path: Path) -> None:
    path = new_database(tmp_path)
    db, other = SqliteDatabase(path), connect(path, "rwc")
    other.execute("PRAGMA busy_timeout = 0")

    async def count_and_note(tx: Tx) -> int:
        row = await tx.one("SELECT count(*) AS n FROM notice")
        with contextlib.suppress(sqlite3.OperationalError):  # locked, as it should be
            other.execute("INSERT INTO notice(name, text, at_us) VALUES('theirs', '', 0)")
        await tx.run("INSERT INTO notice(name, text, at_us) VALUES('ours', '', 0)")
        return int(row["n"]) if row else -1

    try:
        (counted,) = await asyncio.gather(db.write(count_and_note), return_exceptions=True)
        rows = await db.read(lambda tx: tx.all("SELECT name FROM notice"))
    finally:
        other.close()
        db.close()
    assert counted == 0
    assert [row["name"] for row in rows] == ["ours"]
