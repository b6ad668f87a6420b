"""Starts the twin as the separate program it is, and ends it when this command is told to end."""

import asyncio
import shlex
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from commands.parts.compose import open_home
from commands.parts.problems import USAGE, show, stop
from commands.parts.telling import server_of
from commands.play.morning import by_day
from commands.play.stage import Twin
from commands.twin.binding import bind
from commands.twin.home import BOOK, TwinHome, check_ports

_ROOT = Path(__file__).resolve().parents[2]
_NEAR = ("", "127.0.0.1", "localhost", "::1", "0.0.0.0", "::")  # noqa: S104  (asked for by name)
_CALL_S = 30.0
_LOOK_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line said."""

    world: str
    home: Path | None = None
    book: Path | None = None
    ports: str = ""
    host: str = ""
    bot_url: str = ""
    changes: tuple[str, ...] = ()


def run(asked: Asked) -> int:
    """Run the twin until it is stopped; return its exit status, 0 when we were told to stop.

    With a home, the home is written and its callbacks are bound (`commands.twin.home`).
    """
    check_ports(asked.ports)
    if asked.home is None:
        return asyncio.run(_alone(asked))
    if asked.bot_url:
        stop("--bot-url 不能与 --home 同用：有 --home 时会绑到那个家的 serve", USAGE)
    if asked.host not in _NEAR:
        stop(f"有 --home 时 serve 从本机来，--host 只能是 {'、'.join(_NEAR[1:])}", USAGE)
    home = TwinHome.claimed(asked.home)
    asked.home.mkdir(parents=True, exist_ok=True)
    return asyncio.run(_with_home(asked, home))


async def _alone(asked: Asked) -> int:
    book = asked.book or Path.cwd() / BOOK
    more = ["--bot-url", asked.bot_url] if asked.bot_url else []
    arguments = _arguments(asked, book, asked.ports or "0,0,0") + more
    async with _running(arguments, piped=False) as process:
        return await _until_ended(process, _told_to_stop())


async def _with_home(asked: Asked, home: TwinHome) -> int:
    leaving = _told_to_stop()
    await _refuse_second(home)
    book = asked.book or home.folder / BOOK
    async with _running(_arguments(asked, book, home.ports(asked.ports)), piped=True) as process:
        line = await _first_line(process)
        if not line:
            return await process.wait()
        wiring_up = asyncio.create_task(_wire_up(home, orjson.loads(line)))
        ending = asyncio.create_task(_until_ended(process, leaving))
        try:
            await asyncio.wait({wiring_up, ending}, return_when=asyncio.FIRST_COMPLETED)
            if wiring_up.done():
                wiring_up.result()
            code = await ending
        finally:
            wiring_up.cancel()
            ending.cancel()
        _say("平台仿真已停")
        return code


async def _wire_up(home: TwinHome, ready: dict[str, Any]) -> None:
    timeout = aiohttp.ClientTimeout(total=_CALL_S)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        twin = Twin(session, ready)
        wired = home.wired(await twin.get("wiring"), ready)
        read = open_home(wired.folder, with_rules=False)
        url = server_of(read.settings)
        _say(_introduction(wired, ready["control"]))
        if await by_day(twin):
            _say("店里这会儿是晚上：平台的时钟已拨到早上 9 点，夜里不打扰才不会让话等到天亮")
        show(read.errors)
        await bind(twin, session, url, wired.memory.trace_key, _say)
        _say("都绑好了：打开页面，扫码、说话试试")


def _introduction(home: TwinHome, control: str) -> str:
    here = shlex.quote(str(home.folder))
    return (
        f"平台仿真起来了，世界 {home.memory.world}\n"
        f"  页面    {control}/\n"
        f"  密钥    {control}/twin/wiring\n"
        f"  家目录  {home.folder}\n"
        f"在第二个终端运行：\n"
        f"  python run.py serve --home {here}\n"
        f"它一应答，这里就把回调绑好；Ctrl-C 结束"
    )


async def _refuse_second(home: TwinHome) -> None:
    """Stop when a twin of this home runs already: two would wire it to and fro."""
    url = f"http://127.0.0.1:{home.memory.ports[2]}"
    timeout = aiohttp.ClientTimeout(total=_LOOK_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"{url}/twin/clock") as got,
        ):
            if "offset_s" in await got.text():
                stop(f"{home.folder} 的平台仿真已经在运行：{url}/", USAGE)
    except (aiohttp.ClientError, TimeoutError):
        return


def _say(text: str) -> None:
    print(text, flush=True)


async def _first_line(process: asyncio.subprocess.Process) -> bytes:
    if process.stdout is None:
        raise RuntimeError("the twin was started without a pipe")
    return await process.stdout.readline()


def _arguments(asked: Asked, book: Path, ports: str) -> list[str]:
    changes = [word for change in asked.changes for word in ("--set", change)]
    host = ["--host", asked.host] if asked.host else []
    return [
        "--world", _world(asked.world), "--book", str(book), "--ports", ports, *changes, *host,
    ]  # fmt: skip


def _world(named: str) -> str:
    """Return a world file by its whole path, since the twin runs in a folder of its own."""
    file = Path(named)
    return str(file.resolve()) if file.is_file() else named


@asynccontextmanager
async def _running(
    arguments: Sequence[str], *, piped: bool
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "twin", *arguments, cwd=_ROOT,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE if piped else None,
        start_new_session=True,  # a Ctrl-C is for us, who then end it in order
    )  # fmt: skip
    try:
        yield process
    finally:
        await _ended(process)


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    await process.wait()


def _told_to_stop() -> asyncio.Event:
    """Return an event that Ctrl-C, SIGTERM or a closed terminal sets, in place of ending us."""
    told = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(name, told.set)
    return told


async def _until_ended(process: asyncio.subprocess.Process, told: asyncio.Event) -> int:
    """Wait until the twin ends by itself or we are told to; return its exit status."""
    ending, leaving = asyncio.create_task(process.wait()), asyncio.create_task(told.wait())
    await asyncio.wait({ending, leaving}, return_when=asyncio.FIRST_COMPLETED)
    leaving.cancel()
    await _ended(process)
    return await ending
