"""A server that is told to stop closes its door, finishes what is under way, and says all is well.

Real processes: what a signal does can be seen nowhere else.
"""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from commands.play.stage import Bot, listening_socket
from tests.source import ROOT
from tests.unplugged import fill_unplugged

WITHIN_S = 10.0


@asynccontextmanager
async def serving(home: Path) -> AsyncIterator[Bot]:
    """The samples served by a process of their own."""
    fill_unplugged(home)
    with listening_socket() as listener:
        async with aiohttp.ClientSession() as session:
            bot = Bot(home, listener, session)
            await bot.start()
            try:
                yield bot
            finally:
                await bot.kill()


async def until_listening(bot: Bot) -> None:
    """Wait until the process accepts, whether or not it can decide by now."""
    async with (
        asyncio.timeout(20),
        aiohttp.ClientSession() as session,
        session.get(f"{bot.url}/live") as response,
    ):
        assert response.status == 200


@pytest.mark.parametrize("ready", [True, False], ids=["ready", "still loading"])
async def test_a_server_told_to_stop_ends_well_and_soon(tmp_path: Path, ready: bool) -> None:
    async with serving(tmp_path) as bot:
        await (bot.until_ready() if ready else until_listening(bot))
        began = time.monotonic()
        assert await bot.stop() == 0
        assert time.monotonic() - began < WITHIN_S


async def test_told_to_stop_it_lets_nobody_in_and_answers_who_is_inside(tmp_path: Path) -> None:
    fill_unplugged(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as spare:
        port = spare.getsockname()[1]
    environ = {**os.environ, "XIAOER_LISTEN__PORT": str(port)}
    program = await asyncio.create_subprocess_exec(
        sys.executable, "run.py", "serve", "--home", str(tmp_path), cwd=ROOT, env=environ,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    await _until_able(port)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = "POST /callback/oa-main HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
    writer.write(head.encode())
    await writer.drain()
    await asyncio.sleep(0.1)
    program.terminate()
    began = time.monotonic()
    while await _lets_in(port):  # noqa: ASYNC110  (another program rings nothing here)
        await asyncio.sleep(0.01)
    shut_s = time.monotonic() - began
    writer.write(b"<xml></xm")
    assert b" 403 " in await asyncio.wait_for(reader.readline(), 5.0)
    writer.close()
    assert await asyncio.wait_for(program.wait(), WITHIN_S) == 0
    assert shut_s < 0.5  # 0.1 s on a machine that has nothing else to do


async def _until_able(port: int) -> None:
    # While it reads dictionaries, nothing else of it turns for up to a second.
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        while not await _lets_in(port):  # noqa: ASYNC110  (as above)
            await asyncio.sleep(0.05)
        status = 0
        while status != 200:
            await asyncio.sleep(0.05)
            async with session.get(f"http://127.0.0.1:{port}/ready") as answer:
                status = answer.status


async def _lets_in(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def test_told_twice_it_waits_for_nobody(tmp_path: Path) -> None:
    async with serving(tmp_path) as bot:
        await bot.until_ready()
        reader, writer = await asyncio.open_connection(*_address(bot))
        writer.write(b"POST /callback/oa-main HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n<")
        await writer.drain()
        await asyncio.sleep(0.2)
        began = time.monotonic()
        first = asyncio.ensure_future(bot.stop())
        await asyncio.sleep(0.1)
        assert await bot.stop() == await first == 0
        assert time.monotonic() - began < 2.5  # a body may take 3 s
        writer.close()
        assert b"200 OK" not in await reader.read()


def _address(bot: Bot) -> tuple[str, int]:
    host, _, port = bot.url.removeprefix("http://").partition(":")
    return host, int(port)
