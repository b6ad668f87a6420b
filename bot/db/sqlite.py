"""SQLite as the embedded engine: WAL, synchronous FULL, one writer thread, grouped commits.

What waits when the writer looks is committed with one sync; nothing waits on purpose. Callbacks and
outcomes come first, the rest in portions, so that neither ever waits behind a heap of decisions.
Each piece of work has its own savepoint, so one that fails takes nothing with it.
"""

import asyncio
import contextlib
import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextvars import copy_context
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from bot import metrics
from bot.db.footing import Footing, Moved
from bot.db.tx import Database, Row, Tx, Value, Work
from bot.errors import DatabaseTrouble

T = TypeVar("T")
Outcome = tuple[Any, BaseException | None]
Piece = Callable[[Tx], Any]  # work, run in place
Waiting = deque[tuple[Piece, asyncio.Future[Any]]]
_SLICE_S = 0.01  # of work that can wait, in one commit
_BUSY_MS = 5_000
_PRIVATE = 0o600
_WAL_LIMIT_BYTES = 64 * 1024 * 1024
_ENGINE_TROUBLES = frozenset({
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB,
})  # fmt: skip


class SqliteTx:
    """A transaction on one connection. Its waits never suspend: the thread runs them in place."""

    alone: ClassVar[bool] = True
    skip_locked: ClassVar[str] = ""
    wait_locked: ClassVar[str] = ""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def all(self, sql: str, *args: Value) -> Sequence[Row]:
        """Return every row."""
        return self._connection.execute(sql, args).fetchall()

    async def one(self, sql: str, *args: Value) -> Row | None:
        """Return the first row, or None."""
        row: Row | None = self._connection.execute(sql, args).fetchone()
        return row

    async def run(self, sql: str, *args: Value) -> int:
        """Run a statement and return how many rows it changed."""
        return self._connection.execute(sql, args).rowcount

    async def lock(self, *names: str) -> None:
        """Return at once: there is one writer."""

    async def try_lock(self, name: str) -> bool:
        """Hold it: there is one writer."""
        return True

    async def clock_us(self) -> int:
        """Return this machine's time, which is the database's."""
        return time.time_ns() // 1_000


def step(work: Awaitable[T]) -> T:
    """Run an awaitable that waits for nothing but a SqliteTx, in place; raise what it raises."""
    coroutine = work.__await__()
    try:
        next(coroutine)
    except StopIteration as finished:
        value: T = finished.value
        return value
    raise RuntimeError("work in a transaction may wait for nothing but that transaction")


