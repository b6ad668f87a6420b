"""PostgreSQL as the shared engine: a pool of sessions, each write a transaction of its own.

READ COMMITTED, synchronous commits, limits on everything that could wait. A transaction that met
another one is run again from its beginning.
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import count
from random import SystemRandom
from typing import Any, ClassVar, TypeVar

import asyncpg

from bot import metrics
from bot.db.location import Postgres
from bot.db.postgres_trouble import told_plainly
from bot.db.tx import Database, Row, Tx, Value, Work
from bot.errors import DatabaseTrouble

T = TypeVar("T")
_CONNECT_S = 2.0  # also for a free session of the pool: then the web answers 503
_SESSIONS = 8
_STATEMENTS = 512  # prepared ones a session keeps
_TRIES = 5
_WRITING = "BEGIN"
_CONFLICTS = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.InvalidCachedStatementError,  # the schema was changed beneath a prepared statement
)
_PARTS = re.compile(r"""'[^']*'|"[^"]*"|\?""")
_dice = SystemRandom()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a session lets one statement run, wait for a lock, or a transaction idle."""

    statement_s: int = 5
    lock_s: int = 3
    idle_s: int = 10


class PostgresTx:
    """A transaction on one session."""

    alone: ClassVar[bool] = False
    skip_locked: ClassVar[str] = " FOR UPDATE SKIP LOCKED"
    wait_locked: ClassVar[str] = " FOR UPDATE"

    def __init__(self, session: asyncpg.Connection) -> None:
        self._session = session

    async def all(self, sql: str, *args: Value) -> Sequence[Row]:
        """Return every row."""
        rows: Sequence[Row] = await self._session.fetch(numbered(sql), *map(_storable, args))
        return rows

    async def one(self, sql: str, *args: Value) -> Row | None:
        """Return the first row, or None."""
        row: Row | None = await self._session.fetchrow(numbered(sql), *map(_storable, args))
        return row

    async def run(self, sql: str, *args: Value) -> int:
        """Run a statement and return how many rows it changed.

        Without arguments it may be several statements; nothing is told of their rows.
        """
        told = await self._session.execute(numbered(sql), *map(_storable, args))
        changed = told.rpartition(" ")[2]  # such as "UPDATE 3"
        return int(changed) if changed.isdigit() else 0

    async def lock(self, *names: str) -> None:
        """Wait for named locks, in the order of their keys, until the transaction ends."""
        for key in sorted({lock_key(name) for name in names}):
            await self._session.execute("SELECT pg_advisory_xact_lock($1)", key)

    async def try_lock(self, name: str) -> bool:
        """Take a named lock until the transaction ends; False at once when another has it."""
        return bool(
            await self._session.fetchval("SELECT pg_try_advisory_xact_lock($1)", lock_key(name))
        )

    async def clock_us(self) -> int:
        """Return the server's clock, which goes on within a transaction."""
        return int(
            await self._session.fetchval(
                "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
            )
        )


class _ReadingTx(PostgresTx):
    """A transaction that cannot write, nor hold rows for somebody who will."""

    skip_locked: ClassVar[str] = ""
    wait_locked: ClassVar[str] = ""


