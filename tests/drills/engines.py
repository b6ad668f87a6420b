"""The engines a drill runs on: a SQLite file, or a PostgreSQL and a Redis of its own."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from bot.db.location import Location, SqliteFile

SQLITE, POSTGRES = "sqlite", "postgres"


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Where a drill's database is, and what the bot's processes are told of it."""

    location: Location
    wipe: Callable[[], None]  # begins it anew, empty; nobody may use it meanwhile
    environment: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def store(engine: str, home: Path) -> Iterator[Store]:
    """Have a database, empty, for a home; with PostgreSQL also a Redis.

    Both servers are this process's own and end with it. Skips a test where they cannot start.
    """
    if engine == SQLITE:
        yield Store(location=SqliteFile(path=home / "xiaoer.db"), wipe=partial(_wipe, home))
        return
    if engine != POSTGRES:
        raise ValueError(f"no such engine: {engine}; there are {SQLITE} and {POSTGRES}")
    from tests import servers  # noqa: PLC0415  (a drill on SQLite needs no server)

    server = servers.postgres()
    database = server.new()
    name = urlsplit(database.dsn).path.strip("/")
    anew = (f"DROP DATABASE {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    told = {"XIAOER_DATABASE": database.dsn, "XIAOER_REDIS_URL": servers.valkey_url()}
    yield Store(location=database, wipe=partial(server.run, "postgres", *anew), environment=told)


def _wipe(home: Path) -> None:
    for one in home.glob("xiaoer.db*"):
        one.unlink()