class SqliteDatabase:
    """One SQLite file. Open it, use `write` and `read` from one event loop, close it."""

    alone: ClassVar[bool] = True

    def __init__(self, path: Path) -> None:
        self.path = path
        self._soon: Waiting = deque()
        self._queue: Waiting = deque()
        self._wake = threading.Event()
        self._stop = False
        self._writer = self._connect("rwc")
        self._reader = self._connect("ro")
        self._footing = Footing(path)
        self._thread = threading.Thread(target=self._serve, name="sqlite-writer", daemon=True)
        self._reading = asyncio.Lock()
        self._using_reader = threading.Lock()  # a reader that is waited for no more still reads
        self.batches = 0
        self.written = 0
        self._thread.start()

    def _connect(self, mode: str) -> sqlite3.Connection:
        try:
            return connect(self.path, mode)
        except sqlite3.Error as trouble:
            raise DatabaseTrouble(
                f"数据库 {self.path} 打不开（{trouble}）："
                "请检查文件权限、磁盘空间，以及是否有别的程序锁住了它"
            ) from trouble

    async def write(self, work: Work[T], *, soon: bool = False) -> T:
        """Run `work` in a transaction; return when it is synced to disk.

        `soon`: before whatever else waits.
        """
        if self._stop:
            raise DatabaseTrouble("数据库已经关闭")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        (self._soon if soon else self._queue).append((_piece(work), future))
        if not self._wake.is_set():  # a writer that is awake looks again before it sleeps
            self._wake.set()
        with metrics.WRITER_QUEUE.track_inprogress():
            return await future

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a read-only connection in a thread, one at a time."""
        async with self._reading:
            return await asyncio.to_thread(self._read_now, work)

    def _read_now(self, work: Work[T]) -> T:
        with self._using_reader:
            return step(work(SqliteTx(self._reader)))

    def close(self) -> None:
        """Finish what was asked for, then close; idempotent."""
        self._stop = True
        self._wake.set()
        self._thread.join()
        with self._using_reader:
            self._reader.close()
        self._writer.close()  # the last: it alone can fold the log into the file and remove it

    def _serve(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            while self._soon or self._queue:
                self._commit_waiting()
            if self._stop and not self._soon and not self._queue:
                return

    def _commit_waiting(self) -> None:
        taken: list[asyncio.Future[Any]] = []
        try:
            self._footing.check()
            self._writer.execute("BEGIN IMMEDIATE")
            outcomes = [self._run_one(piece) for piece in self._pieces(taken)]
            with metrics.COMMIT_SECONDS.time():
                self._writer.execute("COMMIT")
            self._footing.check()  # what was removed meanwhile must not be promised
        except sqlite3.Error as trouble:
            if not taken:  # it could not even begin
                deque(self._pieces(taken), maxlen=0)
            outcomes = self._given_up(trouble, len(taken))
        else:
            self.batches += 1
            self.written += len(taken)
        _hand_back(taken, outcomes)

    def _pieces(self, taken: list[asyncio.Future[Any]]) -> Iterator[Piece]:
        """Take out what this commit holds: all that is to be soon, and some of the rest."""
        for _ in range(len(self._soon)):
            yield _taken(self._soon, taken)
        until = time.monotonic() + _SLICE_S
        while self._queue:
            yield _taken(self._queue, taken)
            if time.monotonic() > until:
                return

    def _run_one(self, piece: Piece) -> Outcome:
        self._writer.execute("SAVEPOINT piece")
        try:
            value = piece(SqliteTx(self._writer))
        except Exception as raised:  # it is raised again in the caller's task
            if not self._writer.in_transaction:  # a full disk rolls the whole batch back
                raise sqlite3.OperationalError(str(raised)) from raised
            self._writer.execute("ROLLBACK TO piece")
            self._writer.execute("RELEASE piece")
            return None, self._trouble(raised) if _is_engine_trouble(raised) else raised
        self._writer.execute("RELEASE piece")
        return value, None

    def _given_up(self, trouble: sqlite3.Error, count: int) -> list[Outcome]:
        with contextlib.suppress(sqlite3.Error):
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
        return [(None, self._trouble(trouble)) for _ in range(count)]

    def _trouble(self, cause: Exception) -> DatabaseTrouble:
        advice = "请检查磁盘空间、文件权限，以及是否有别的程序锁住了它"
        told = str(cause) if isinstance(cause, Moved) else f"{cause}）：{advice}"
        raised = DatabaseTrouble(f"写不进数据库 {self.path}（{told}")
        raised.__cause__ = cause
        return raised


def _taken(queue: Waiting, taken: list[asyncio.Future[Any]]) -> Piece:
    piece, future = queue.popleft()
    taken.append(future)
    return piece


def _piece(work: Work[Any]) -> Piece:
    # In the caller's context, so that a line logged in the writer's thread names the same event.
    context = copy_context()
    return lambda tx: context.run(step, work(tx))


def _is_engine_trouble(raised: Exception) -> bool:
    # A statement of ours that is wrong is no trouble of the disk, and must not look like one.
    return getattr(raised, "sqlite_errorcode", 0) & 0xFF in _ENGINE_TROUBLES


def _hand_back(futures: Sequence[asyncio.Future[Any]], outcomes: Sequence[Outcome]) -> None:
    """Wake the loop once for a whole batch; a loop that has ended needs no answers."""
    with contextlib.suppress(RuntimeError):
        futures[0].get_loop().call_soon_threadsafe(_settle, futures, outcomes)


def _settle(futures: Sequence[asyncio.Future[Any]], outcomes: Sequence[Outcome]) -> None:
    for future, (value, raised) in zip(futures, outcomes, strict=True):
        if future.done():  # whoever waited was cancelled
            continue
        if raised is None:
            future.set_result(value)
        else:
            future.set_exception(raised)


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """Open `path` as the engine uses it; `mode` is ro or rwc. Raises sqlite3.Error.

    A file that is made here is its owner's alone, and so is its log: both hold customers' names.
    """
    if mode != "ro":
        with contextlib.suppress(OSError):  # it is there; any other trouble SQLite tells itself
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE))
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    if mode != "ro":
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_LIMIT_BYTES}")
        connection.execute("PRAGMA secure_delete = ON")  # what is erased is written over
    return connection


def run_script(path: Path, script: str) -> None:
    """Run statements as one transaction: all of them or, whatever happens, none.

    The file is made when it is missing. Raises sqlite3.Error.
    """
    with contextlib.closing(connect(path, "rwc")) as connection:
        # executescript commits what is open before it begins, so the transaction is in the script.
        connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nCOMMIT;")


_: type[Tx] = SqliteTx
__: type[Database] = SqliteDatabase
