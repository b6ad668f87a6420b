"""Opens a home's database to serve it: lock file of a SQLite file, schema, guards, instance key."""

import fcntl
import hashlib
import hmac
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from bot.db import catalogue
from bot.db.location import Location, Postgres, SqliteFile
from bot.db.looking import look, need_driver
from bot.db.restored import refuse_half_restored
from bot.db.schema import migrate, missing_guards
from bot.db.sqlite import SqliteDatabase
from bot.db.tx import Database, Tx, Work
from bot.errors import AlreadyServed, DatabaseTrouble, WrongKey

_WRONG_KEY = (
    "这个数据库是用另一把实例密钥（instance.key）写的：请把原来的 instance.key 放回家目录；"
    "换了密钥，旧的去重与身份记录都对不上"
)


@contextmanager
def held_lock(database: Path) -> Iterator[None]:
    """Hold the database's lock file, so that one process serves it.

    Raises AlreadyServed at once when another holds it. The lock dies with its process; the file
    stays and means nothing by itself.
    """
    path = database.with_name(database.name + ".lock")
    try:
        handle = path.open("a+")
    except OSError as trouble:
        raise DatabaseTrouble(
            f"锁文件 {path} 建不了（{trouble.strerror}）：请检查目录权限"
        ) from trouble
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            holder = handle.read().strip() or "未知"
            raise AlreadyServed(
                f"数据库 {database} 正由另一个进程（pid {holder}）使用：SQLite 只能由一个进程服务，"
                "请先停掉它"
            ) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


@asynccontextmanager
async def opened(location: Location, instance_key: bytes) -> AsyncIterator[Database]:
    """Migrate, check and open a database; close it afterwards.

    A SQLite file is locked, so that no second process opens it; any number may open a PostgreSQL
    database together. Raises AlreadyServed, SchemaTooNew, WrongKey or DatabaseTrouble, each saying
    what to do.
    """
    match location:
        case SqliteFile(path=path):
            with held_lock(path):
                async with _checked(location, instance_key) as db:
                    yield db
        case Postgres():
            async with _checked(location, instance_key) as db:
                await db.read(refuse_half_restored)
                yield db


@asynccontextmanager
async def _checked(location: Location, instance_key: bytes) -> AsyncIterator[Database]:
    await migrate(location)
    async with connected(location) as db:
        await db.read(_check_guards)
        await db.write(_check_key(instance_key))
        yield db


@asynccontextmanager
async def connected(location: Location) -> AsyncIterator[Database]:
    """Open a database as it is, unchecked, and close it afterwards. Raises DatabaseTrouble."""
    match location:
        case SqliteFile(path=path):
            file = SqliteDatabase(path)
            try:
                yield file
            finally:
                file.close()
        case Postgres():
            need_driver()
            from bot.db.postgres import PostgresDatabase

            server = PostgresDatabase(location)
            await server.start()
            try:
                yield server
            finally:
                await server.close()


async def _check_guards(tx: Tx) -> None:
    missing = await missing_guards(tx)
    if missing:
        raise DatabaseTrouble(
            f"数据库缺少唯一约束 {'、'.join(missing)}：没有它，重复的回调会发出第二份，因此不启动。"
            "请用备份恢复，或在副本上重新运行迁移"
        )


def check_instance_key(location: Location, instance_key: bytes) -> None:
    """Raise WrongKey when a database was written with another instance key. Reads only."""
    known = look(location, _known_key)
    if known and known != fingerprint(instance_key):
        raise WrongKey(_WRONG_KEY)


async def _known_key(tx: Tx) -> str:
    if "meta" not in await catalogue.tables(tx):
        return ""
    row = await tx.one("SELECT value FROM meta WHERE key = 'instance_key'")
    return str(row["value"]) if row else ""


def fingerprint(instance_key: bytes) -> str:
    """Return what a database keeps of the instance key: enough to recognise it, no more."""
    return hmac.new(instance_key, b"fingerprint", hashlib.sha256).hexdigest()[:32]


def _check_key(instance_key: bytes) -> Work[None]:
    mine = fingerprint(instance_key)

    async def check(tx: Tx) -> None:
        await tx.run(
            "INSERT INTO meta(key, value) VALUES('instance_key', ?) ON CONFLICT(key) DO NOTHING",
            mine,
        )
        row = await tx.one("SELECT value FROM meta WHERE key = 'instance_key'")
        if row is None or row["value"] != mine:
            raise WrongKey(_WRONG_KEY)

    return check
