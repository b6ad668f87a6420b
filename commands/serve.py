"""`serve` and `work`: the program as it runs in a shop."""

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import structlog
from aiohttp import web

from bot.clock import Clock
from bot.db.checkpoint import LogWatch
from bot.db.location import SqliteFile, located
from bot.db.notices import NoticeShelf
from bot.db.opening import opened
from bot.errors import DatabaseTrouble
from bot.lease import Lease
from bot.perform import Terms
from bot.platforms.wire import new_session
from bot.rounds import Rounds
from bot.tidy import Tidier
from bot.web.app import new_app
from bot.web.keys import Rooms
from bot.worker import Staffing, Worker
from commands.parts import logs
from commands.parts.compose import Home, open_home, shop_of, without_accounts
from commands.parts.doors import compared, doors
from commands.parts.keeping import keeping_of
from commands.parts.pictures import MEDIA
from commands.parts.problems import FINE, USAGE, show, stop
from commands.parts.pulse import vitals_of
from commands.parts.stock import meet_groups, stock_shelves
from commands.parts.watch import follow_clock
from commands.reload.announced import Announced, shown
from commands.reload.fresh import FreshRules
from commands.reload.installed import fresh_rules
from commands.reload.maker import Process
from commands.report.tracing import traces_of
from commands.serving.announcing import AnnouncingAcceptor, AnnouncingDecider, AnnouncingPerformer
from commands.serving.listening import at_door
from commands.serving.sharing import Sharing, common_of
from commands.serving.stopping import listen_for_signals

_DRAIN_S = 8.0
log = structlog.get_logger()


def run(home: Path, *, listening: bool = True, maker: Process | None = None) -> int:
    """Serve a home until SIGTERM or SIGINT; `listening` False only works off what is owed.

    `maker`: the process to make its rules, begun already. Stops with a message when settings,
    content, database or port cannot be used.
    """
    logs.set_up()
    return one(checked(home), listening=listening, maker=maker)


def checked(home: Path) -> Home:
    """Return a home that can be served, and log as it says from here on.

    Stops with everything that is wrong with its content.
    """
    read = open_home(home, with_rules=False)
    logs.set_up(level=read.settings.log_level, sample=read.settings.log_sample)
    if advice := without_accounts(read):
        stop(advice, USAGE)
    if read.errors:
        show(read.errors)
        stop("内容有错误，未启动（用 check 查看全部）")
    return read


def one(
    home: Home,
    *,
    listening: bool,
    door: socket.socket | None = None,
    lifeline: int | None = None,
    maker: Process | None = None,
) -> int:
    """Serve a home with this process; a child does so at its parent's door, on a lifeline."""
    try:
        return _loop_run(_serve(home, listening, door, lifeline, maker))
    except DatabaseTrouble as trouble:
        stop(str(trouble))
    finally:
        signal.alarm(0)


def _loop_run(main: Coroutine[object, object, int]) -> int:
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    return uvloop.run(main)


async def _serve(
    home: Home,
    listening: bool,
    door: socket.socket | None,
    lifeline: int | None,
    maker: Process | None,
) -> int:
    clock, told = Clock(), listen_for_signals(lifeline)
    if home.settings.twin_clock_url:
        await follow_clock(clock, home.settings.twin_clock_url, once=True)
    with closing(fresh_rules(home, maker)) as fresh:
        fresh.begin()  # the database is opened meanwhile
        async with _rooms(home, clock, "serve" if listening else "work", fresh) as rooms:
            log.info("recovered", recovered=await rooms.worker.recover())
            runner = await _listen(home, rooms, door) if listening else None
            async with _at_work(home, rooms, fresh) as tasks:
                until = asyncio.create_task(_until(told.stop))
                await asyncio.wait({*tasks, until}, return_when=asyncio.FIRST_COMPLETED)
                until.cancel()
                await _drain(rooms, runner, told.hurry)
    return FINE


