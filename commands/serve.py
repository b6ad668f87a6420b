"""`serve` and `work`: the program as it runs in a shop."""

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import structlog
from aiohttp import web

from bot.accept import Acceptor
from bot.clock import Clock
from bot.db.opening import opened
from bot.db.sqlite import SqliteDatabase
from bot.decide import Decider
from bot.errors import DatabaseTrouble
from bot.perform import Performer
from bot.platforms.wire import new_session
from bot.web.app import new_app
from bot.web.keys import Rooms
from bot.worker import Staffing, Worker
from commands.parts import logs
from commands.parts.compose import Home, open_home, shop_of
from commands.parts.doors import doors
from commands.parts.problems import FINE, UNREACHABLE, show, stop
from commands.parts.stock import meet_groups, stock_shelves
from commands.parts.watch import follow_clock, watch_rules
from config.settings import Listen

_DRAIN_S = 10.0
log = structlog.get_logger()


def run(home: Path, *, listening: bool = True) -> int:
    """Serve a home until SIGTERM or SIGINT; `listening` False only works off what is owed.

    Stops with a message when settings, content, database or port cannot be used.
    """
    logs.set_up()
    read = open_home(home, with_rules=False)
    if read.errors:
        show(read.errors)
        stop("内容有错误，未启动（用 check 查看全部）")
    try:
        return _loop_run(_serve(read, listening))
    except DatabaseTrouble as trouble:
        stop(str(trouble))


def _loop_run(main: Coroutine[object, object, int]) -> int:
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    return uvloop.run(main)


async def _serve(home: Home, listening: bool) -> int:
    clock = Clock()
    if home.settings.twin_clock_url:
        await follow_clock(clock, home.settings.twin_clock_url, once=True)
    async with _rooms(home, clock) as rooms:
        log.info("recovered", recovered=await rooms.worker.recover())
        site = await _listen(home, rooms) if listening else None
        await _work(home, rooms)
        if site:
            await site.cleanup()
    return FINE


@asynccontextmanager
async def _rooms(home: Home, clock: Clock) -> AsyncIterator[Rooms]:
    settings = home.settings
    shop = shop_of(home, clock)
    if not settings.database.startswith("sqlite:"):
        stop("这个版本只支持 SQLite：请把 settings.yaml 的 database 改成 sqlite:xiaoer.db")
    path = Path(settings.database.removeprefix("sqlite:"))
    async with opened(path, shop.instance_key) as db, _session(settings.send_timeout_s) as session:
        acceptor = Acceptor(db, shop)
        performer = Performer(db, doors(settings, db, session, clock), clock, shop.instance_key)
        staffing = Staffing(
            db=db, acceptor=acceptor, decider=Decider(db, shop), performer=performer
        )
        worker = Worker(staffing, clock, shop.times)
        yield Rooms(
            db=db, shop=shop, acceptor=acceptor, worker=worker, clock=clock,
            ready=lambda: _troubles(db, worker),
        )  # fmt: skip


@asynccontextmanager
async def _session(total_s: float) -> AsyncIterator[aiohttp.ClientSession]:
    session = new_session(total_s)
    try:
        yield session
    finally:
        await session.close()


async def _listen(home: Home, rooms: Rooms) -> web.AppRunner:
    listen = home.settings.listen
    runner = web.AppRunner(new_app(rooms), access_log=None, shutdown_timeout=_DRAIN_S)
    await runner.setup()
    try:
        await _site(runner, listen).start()
    except OSError as trouble:
        await runner.cleanup()
        if trouble.errno == errno.EADDRINUSE:
            stop(
                f"端口 {listen.host}:{listen.port} 已被占用：请停掉占用它的程序，"
                "或改 settings.yaml 的 listen.port",
                UNREACHABLE,
            )
        stop(f"不能监听 {listen.host}:{listen.port}（{trouble.strerror}）", UNREACHABLE)
    for host, port, *_ in runner.addresses:
        log.info("listening", host=host, port=port)
    return runner


def _site(runner: web.AppRunner, listen: Listen) -> web.BaseSite:
    if listen.fd is None:
        return web.TCPSite(runner, listen.host, listen.port)
    return web.SockSite(runner, socket.socket(fileno=listen.fd))


async def _work(home: Home, rooms: Rooms) -> None:
    """Load what decisions need, then run until told to stop; every helper task dies with this."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    tasks: list[asyncio.Task[None]] = [
        asyncio.create_task(rooms.worker.run()),
        asyncio.create_task(_make_able(home, rooms)),
    ]
    if home.settings.twin_clock_url:
        tasks.append(asyncio.create_task(follow_clock(rooms.clock, home.settings.twin_clock_url)))
    until = asyncio.create_task(_until(stopping))
    done, _ = await asyncio.wait({*tasks, until}, return_when=asyncio.FIRST_COMPLETED)
    await rooms.worker.stop(_DRAIN_S)
    for task in tasks:
        task.cancel()
    for task in done - {until}:
        task.result()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)


async def _until(event: asyncio.Event) -> None:
    await event.wait()


async def _make_able(home: Home, rooms: Rooms) -> None:
    # Callbacks are accepted meanwhile: rules and shelves are not on the way to the first 200.
    await asyncio.to_thread(home.rules.reload)
    added = await stock_shelves(rooms.db, home.content, home.folder)
    met = await meet_groups(rooms.db, rooms.shop)
    log.info("able", stocked=added, files=met, ruleset=home.rules.current.hash)
    rooms.worker.able.set()
    rooms.worker.arrived()
    await watch_rules(home.rules)


async def _troubles(db: SqliteDatabase, worker: Worker) -> dict[str, str]:
    troubles = {}
    if not worker.able.is_set():
        troubles["rules"] = "规则还在加载"
    try:
        async with asyncio.timeout(1.0):
            await db.write(_touch)
    except (DatabaseTrouble, TimeoutError) as trouble:
        troubles["database"] = f"1 秒内写不进数据库：{trouble}"
    return troubles


async def _touch(tx: object) -> None:
    """Commit nothing, which still needs the writer and its lock."""
