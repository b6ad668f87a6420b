"""A bot that misbehaves: what its customer sees, and the exact reason in the book."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.twin_bot import Delivery, Scene, on_stage, sealed_reply, text_reply
from twin.oa.reply import FAULT_TEXT

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        await one.control("settings", {"answer_s": 0.2, "retries": 1})
        yield one


@asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[str]:
    app = web.Application()
    app.add_routes([web.route("*", "/cb", handler)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/cb"
    finally:
        await runner.cleanup()


async def seen(scene: Scene) -> list[object]:
    return [one["text"] for one in await scene.phone("甲")]


async def reasons(scene: Scene) -> list[object]:
    return [one["reason"] for one in await scene.book("callback")]


async def never(request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    return web.Response()


async def too_late(request: web.Request) -> web.StreamResponse:
    """Longer than the platform waits."""
    await asyncio.sleep(0.3)
    return web.Response(text="success")


async def broken(request: web.Request) -> web.StreamResponse:
    return web.Response(status=500)


async def elsewhere(request: web.Request) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": "/login"})


async def cut(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@pytest.mark.parametrize(
    ("bot", "reason"),
    [
        (never, "0.2 秒内没有应答"),
        (too_late, "0.2 秒内没有应答"),
        (broken, "应答 HTTP 500，应为 200"),
        (elsewhere, "应答 HTTP 302，应为 200"),
        (cut, "连不上，或应答到一半断了：ServerDisconnectedError"),
    ],
)
async def test_a_bot_that_gives_no_answer_in_time(scene: Scene, bot: Handler, reason: str) -> None:
    async with listening(bot) as url:
        scene.twin.stage.callbacks["oa-main"] = url
        told = await scene.do("follow", "甲")
    assert told["delivered"] is False
    assert await seen(scene) == [FAULT_TEXT]
    assert await reasons(scene) == [reason, reason]
    (phone,) = await scene.phone("甲")
    assert phone["attachments"] == [{"type": "reason", "text": reason}]


def plain(got: Delivery, scene: Scene) -> str:
    return text_reply(got, "明文")


def garbage(got: Delivery, scene: Scene) -> str:
    return "<html>Whitelabel Error Page</html>"


def wrong_nonce(got: Delivery, scene: Scene) -> str:
    sound = sealed_reply(scene.twin.stage.world.oa[0], text_reply(got, "好"))
    return sound.replace("nonce0001", "nonce0002")


def wrong_signature(got: Delivery, scene: Scene) -> str:
    sound = sealed_reply(scene.twin.stage.world.oa[0], text_reply(got, "好"))
    at = sound.index("<MsgSignature><![CDATA[") + len("<MsgSignature><![CDATA[")
    return sound[:at] + ("0" if sound[at] != "0" else "1") + sound[at + 1 :]


def huge(got: Delivery, scene: Scene) -> str:
    return text_reply(got, "长" * 700_000)


def wordy(got: Delivery, scene: Scene) -> str:
    sound = text_reply(got, "长" * 700)
    return sealed_reply(scene.twin.stage.world.oa[0], sound)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (plain, "安全模式下收到明文回复"),
        (garbage, "回复不是 <xml> 文档"),
        (wrong_nonce, "签名或接收方不对"),
        (wrong_signature, "签名或接收方不对"),
        (huge, "应答超过 1000000 字节"),
        (wordy, "Content 为空或超过 2048 字节"),
    ],
)
async def test_a_bot_whose_answer_nobody_can_show(
    scene: Scene, answer: Callable[[Delivery, Scene], str], reason: str
) -> None:
    scene.bot.answer = lambda got: (200, answer(got, scene))
    told = await scene.do("follow", "甲")
    assert told["delivered"] is True
    assert await seen(scene) == [FAULT_TEXT]
    (why,) = await reasons(scene)
    assert str(why).startswith(reason)
    assert told["answer"] == f"fault: {why}"


async def test_a_good_answer_has_no_reason_beside_it(scene: Scene) -> None:
    account = scene.twin.stage.world.oa[0]
    scene.bot.answer = lambda got: (200, sealed_reply(account, text_reply(got, "您好")))
    await scene.do("follow", "甲")
    assert (await seen(scene), await reasons(scene)) == (["您好"], [""])


async def test_nobody_sees_anything_where_there_is_no_chat_to_show_it_in(scene: Scene) -> None:
    """An employee who was added, and a fan who leaves."""
    scene.bot.answer = lambda got: (500, "")
    await scene.do("follow", "甲")
    await scene.do("unfollow", "甲")
    await scene.do("add_contact", "乙", staff="xiaowang")
    assert await seen(scene) == [FAULT_TEXT]
    assert await scene.phone("乙") == []
    assert set(await reasons(scene)) == {"应答 HTTP 500，应为 200"}