async def _drain(rooms: Rooms, runner: web.AppRunner | None, hurry: asyncio.Event) -> None:
    """Close the door at once, then let what is under way finish; the rest resumes later."""
    if rooms.vitals:
        rooms.vitals.leaving = True
    ending = asyncio.gather(rooms.worker.stop(_DRAIN_S), runner.cleanup() if runner else _done())
    hurried = asyncio.ensure_future(_until(hurry))
    waited: set[asyncio.Future[Any]] = {ending, hurried}
    await asyncio.wait(waited, timeout=_DRAIN_S + 1, return_when=asyncio.FIRST_COMPLETED)
    hurried.cancel()


@asynccontextmanager
async def _rooms(home: Home, clock: Clock, role: str, fresh: FreshRules) -> AsyncIterator[Rooms]:
    settings = home.settings
    shop = shop_of(home, clock)
    place = located(settings.database)
    async with (
        opened(place, shop.instance_key) as db,
        _session(settings.send_timeout_s) as session,
        common_of(settings, shop.instance_key) as common,
    ):
        acceptor = AnnouncingAcceptor(db, shop, common)
        ways = doors(settings, db, session, clock, home.folder / MEDIA, common)
        lease = Lease(db, role, lease_s=settings.lease_s, call_s=settings.send_timeout_s)
        terms = Terms(lease=lease, settle_s=settings.settle_s)
        staffing = Staffing(
            db=db, acceptor=acceptor, decider=AnnouncingDecider(db, shop, common),
            performer=AnnouncingPerformer(db, ways, shop, terms, common),
            rounds=Rounds(
                db, shop, compared(settings), timedelta(minutes=settings.reconcile_every_min)
            ),
            tidier=Tidier(db, clock, shop.instance_key, keeping_of(settings)),
        )  # fmt: skip
        worker = Worker(staffing, clock, shop.times)
        fresh.tell(Announced(lease))
        vitals = vitals_of(
            home, place, db, shop, worker, common.redis, lambda: shown(fresh.standing)
        )
        sharing = Sharing(db=db, lease=lease, common=common, counted=bool(settings.redis_url))
        async with sharing.with_others(worker):
            rooms = Rooms(
                db=db, shop=shop, acceptor=acceptor, worker=worker, clock=clock,
                ready=vitals.ready, traces=traces_of(home, place, clock), vitals=vitals,
                answered=vitals.answered,
            )  # fmt: skip
            yield rooms


@asynccontextmanager
async def _session(total_s: float) -> AsyncIterator[aiohttp.ClientSession]:
    session = new_session(total_s)
    try:
        yield session
    finally:
        await session.close()


async def _listen(home: Home, rooms: Rooms, door: socket.socket | None) -> web.AppRunner:
    return await at_door(new_app(rooms), home.settings.listen, door, _DRAIN_S)


@asynccontextmanager
async def _at_work(
    home: Home, rooms: Rooms, fresh: FreshRules
) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Load what decisions need and keep the rooms running; raise what ended a task untimely."""
    tasks: list[asyncio.Task[None]] = [
        asyncio.create_task(rooms.worker.run()),
        asyncio.create_task(_make_able(home, rooms, fresh)),
    ]
    if rooms.vitals:
        tasks.append(asyncio.create_task(rooms.vitals.run()))
    if home.settings.twin_clock_url:
        tasks.append(asyncio.create_task(follow_clock(rooms.clock, home.settings.twin_clock_url)))
    place = located(home.settings.database)
    if isinstance(place, SqliteFile):
        notices = NoticeShelf(rooms.db, rooms.clock)
        tasks.append(asyncio.create_task(LogWatch(place.path, notices, rooms.clock).run()))
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


async def _make_able(home: Home, rooms: Rooms, fresh: FreshRules) -> None:
    # Callbacks are accepted meanwhile: rules and shelves are not on the way to the first 200.
    await fresh.load()
    added = await stock_shelves(rooms.db, home.content, home.folder)
    met = await meet_groups(rooms.db, rooms.shop)
    log.info("able", stocked=added, files=met, ruleset=home.rules.current.hash)
    # Rules, content and libraries stay for good: no collection need look at them again.
    gc.collect()
    gc.freeze()
    rooms.worker.able.set()
    rooms.worker.arrived()
    await fresh.follow()
