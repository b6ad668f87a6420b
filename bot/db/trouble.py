"""What SQLite's refusals mean to an operator, and a look whether a file can be written at all."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.db.sqlite import connect
from bot.errors import DatabaseTrouble

WAIT_MS = 1_000  # nobody holds the lock longer but a starting server that repairs its log
_ADVICE = {
    sqlite3.SQLITE_BUSY: "正被别的程序独占：请关掉它（备份软件、数据库浏览器等）再试",
    sqlite3.SQLITE_NOTADB: "不是 SQLite 数据库：请检查 settings.yaml 的 database 指的是不是它",
    sqlite3.SQLITE_CORRUPT: "已损坏：请用备份恢复",
    sqlite3.SQLITE_IOERR: "读取出错：请检查磁盘，以及它是不是一个文件",
    sqlite3.SQLITE_CANTOPEN: "打不开：请检查文件与所在目录的权限，读它也要能写所在目录",
    sqlite3.SQLITE_READONLY: "不能写：请检查文件与所在目录的写权限；只是要看，也要能写所在目录",
}


def advice(trouble: sqlite3.Error) -> str:
    """Return what is the matter with a database file and what to do about it."""
    # The low byte is the kind of trouble; the rest says where in SQLite it arose.
    return _ADVICE.get(getattr(trouble, "sqlite_errorcode", 0) & 0xFF, "读不了")


def check_writable(database: Path) -> None:
    """Raise DatabaseTrouble when `database` cannot be written within 1 s; made when missing.

    For those about to migrate, so that they learn early what is the matter.
    """
    try:
        with closing(connect(database, "rwc")) as connection:
            connection.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
            connection.execute("BEGIN IMMEDIATE")  # by itself it is granted on a read-only file
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {version}")
            connection.execute("ROLLBACK")
    except sqlite3.Error as trouble:
        raise DatabaseTrouble(f"数据库 {database} {advice(trouble)}（{trouble}）") from trouble
