"""What `doctor` says of a callback URL, by what is found in front of the server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.clock import Clock
from bot.platforms.wire import new_session
from commands.doctor import knock
from commands.doctor.address import of_address
from commands.doctor.case import Case
from commands.doctor.finding import Finding, Status
from commands.parts.compose import account_keys
from commands.parts.doors import error_tables
from config.accounts import OaAccount
from config.settings import Listen, Settings
from config.settings_mended import Usable
from tests.front import Client, front
from tests.rooms import Installed, installed
from tests.sealing import AES_KEY, RECEIVER, TOKEN

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


@pytest.fixture
async def client(shop: Installed) -> AsyncIterator[Client]:
    async with front(shop) as one:
        yield one


def settings(tmp_path: Path, public_url: str, port: int, **account: object) -> Settings:
    oa = {
        "id": "oa", "kind": "oa", "appid": RECEIVER, "token": TOKEN, "aes_key": AES_KEY,
        "api_base": "http://127.0.0.1:9",
    }  # fmt: skip
    return Settings.model_validate(
        {
            "home": tmp_path,
            "public_url": public_url,
            "listen": {"port": port},
            "accounts": [{**oa, **account}],
        }
    )


@asynccontextmanager
async def case(read: Settings, clock: Clock) -> AsyncIterator[Case]:
    """The Official Account of a home, as `doctor` examines it."""
    session = new_session(8)
    account = read.accounts[0]
    try:
        yield Case(
            home=read.home, settings=read, usable=Usable(account=account, index=0),
            keys=account_keys(account, "accounts[0]"), errors=dict(error_tables()),
            session=session, clock=clock, database=None,
        )  # fmt: skip
    finally:
        await session.close()


async def told(
    shop: Installed, client: Client, tmp_path: Path, handler: Handler | None = None, path: str = ""
) -> Finding:
    """What is said when `handler` stands before the server; without one the server is bare."""
    app = web.Application()
    if handler:
        app.router.add_route("*", "/{any:.*}", handler)
    async with TestServer(app) as proxy:
        public = str((proxy if handler else client).make_url("/")).rstrip("/")
        port = client.port or 0
        account = {"callback_path": path} if path else {}
        read = settings(tmp_path, public, port, **account)
        async with case(read, shop.shop.clock) as one:
            (*_, found) = await of_address(one)
    return found


def passing(client: Client, way: Callable[[str], str]) -> Handler:
    """A proxy that changes the path."""

    async def handler(request: web.Request) -> web.StreamResponse:
        url = client.make_url("/").with_path(way(request.path)).with_query(request.query)
        async with client.session.get(url) as got:
            return web.Response(status=got.status, body=await got.read())

    return handler


def saying(response: Callable[[], web.Response]) -> Handler:
    async def handler(_request: web.Request) -> web.StreamResponse:
        return response()

    return handler


async def test_a_bare_server_answers(shop: Installed, client: Client, tmp_path: Path) -> None:
    found = await told(shop, client, tmp_path)
    assert (found.check, found.status) == ("callback", Status.OK)


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (lambda path: path.removeprefix("/callback"), "代理去掉了前面的 /callback"),
        (lambda path: f"/callback{path}", "代理在前面加了一段 /callback"),
    ],
    ids=["strips", "adds"],
)
async def test_a_proxy_that_hides_our_headers_is_found_out_by_other_paths(
    shop: Installed, client: Client, tmp_path: Path, way: Callable[[str], str], said: str
) -> None:
    found = await told(shop, client, tmp_path, passing(client, way))
    assert found.status is Status.BAD and said in found.found


@pytest.mark.parametrize(
    ("response", "said"),
    [
        (lambda: web.Response(status=301, headers={"Location": "https://x/login"}), "不跟随跳转"),
        (lambda: web.Response(text="<html>欢迎</html>"), "代理自己应答了"),
        (lambda: web.Response(status=403, text="WAF"), "拦下了请求"),
        (lambda: web.Response(status=502, text="Bad Gateway"), "没有把请求转给店小二"),
    ],
    ids=["redirect", "page", "firewall", "gateway"],
)
async def test_a_proxy_that_answers_itself_is_told_by_what_it_says(
    shop: Installed, client: Client, tmp_path: Path, response: Callable[[], web.Response], said: str
) -> None:
    found = await told(shop, client, tmp_path, saying(response))
    assert found.status is Status.BAD and said in found.found and "改代理" in found.next


async def test_a_server_with_other_keys_is_to_be_started_again(
    shop: Installed, client: Client, tmp_path: Path
) -> None:
    read = settings(tmp_path, str(client.make_url("/")), client.port or 0, token="Another2026")
    async with case(read, shop.shop.clock) as one:
        (found,) = await of_address(one)
    assert "拒绝了" in found.found and "重启 serve" in found.next


async def test_a_path_that_nobody_serves_is_told_to_whoever_has_the_keys(
    shop: Installed, client: Client, tmp_path: Path
) -> None:
    found = await told(shop, client, tmp_path, path="/callback/other")
    assert "到店小二时变成了 /callback/other" in found.found
    assert not shop.acceptor.refused
    stranger = await client.get("/nowhere", params={"signature": "0" * 40, "echostr": "1"})
    assert (stranger.status, "X-Xiaoer-Path" in stranger.headers) == (404, False)


async def test_a_proxy_that_hangs_is_told_apart_from_the_server(
    shop: Installed, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knock, "GIVES_UP_S", 0.3)

    async def hangs(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.45)
        return web.Response()

    found = await told(shop, client, tmp_path, hangs)
    assert "慢在中间的代理" in found.found


async def test_nobody_there_is_told_with_how_to_start(tmp_path: Path) -> None:
    read = settings(tmp_path, "http://127.0.0.1:9", 9)
    async with case(read, Clock()) as one:
        (found,) = await of_address(one)
    assert "连不上" in found.found and "run.py serve" in found.next


@pytest.mark.parametrize(
    ("public_url", "said"),
    [("http://127.0.0.1:9", "本机地址"), ("https://127.0.0.1:9", "本机地址")],
)
async def test_an_address_the_platform_cannot_reach_is_said(
    tmp_path: Path, public_url: str, said: str
) -> None:
    read = settings(tmp_path, public_url, 9, api_base="https://api.weixin.qq.com")
    async with case(read, Clock()) as one:
        first, *_ = await of_address(one)
    assert (first.check, first.status) == ("public_url", Status.BAD)
    assert said in first.found and "https 域名" in first.next


async def test_without_keys_nothing_is_knocked_at(tmp_path: Path) -> None:
    read = settings(tmp_path, "http://127.0.0.1:9", 9)
    async with case(read, Clock()) as one:
        (found,) = await of_address(replace(one, keys=None))
    assert found.status is Status.SKIPPED
    assert isinstance(one.account, OaAccount) and isinstance(read.listen, Listen)
