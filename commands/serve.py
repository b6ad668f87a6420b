"""`serve` and `work`: the program as it runs in a shop."""

import asyncio
import errno
import gc
import signal
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

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
from bot.rounds import Rounds
from bot.web.app import new_app
from bot.web.keys import Rooms
from bot.worker import Staffing, Worker
from commands.parts import logs
from commands.parts.compose import Home, open_home, shop_of, without_accounts
from commands.parts.doors import compared, doors
from commands.parts.pictures import MEDIA
from commands.parts.problems import FINE, UNREACHABLE, USAGE, show, stop
from commands.parts.stock import meet_groups, stock_shelves
from commands.parts.watch import follow_clock, watch_rules
from commands.report.tracing import traces_of
from config.settings import Listen

_DRAIN_S = 8.0
log = structlog.get_logger()


def run(home: Path, *, listening: bool = True) -> int:
    """Serve a home until SIGTERM or SIGINT; `listening` False only works off what is owed.

    Stops with a message when settings, content, database or port cannot be used.
    """
    logs.set_up()
    read = open_home(home, with_rules=False)
    if advice := without_accounts(read):
        stop(advice, USAGE)
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
    clock, told = Clock(), _listen_for_signals()
    if home.settings.twin_clock_url:
        await follow_clock(clock, home.settings.twin_clock_url, once=True)
    async with _rooms(home, clock) as rooms:
        log.info("recovered", recovered=await rooms.worker.recover())
        runner = await _listen(home, rooms) if listening else None
        async with _at_work(home, rooms) as tasks:
            until = asyncio.create_task(_until(told.stop))
            await asyncio.wait({*tasks, until}, return_when=asyncio.FIRST_COMPLETED)
            until.cancel()
            await _drain(rooms, runner, told.hurry)
    return FINE


@dataclass(frozen=True, slots=True)
class _Told:
    """What signals have told us: to stop, and then not even to wait for what is under way."""

    stop: asyncio.Event
    hurry: asyncio.Event


def _listen_for_signals() -> _Told:
    told = _Told(asyncio.Event(), asyncio.Event())

    def tell() -> None:
        (told.hurry if told.stop.is_set() else told.stop).set()

    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, tell)
    return told


async def _drain(rooms: Rooms, runner: web.AppRunner | None, hurry: asyncio.Event) -> None:
    """Close the door at once, then let what is under way finish; the rest resumes later."""
    ending = asyncio.gather(rooms.worker.stop(_DRAIN_S), runner.cleanup() if runner else _done())
    hurried = asyncio.ensure_future(_until(hurry))
    waited: set[asyncio.Future[Any]] = {ending, hurried}
    await asyncio.wait(waited, timeout=_DRAIN_S + 1, return_when=asyncio.FIRST_COMPLETED)
    hurried.cancel()


@asynccontextmanager
async def _rooms(home: Home, clock: Clock) -> AsyncIterator[Rooms]:
    settings = home.settings
    shop = shop_of(home, clock)
    if not settings.database.startswith("sqlite:"):
        stop("这个版本只支持 SQLite：请把 settings.yaml 的 database 改成 sqlite:xiaoer.db")
    path = Path(settings.database.removeprefix("sqlite:"))
    async with opened(path, shop.instance_key) as db, _session(settings.send_timeout_s) as session:
        acceptor = Acceptor(db, shop)
        ways = doors(settings, db, session, clock, home.folder / MEDIA)
        performer = Performer(db, ways, clock, shop.instance_key)
        staffing = Staffing(
            db=db, acceptor=acceptor, decider=Decider(db, shop), performer=performer,
            rounds=Rounds(
                db, shop, compared(settings), timedelta(minutes=settings.reconcile_every_min)
            ),
        )  # fmt: skip
        worker = Worker(staffing, clock, shop.times)
        yield Rooms(
            db=db, shop=shop, acceptor=acceptor, worker=worker, clock=clock,
            ready=lambda: _troubles(db, worker), traces=traces_of(home, path, clock),
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


@asynccontextmanager
async def _at_work(home: Home, rooms: Rooms) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Load what decisions need and keep the rooms running; raise what ended a task untimely."""
    tasks: list[asyncio.Task[None]] = [
        asyncio.create_task(rooms.worker.run()),
        asyncio.create_task(_make_able(home, rooms)),
    ]
    if home.settings.twin_clock_url:
        tasks.append(asyncio.create_task(follow_clock(rooms.clock, home.settings.twin_clock_url)))
    yield tasks
    ended = [task for task in tasks if task.done()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        task.result()


async def _until(event: asyncio.Event) -> None:
    await event.wait()


async def _done() -> None:
    return


async def _make_able(home: Home, rooms: Rooms) -> None:
    # Callbacks are accepted meanwhile: rules and shelves are not on the way to the first 200.
    await asyncio.to_thread(home.rules.reload)
    added = await stock_shelves(rooms.db, home.content, home.folder)
    met = await meet_groups(rooms.db, rooms.shop)
    log.info("able", stocked=added, files=met, ruleset=home.rules.current.hash)
    # Rules, content and libraries stay for good: no collection need look at them again.
    gc.collect()
    gc.freeze()
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
