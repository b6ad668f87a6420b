"""The wire: how far a call came is told truthfully, whatever a server or a network does to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.platforms.wire import Answer, Phase, Wire, new_session

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    async with TestServer(app) as server:
        yield str(server.make_url("/")).rstrip("/")


async def call(base: str, total_s: float = 1.0) -> Answer:
    session = new_session(total_s)
    try:
        return await Wire(session, base).call(
            "POST", "/api", query={"access_token": "SECRET"}, body={"a": "您"}
        )
    finally:
        await session.close()


def saying(**how: object) -> Handler:
    async def say(_request: web.Request) -> web.StreamResponse:
        return web.Response(**how)  # type: ignore[arg-type]  # as the test wrote it

    return say


async def test_a_good_answer_is_read_whole() -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        return web.json_response({"errcode": 0, "got": await request.json()})

    async with serving(echo) as base:
        answer = await call(base)
    assert (answer.phase, answer.code) == (Phase.ANSWERED, 0)
    assert answer.body == {"errcode": 0, "got": {"a": "您"}}


@pytest.mark.parametrize(
    ("text", "code"),
    [('{"errcode": 45009, "errmsg": "x"}', 45009), ('{"errcode": "40001"}', 40001), ("{}", 0)],
)
async def test_the_code_is_read_as_a_number_however_it_is_written(text: str, code: int) -> None:
    async with serving(saying(text=text, content_type="text/plain")) as base:
        assert (await call(base)).code == code


@pytest.mark.parametrize(
    "how",
    [
        {"text": "<html>busy</html>"},
        {"text": '{"errcode": 0, "acc'},
        {"text": "[]"},
        {"text": '{"errcode": null}'},
        {"text": "", "status": 200},
        {"text": '{"errcode": 0}', "status": 502},
        {"text": "", "status": 302, "headers": {"Location": "http://127.0.0.1:9/"}},
        {"body": b'{"errcode": 0, "x": "' + b"x" * 1024 * 1024 + b'"}'},
    ],
    ids=["html", "truncated", "list", "null", "empty", "502", "redirect", "over 1 MiB"],
)
async def test_an_answer_that_cannot_be_read_leaves_the_outcome_open(
    how: dict[str, object],
) -> None:
    async with serving(saying(**how)) as base:
        answer = await call(base)
    assert (answer.phase, answer.code) == (Phase.WRITTEN, None)


async def test_json_without_errcode_is_no_answer_where_a_yes_has_one() -> None:
    """A proxy that refuses in JSON of its own must not be taken for the platform's yes."""
    session = new_session(1.0)
    async with serving(saying(text='{"message": "forbidden"}')) as base, session:
        wires = Wire(session, base, tells_code=True), Wire(session, base)
        strict, lenient = [await one.call("POST", "/api", query={}) for one in wires]
    assert (strict.phase, strict.code) == (Phase.WRITTEN, None)
    assert (lenient.phase, lenient.code) == (Phase.ANSWERED, 0)


async def test_nobody_can_send_a_call_elsewhere() -> None:
    asked: list[str] = []

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        if request.path == "/api":
            return web.Response(status=307, headers={"Location": "/other"})
        return web.json_response({"errcode": 0})

    async with serving(elsewhere) as base:
        answer = await call(base)
    assert (asked, answer.phase, answer.code) == (["/api"], Phase.WRITTEN, None)


async def test_a_cut_after_the_request_was_read_leaves_the_outcome_open() -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        await request.read()
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with serving(cut) as base:
        answer = await call(base)
    assert (answer.phase, answer.code) == (Phase.WRITTEN, None)


async def test_no_answer_in_time_leaves_the_outcome_open() -> None:
    async def dawdle(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.3)
        return web.json_response({"errcode": 0})

    async with serving(dawdle) as base:
        answer = await call(base, total_s=0.1)
    assert (answer.phase, answer.trouble) == (Phase.WRITTEN, "TimeoutError")


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
async def test_who_cannot_be_reached_was_sent_nothing(host: str) -> None:
    answer = await call(f"http://{host}:{unused_port()}")
    assert (answer.phase, answer.code) == (Phase.NOT_SENT, None)


async def test_a_failure_never_tells_the_token() -> None:
    answer = await call(f"http://127.0.0.1:{unused_port()}")
    assert "SECRET" not in repr(answer)


async def test_an_answer_that_comes_in_pieces_is_read_whole() -> None:
    async def pieces(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for piece in (b'{"errcode": 0, ', b'"name": "', b'x"}'):
            await response.write(piece)
            await asyncio.sleep(0.02)
        return response

    async with serving(pieces) as base:
        answer = await call(base)
    assert answer.body == {"errcode": 0, "name": "x"}


async def test_a_code_beyond_all_numbers_leaves_the_outcome_open() -> None:
    async with serving(saying(text='{"errcode": 1e999}')) as base:
        assert (await call(base)).code is None


async def fetched(handler: Handler) -> Answer:
    async with serving(handler) as base:
        session = new_session(1.0)
        try:
            return await Wire(session, base).fetch("/file", 100, query={"media_id": "m"})
        finally:
            await session.close()


async def test_a_file_is_fetched_whatever_type_it_is_given() -> None:
    answer = await fetched(saying(body=b"\xff\xd8\xff picture", content_type="text/plain"))
    assert (answer.phase, answer.code) == (Phase.ANSWERED, 0)
    assert answer.content == b"\xff\xd8\xff picture" and answer.body is None


async def test_a_refusal_instead_of_a_file_is_read_though_it_is_called_a_picture() -> None:
    answer = await fetched(saying(text='{"errcode": 40007}', content_type="image/jpeg"))
    assert (answer.phase, answer.code, answer.content) == (Phase.ANSWERED, 40007, b"")


@pytest.mark.parametrize(
    "handler",
    [
        saying(text="<html>502</html>"),
        saying(text='{"errcode": 400'),
        saying(body=b""),
        saying(body=bytes(101)),
        saying(body=b"\xff\xd8\xff", status=404),
    ],
    ids=["a proxy's page", "half an answer", "nothing", "too much", "not found"],
)
async def test_what_is_neither_file_nor_answer_is_told_as_trouble(handler: Handler) -> None:
    answer = await fetched(handler)
    assert answer.code is None and answer.trouble and not answer.content
