"""Keeps SQLite's log short: empties it into the file when nobody is in the way, and tells when not.

The engine moves the log into the file by itself, but a reader that stays keeps it from beginning
anew, and what it has grown to stays on the disk.
"""

import asyncio
import contextlib
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import structlog

from bot.clock import Now, moment
from bot.db.notices import NoticeShelf
from bot.db.sqlite import SqliteDatabase, connect
from bot.db.tx import Database
from bot.errors import DatabaseTrouble

WARN_BYTES = 64 * 1024 * 1024
_WORTH_BYTES = 8 * 1024 * 1024  # twice of what the engine leaves by itself
_EVERY_S = 10.0
_ANYWAY_S = 600.0
_SOON_S, _AGAIN_S = 3.0, 0.05
log = structlog.get_logger()


def log_bytes(database: Path) -> int:
    """Return how long the log of a database is; 0 while it has none."""
    try:
        return database.with_name(database.name + "-wal").stat().st_size
    except OSError:
        return 0


def empty_log(database: Path) -> bool:
    """Empty the log into the file; False while somebody reads or writes. Waits for nobody.

    The writer waits meanwhile, as briefly as can be: what needs no lock is moved before. Repeating
    is safe.
    """
    with contextlib.suppress(sqlite3.Error), closing(connect(database, "rwc")) as connection:
        connection.execute("PRAGMA busy_timeout = 0")
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    return False


async def empty_log_soon(db: Database) -> None:
    """Empty the log of a SQLite database as soon as nobody is in the way, within 3 s or not at all.

    A log that stays is emptied by the watch. A server keeps no such log.
    """
    if not isinstance(db, SqliteDatabase):
        return
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_SOON_S):
            while not await asyncio.to_thread(empty_log, db.path):  # noqa: ASYNC110  (nobody rings)
                await asyncio.sleep(_AGAIN_S)


class LogWatch:
    """Empties the log of a database from time to time, and warns of one that cannot be emptied."""

    def __init__(self, database: Path, notices: NoticeShelf, now: Now) -> None:
        self._database = database
        self._notices = notices
        self._now = now
        self._emptied_s = time.monotonic()

    async def run(self) -> None:
        """Look every 10 s, for ever."""
        while True:
            await asyncio.sleep(_EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Empty the log when it is longer than 8 MiB, or was not emptied for 10 minutes.

        One of 64 MiB that cannot be emptied is told to operators, once a day.
        """
        size = log_bytes(self._database)
        old = time.monotonic() - self._emptied_s > _ANYWAY_S
        if size < _WORTH_BYTES and not (size and old):
            return
        if await asyncio.to_thread(empty_log, self._database):
            self._emptied_s = time.monotonic()
        elif size >= WARN_BYTES:
            await self._warn(size)

    async def _warn(self, size: int) -> None:
        log.warning("log_not_emptied", bytes=size)
        day = moment(self._now()).date().isoformat()
        text = (
            f"数据库的预写日志已有 {size // (1024 * 1024)} MiB，清不掉：有程序一直在读"
            f" {self._database}（备份、报表、数据库工具？），结束它就会变小"
        )
        with contextlib.suppress(DatabaseTrouble):  # the log line says it too
            await self._notices.warn(f"wal:{day}", text)
