"""The lying proxy tells the truth byte for byte, except a few times."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, get_args

import aiohttp
import pytest
from aiohttp import web

from commands.play.liar import MODES, Liar, Mode, lying

SEND = "/cgi-bin/message/custom/send?access_token=T"
TAGGING = "/cgi-bin/tags/members/batchtagging?access_token=T"
INFO = "/cgi-bin/user/info?access_token=T&openid=oADA&lang=zh_CN"
CALLBACK = "/callback/oa?signature=s&timestamp=1&nonce=n%2B&openid=o"
MESSAGE = {"touser": "oADA", "msgtype": "text", "text": {"content": "好"}}


@dataclass(slots=True)
class Upstream:
    """Bot and platform in one: keeps what it was asked, and answers with an odd header."""

    url: str = ""
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        """Record one request whole."""
        self.asked.append((request.method, request.raw_path, await request.read()))
        body = b'{"errcode":0}\xff' if request.path == "/odd" else b'{"errcode":0}'
        return web.Response(body=body, headers={"X-Odd": "yes", "Content-Type": "text/odd"})

    def paths(self) -> list[str]:
        """Return what was asked for, without the queries."""
        return [path.partition("?")[0] for _, path, _ in self.asked]


@asynccontextmanager
async def between(mode: Mode, seed: int = 7) -> AsyncIterator[tuple[Upstream, Liar]]:
    """Run a liar in front of one upstream that plays all three parts."""
    upstream = Upstream()
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", upstream.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with lying(mode, bot=url, oa=url, wecom=f"{url}/base", seed=seed) as liar:
            yield upstream, liar
    finally:
        await runner.cleanup()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A client that asks for nothing of its own accord."""
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        yield session


async def send(http: aiohttp.ClientSession, liar: Liar, times: int) -> list[Any]:
    """Send messages and return the answers."""
    answers = []
    for _ in range(times):
        async with http.post(liar.oa + SEND, json=MESSAGE) as got:
            answers.append(await got.json(content_type=None))
    return answers


@pytest.mark.parametrize("mode", get_args(Mode))
async def test_whatever_is_no_lie_passes_byte_for_byte(
    http: aiohttp.ClientSession, mode: Mode
) -> None:
    """Method, raw path, query and body on the way in; status, headers and body on the way out."""
    async with between(mode) as (upstream, liar):
        body = "券".encode() + bytes(range(256))
        async with http.post(f"{liar.bot}/odd?a=%2B+b&a=", data=body) as got:
            assert (got.status, got.headers["X-Odd"]) == (200, "yes")
            assert await got.read() == b'{"errcode":0}\xff'
        assert upstream.asked == [("POST", "/odd?a=%2B+b&a=", body)]
        assert liar.lies == []


async def test_a_base_with_a_path_keeps_it(http: aiohttp.ClientSession) -> None:
    """The bot appends its API paths to whatever base it is given."""
    async with between("drop") as (upstream, liar):
        async with http.get(f"{liar.wecom}/cgi-bin/gettoken") as got:
            assert got.status == 200
        assert upstream.paths() == ["/base/cgi-bin/gettoken"]


@pytest.mark.parametrize("seed", [0, 7])
async def test_dropping_swallows_three_callbacks_and_answers_for_the_bot(
    http: aiohttp.ClientSession, seed: int
) -> None:
    """The first three callbacks pass, so that the bot is known to be up."""
    async with between("drop", seed) as (upstream, liar):
        for number in range(20):
            async with http.post(liar.bot + CALLBACK, data=str(number)) as got:
                assert got.status == 200
        kept = [int(body) for _, _, body in upstream.asked]
        assert len(kept) == 17
        assert kept[:3] == [0, 1, 2]
        assert len(liar.lies) == 3


async def test_dropping_never_touches_a_url_verification(http: aiohttp.ClientSession) -> None:
    """Otherwise nothing would be wired at all."""
    async with between("drop") as (upstream, liar):
        for _ in range(20):
            async with http.get(liar.bot + CALLBACK) as got:
                assert got.status == 200
        assert len(upstream.asked) == 20


async def test_dropping_says_errcode_0_for_messages_that_never_arrive(
    http: aiohttp.ClientSession,
) -> None:
    """The first and the third."""
    async with between("drop") as (upstream, liar):
        answers = await send(http, liar, 4)
        assert [one["errcode"] for one in answers] == [0, 0, 0, 0]
        assert len(upstream.asked) == 2


async def test_doubling_passes_three_messages_and_taggings_on_twice(
    http: aiohttp.ClientSession,
) -> None:
    """The later ones once."""
    async with between("double") as (upstream, liar):
        await send(http, liar, 4)
        assert len(upstream.asked) == 3 * 2 + 1
        async with http.post(liar.oa + TAGGING, json={}) as got:
            assert got.status == 200
        assert upstream.paths()[-2:] == ["/cgi-bin/tags/members/batchtagging"] * 2
        assert len(liar.lies) == 4


async def test_a_ghost_speaks_with_the_token_it_saw(http: aiohttp.ClientSession) -> None:
    """To whoever was asked about or spoken to; three times, and no more."""
    async with between("ghost") as (upstream, liar):
        async with http.get(liar.oa + INFO) as got:
            assert got.status == 200
        await send(http, liar, 4)
        assert upstream.paths().count("/cgi-bin/message/custom/send") == 4 + 3
        assert upstream.asked[1][1] == SEND
        assert len(liar.lies) == 3


async def test_a_ghost_says_nothing_without_a_token(http: aiohttp.ClientSession) -> None:
    """It has none of its own."""
    async with between("ghost") as (upstream, liar):
        async with http.get(f"{liar.oa}/cgi-bin/user/info?openid=oADA") as got:
            assert got.status == 200
        assert len(upstream.asked) == 1


async def test_a_dead_upstream_is_a_cut_connection(
    http: aiohttp.ClientSession, unused_tcp_port: int
) -> None:
    """As it would be without a proxy; the platform then sends again."""
    dead = f"http://127.0.0.1:{unused_tcp_port}"
    async with lying("double", bot=dead, oa=dead, wecom=dead, seed=1) as liar:
        with pytest.raises(aiohttp.ClientError):
            await http.post(liar.bot + CALLBACK)


def test_the_modes_are_what_the_command_offers() -> None:
    """A mode nobody can ask for would prove nothing."""
    assert MODES == ("drop", "double", "ghost")
