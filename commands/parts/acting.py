"""Changes a home's database: here, or by the running server that alone may write it."""

import getpass
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from bot.clock import Clock
from bot.db.opening import opened
from bot.db.tx import Database
from bot.errors import AlreadyServed
from commands.member.direct import clock_of
from commands.parts.compose import Home
from commands.parts.operator import operator_of
from commands.parts.telling import server_of, told
from commands.report.reading import database_of
from config.home import instance_key

Here = Callable[[Database, Clock], Awaitable[Any]]


async def act(home: Home, here: Here, path: str, body: Mapping[str, object]) -> Any:
    """Do something to the database and return what became of it.

    `here` does it; where a server holds the database, it is told `body` at `path` and answers what
    is `done`. Raises DatabaseTrouble; stops when the server cannot be asked.
    """
    key, clock = instance_key(home.folder), await clock_of(home)
    try:
        async with opened(database_of(home), key) as db:
            return await here(db, clock)
    except AlreadyServed:
        return await by_the_server(home, path, body)


async def by_the_server(
    home: Home, path: str, body: Mapping[str, object], *, holds: str = "done"
) -> Any:
    """Tell the running server something and return what its answer `holds`.

    Stops when it cannot be told.
    """
    source, clock = operator_of(instance_key(home.folder)), await clock_of(home)
    url = server_of(home.settings) + path
    return (await told(url, source, orjson.dumps(body), clock, holds=holds))[holds]


def whoever() -> str:
    """Return the name of the person at this machine, as far as it is known."""
    try:
        return getpass.getuser()[:64]
    except (KeyError, OSError):  # a container's user may have no name
        return "operator"
