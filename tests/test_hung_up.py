"""Whoever hangs up in the middle of a call is no fault of ours: a line says so, and no more."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.web.answers import troubled
from bot.web.body import read_body
from commands.serving.listening import at_door
from config.settings import Listen

WITHIN_S = 5.0


async def _read(request: web.Request) -> web.Response:
    return web.Response(body=await read_body(request))


async def _broken(_request: web.Request) -> web.Response:
    raise ConnectionResetError("of something that we called")


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Where a server listens as it does in a shop; one built for tests cancels what is cut off."""
    app = web.Application(middlewares=[troubled])
    app.add_routes([web.post("/", _read), web.get("/", _broken)])
    runner = await at_door(app, Listen(host="127.0.0.1", port=0), None, WITHIN_S)
    yield runner.addresses[0][1]
    await runner.cleanup()


async def test_who_hangs_up_while_they_are_read_is_no_fault(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    with capture_logs() as logged, caplog.at_level(logging.WARNING, "aiohttp.server"):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\nhalf of it")
        await asyncio.sleep(0.1)  # until the rest is waited for
        writer.close()
        async with asyncio.timeout(WITHIN_S):
            while not logged:  # noqa: ASYNC110  (another task's doing rings nothing here)
                await asyncio.sleep(0.01)
    assert [(one["event"], one["log_level"]) for one in logged] == [("hung_up", "info")]
    assert caplog.records == []


async def test_a_connection_of_our_own_that_breaks_is_a_fault(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    heard = await asyncio.wait_for(reader.read(), WITHIN_S)
    writer.close()
    assert heard.split(b" ")[1] == b"500"
    assert [one.levelname for one in caplog.records] == ["ERROR"]