def lock_key(name: str) -> int:
    """Return the number under which the server knows a named lock."""
    digest = hashlib.blake2b(f"xiaoer\0{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@lru_cache(maxsize=4096)
def numbered(sql: str) -> str:
    """Return a statement with its placeholders, and lists of nothing, as PostgreSQL writes them.

    >>> numbered("SELECT '?' FROM tag WHERE name = ? AND value = ?")
    "SELECT '?' FROM tag WHERE name = $1 AND value = $2"
    >>> numbered("SELECT name FROM tag WHERE id IN ()")
    "SELECT name FROM tag WHERE id = ANY ('{}')"
    """
    counter = count(1)
    sent = _PARTS.sub(lambda found: f"${next(counter)}" if found[0] == "?" else found[0], sql)
    return sent.replace(" NOT IN ()", " <> ALL ('{}')").replace(" IN ()", " = ANY ('{}')")


def _storable(value: Value) -> Value:
    # PostgreSQL keeps every character in text but this one.
    return value.replace("\0", "\ufffd") if isinstance(value, str) and "\0" in value else value


class PostgresDatabase:
    """A database on a server. Use it from one event loop, between `start` and `close`."""

    alone: ClassVar[bool] = False

    def __init__(self, location: Postgres, limits: Limits = Limits()) -> None:
        self.location = location
        self._closed = False
        with told_plainly(location):
            self._pool = asyncpg.create_pool(
                location.dsn, min_size=0, max_size=_SESSIONS, timeout=_CONNECT_S,
                init=_prepare, reset=_nothing_to_reset, **_options(limits),
            )  # fmt: skip

    async def start(self) -> None:
        """Connect. Raises DatabaseTrouble within 2 s when the server cannot be used."""
        with told_plainly(self.location):
            await self._pool
        await self.read(_nothing)

    async def close(self) -> None:
        """Let what is under way finish for 5 s, then disconnect; idempotent."""
        self._closed = True
        try:
            async with asyncio.timeout(5):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    async def write(self, work: Work[T], *, soon: bool = False) -> T:
        """Run `work` in a transaction; return when it is on the server's disk.

        Tried at most 5 times when others are in the way. Raises DatabaseTrouble, within 2 s
        while the server is away.
        """
        for left in reversed(range(_TRIES)):
            try:
                with metrics.WRITER_QUEUE.track_inprogress():
                    return await self._run(work, _WRITING)
            except _CONFLICTS as conflict:
                if not left:
                    raise DatabaseTrouble(
                        f"PostgreSQL {self.location} 上同样的行改得太频繁，{_TRIES} 次都没有做成"
                    ) from conflict
            await asyncio.sleep(_dice.uniform(0.002, 0.02) * (_TRIES - left))
        raise AssertionError("unreachable")

    async def read(self, work: Work[T]) -> T:
        """Run `work` in a transaction that cannot write."""
        return await self._run(work, "BEGIN READ ONLY")

    async def _run(self, work: Work[T], begin: str) -> T:
        if self._closed:
            raise DatabaseTrouble("数据库已经关闭")
        with told_plainly(self.location):
            async with self._pool.acquire(timeout=_CONNECT_S) as session:
                try:
                    return await _transaction(session, work, begin)
                except asyncpg.ReadOnlySQLTransactionError:
                    await self._pool.expire_connections()  # new ones may be let write
                    raise


async def _transaction(session: asyncpg.Connection, work: Work[T], begin: str) -> T:
    try:
        await session.execute(begin)
        value = await work((_ReadingTx if "READ ONLY" in begin else PostgresTx)(session))
    except BaseException:
        await _undo(session)
        raise
    with metrics.COMMIT_SECONDS.time() if begin == _WRITING else nullcontext():
        ended = await session.execute("COMMIT")
    if ended != "COMMIT":
        raise RuntimeError("a statement had failed, so nothing of the transaction was kept")
    return value


async def _undo(session: asyncpg.Connection) -> None:
    """Leave nothing of a transaction in its session, or else no session."""
    try:
        if not session.is_closed():
            await session.execute("ROLLBACK")
    except asyncpg.InterfaceError:  # the pool has taken back one that broke
        return
    except BaseException as trouble:  # whoever had the session next would commit what is left
        session.terminate()
        if not isinstance(trouble, Exception):
            raise


@asynccontextmanager
async def session_of(location: Postgres, limits: Limits) -> AsyncIterator[asyncpg.Connection]:
    """Open one session of its own while the context lasts. Raises DatabaseTrouble."""
    with told_plainly(location):
        session = await asyncpg.connect(location.dsn, timeout=_CONNECT_S, **_options(limits))
        try:
            await _prepare(session)
            yield session
        finally:
            await session.close(timeout=_CONNECT_S)


async def run_alone(location: Postgres, work: Work[T], limits: Limits) -> T:
    """Run `work` as one write on a session of its own, with its own limits; never run again."""
    async with session_of(location, limits) as session:
        return await _transaction(session, work, "BEGIN")


async def look(location: Postgres, work: Work[T]) -> T:
    """Run `work` on one snapshot that cannot write, on a session of its own."""
    async with session_of(location, Limits(statement_s=60)) as session:
        return await _transaction(session, work, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")


def _options(limits: Limits) -> dict[str, Any]:
    return {
        "command_timeout": limits.statement_s + 1,  # for a server that no longer answers at all
        "statement_cache_size": _STATEMENTS,
        "server_settings": {
            "application_name": "xiaoer",
            "synchronous_commit": "on",
            "timezone": "UTC",
            "jit": "off",  # ours are short statements: compiling one takes longer than running it
            "statement_timeout": f"{limits.statement_s}s",
            "lock_timeout": f"{limits.lock_s}s",
            "idle_in_transaction_session_timeout": f"{limits.idle_s}s",
        },
    }


async def _prepare(session: asyncpg.Connection) -> None:
    # The sum of whole numbers comes as `numeric`; ours are whole numbers again.
    await session.set_type_codec(
        "numeric", schema="pg_catalog", encoder=str, decoder=_number, format="text"
    )


def _number(text: str) -> int | Decimal:
    return int(text) if text.lstrip("-").isdigit() else Decimal(text)


async def _nothing(_: Tx) -> None:
    """Read nothing, which needs a session."""


async def _nothing_to_reset(_: asyncpg.Connection) -> None:
    """Spare the round trip: a transaction leaves nothing behind in its session."""


_: type[Tx] = PostgresTx
__: type[Database] = PostgresDatabase
