"""One HTTP server to be loaded, in a process of its own: `python -m bench.server VARIANT FOLDER`.

Prints its port as one line, then serves until it is terminated. GET /used tells the CPU time of
the process so far and how many callbacks its database holds.
"""

import asyncio
import os
import resource
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import uvloop
from aiohttp import web

from bench.installation import rooms_of
from bench.peer import Peer
from bot.db.tx import Tx
from bot.web.app import new_app
from commands.parts import logs

Kept = Callable[[], Awaitable[int]]


@asynccontextmanager
async def _bare(_folder: Path) -> AsyncIterator[tuple[web.Application, Kept]]:
    async def receive(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(text="success")

    app = web.Application()
    app.router.add_post("/callback/{account}", receive)
    yield app, _nothing


@asynccontextmanager
async def _ours(folder: Path) -> AsyncIterator[tuple[web.Application, Kept]]:
    logs.set_up()  # a line for each callback, as in a shop
    async with rooms_of(folder) as (rooms, db, _):
        yield new_app(rooms), lambda: db.read(_rows)


@asynccontextmanager
async def _peer(folder: Path) -> AsyncIterator[tuple[web.Application, Kept]]:
    peer = Peer(folder)
    app = web.Application()
    app.router.add_post("/callback/{account}", peer.receive)
    yield app, peer.kept


async def _nothing() -> int:
    return 0


async def _rows(tx: Tx) -> int:
    row = await tx.one("SELECT count(*) AS n FROM inbox WHERE source = 'callback'")
    return int(row["n"]) if row else 0


_SERVERS = {"bare": _bare, "accept": _ours, "answer": _ours, "peer": _peer}


async def _serve(variant: str, folder: Path) -> None:
    async with _SERVERS[variant](folder) as (app, kept):

        async def used(_request: web.Request) -> web.Response:
            mine = resource.getrusage(resource.RUSAGE_SELF)
            return web.json_response({"cpu_s": mine.ru_utime + mine.ru_stime, "kept": await kept()})

        app.router.add_get("/used", used)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.Event().wait()


def pin(core: int) -> None:
    """Keep this process on one core where there are two and the system can; else do nothing."""
    if hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[core]})


if __name__ == "__main__":
    pin(0)
    uvloop.run(_serve(sys.argv[1], Path(sys.argv[2])))
