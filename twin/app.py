"""Start the twin: three loopback listeners in one process, and one JSON line when they are up."""

import argparse
import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiohttp import web

from twin.book import Book
from twin.control import Control, plain_refusals
from twin.control_book import BookControl
from twin.control_plants import PlantControl
from twin.corp.host import WECOM_HOST
from twin.desk import Desk
from twin.loopback import is_loopback
from twin.media_api import uploaded_routes
from twin.oa.host import OA_HOST
from twin.page.app import Page
from twin.page.guard import guard
from twin.passing import pass_time
from twin.pictures import picture_routes, ticket_routes
from twin.scripts.control import play_routes
from twin.sender import Sender
from twin.settings import Settings
from twin.stage import Stage
from twin.views import view_routes
from twin.world import World
from twin.world_file import BadWorld, load, override

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LOOPBACK = "127.0.0.1"
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  # only where --host asks for it
_OPEN = (
    "警告：孪生没有登录，正在 {host} 上监听：连得上这台机器的人都能看到全部密钥，"
    "也能替顾客和员工做事。\n"
    "只在信得过的网络里这样用；用完就停掉，别把真实的密钥写进世界文件。\n"
)
USAGE = 2
_STOP_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the twin listens; port 0 lets the system choose."""

    oa: int = 0
    wecom: int = 0
    control: int = 0
    host: str = LOOPBACK

    def address(self, port: int) -> str:
        """Return the beginning of an address on one of the ports, as seen from this machine."""
        host = LOOPBACK if self.host in _EVERYWHERE else self.host
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A twin that is up: its stage, its sender and the ports it really listens on."""

    stage: Stage
    sender: Sender
    ports: Ports

    def control(self, path: str = "") -> str:
        """Return an address on the control listener."""
        return self.ports.address(self.ports.control) + path


@dataclass(slots=True, kw_only=True)
class _Listeners:
    """Web servers to close again."""

    host: str
    runners: list[web.AppRunner] = field(default_factory=list)

    async def listen(self, app: web.Application, port: int) -> int:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_STOP_S)
        self.runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, self.host, port).start()
        return int(runner.addresses[0][1])

    async def close(self) -> None:
        for runner in self.runners:
            await runner.cleanup()


@contextlib.asynccontextmanager
async def open_twin(
    world: World, book: Path, ports: Ports | None = None, *, bot_url: str = ""
) -> AsyncIterator[Running]:
    """Run a twin while the context lasts. Raises OSError for a taken port or a bad book file.

    With `bot_url`, accounts are bound to their `path` below it without verification.
    """
    wanted = ports or Ports()
    stage = Stage(world, Book(book), Settings(seed=world.seed))
    sender = Sender(stage)
    listeners = _Listeners(host=wanted.host)
    passing = asyncio.create_task(pass_time(stage))
    try:
        oa = await listeners.listen(
            _host([*ticket_routes(stage), *uploaded_routes(stage)], Desk(OA_HOST, stage).answer),
            wanted.oa,
        )
        routes = [*picture_routes(stage), *uploaded_routes(stage)]
        desk = Desk(WECOM_HOST, stage).answer
        wecom = await listeners.listen(_host(routes, desk), wanted.wecom)
        stage.bases |= {"oa": wanted.address(oa), "wecom": wanted.address(wecom)}
        if bot_url:
            _bind(stage, bot_url)
        control = await listeners.listen(_control(sender), wanted.control)
        ports = replace(wanted, oa=oa, wecom=wecom, control=control)
        yield Running(stage=stage, sender=sender, ports=ports)
    finally:
        passing.cancel()
        await sender.close()
        stage.book.end()
        await listeners.close()
        stage.book.close()


async def serve(world: World, book: Path, ports: Ports | None = None, *, bot_url: str = "") -> None:
    """Run a twin until SIGINT or SIGTERM; print one JSON line with its addresses when it is up."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    if sys.platform != "win32":  # there a loop takes no signal handlers
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, stop.set)
    async with open_twin(world, book, ports, bot_url=bot_url) as running:
        sys.stdout.write(json.dumps(_ready(running)) + "\n")
        sys.stdout.flush()
        await stop.wait()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the twin from a command line. Returns 0, or 2 with the mistakes on standard error."""
    asked = _parser().parse_args(argv)
    try:
        world = override(load(asked.world), tuple(asked.set))
        ports = replace(asked.ports, host=asked.host)
        if not is_loopback(asked.host):
            sys.stderr.write(_OPEN.format(host=asked.host))
        asyncio.run(serve(world, asked.book, ports, bot_url=asked.bot_url))
    except BadWorld as cause:
        sys.stderr.write(f"{cause}\n")
        return USAGE
    except OSError as cause:
        sys.stderr.write(f"孪生起不来：{cause}\n")
        return USAGE
    except KeyboardInterrupt:
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m twin", description="平台仿真")
    world, book = Path("yidian"), Path("twin-book.jsonl")
    parser.add_argument("--world", type=Path, default=world, help="世界文件，或自带世界的名字")
    parser.add_argument("--book", type=Path, default=book, help="账本文件（JSON 行，追加）")
    parser.add_argument(
        "--ports", type=ports_of, default=Ports(), help="公众号,企业微信,控制 三个端口；0 由系统选"
    )
    parser.add_argument(
        "--host", default=LOOPBACK, help="在哪个地址上监听；不是本机地址时会有一句警告"
    )
    parser.add_argument("--bot-url", default="", help="机器人的地址；回调直接绑到其下，不做验证")
    parser.add_argument(
        "--set", action="append", default=[], metavar="账号.项=值", help="改一个账号的一项，可多次"
    )
    return parser


def ports_of(given: str) -> Ports:
    """Return the three ports of `8001,8002,8003`. Raises ValueError."""
    oa, wecom, control = (int(one) for one in given.split(","))
    return Ports(oa=oa, wecom=wecom, control=control)


def _host(routes: list[web.RouteDef], desk: Handler) -> web.Application:
    app = web.Application()
    app.add_routes([*routes, web.route("*", "/{path:.*}", desk)])
    return app


def _control(sender: Sender) -> web.Application:
    app = web.Application(middlewares=[guard, plain_refusals])
    app.add_routes([*Control(sender).routes(), *view_routes(sender.stage)])
    app.add_routes(BookControl(sender.stage).routes())
    app.add_routes([*PlantControl(sender.stage).routes(), *play_routes(sender)])
    app.add_routes([*Page(sender).routes(), *picture_routes(sender.stage)])
    app.add_routes(uploaded_routes(sender.stage))
    return app


def _bind(stage: Stage, bot_url: str) -> None:
    for account in stage.world.accounts():
        path = account.path or f"/callback/{account.id}"
        stage.callbacks[account.id] = bot_url.rstrip("/") + path
    for feed in stage.world.archive:
        stage.callbacks[feed.id] = bot_url.rstrip("/") + feed.path


def _ready(running: Running) -> dict[str, object]:
    ports = running.ports
    return {
        "ready": True,
        "oa_port": ports.oa,
        "wecom_port": ports.wecom,
        "control_port": ports.control,
        "control": running.control(),
        **{f"{name}_base": base for name, base in running.stage.bases.items()},
    }
