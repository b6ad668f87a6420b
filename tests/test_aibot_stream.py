"""A bot's slow answers: in the stream that was begun, or by the question's address, once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.events import BotAsked
from bot.plan import Playbook
from bot.shop import Times
from commands.parts.compose import PLAYBOOK
from tests.bot_client import post, state
from tests.bot_letters import asked, entered, polled
from tests.front import Client, front
from tests.platform import refused
from tests.rooms import Installed, Plans, installed

QUICK = Times(answer_within_s=0.05)
RESPONSE = "aibot/response"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path, Plans(times=QUICK)) as one:
        yield one


@pytest.fixture
async def client(shop: Installed) -> AsyncIterator[Client]:
    async with front(shop) as one:
        yield one


async def slow(shop: Installed, client: Client, message: str) -> dict[str, Any]:
    """Deliver a message while nothing can be decided yet."""
    shop.worker.able.clear()
    return await post(client, message)


async def decided(shop: Installed) -> None:
    """Let what waits be decided, and wait until it is."""
    shop.worker.able.set()
    for _ in range(50):
        if await shop.one("SELECT state FROM inbox") == "done":
            return
        await asyncio.sleep(0.01)


async def test_a_slow_answer_comes_in_the_stream_that_was_begun(
    shop: Installed, client: Client
) -> None:
    begun = await slow(shop, client, asked("帮助"))
    stream = begun["stream"]["id"]
    waiting = await post(client, polled(stream))
    await decided(shop)
    told = [await post(client, polled(stream)) for _ in range(2)]

    assert begun["stream"] == {"id": stream, "finish": False, "content": "正在查…"}
    assert waiting == begun
    assert told[0] == told[1]
    assert (told[0]["stream"]["id"], told[0]["stream"]["finish"]) == (stream, True)
    assert "今天谁没领券" in told[0]["stream"]["content"]
    assert await shop.one("SELECT count(*) FROM inbox") == 1
    assert await state(shop, "done") == "done"
    shop.hand.move(3600)
    await shop.settle_down()
    assert shop.platform.effects() == []


async def test_an_answer_nobody_asked_for_again_goes_by_its_address_once(
    shop: Installed, client: Client
) -> None:
    begun = await slow(shop, client, asked("帮助"))
    await decided(shop)
    await state(shop, "ready")
    await shop.settle_down()
    assert shop.platform.effects() == []
    shop.hand.move(21)
    await shop.settle_down()
    shop.hand.move(21)
    await shop.settle_down()

    (call,) = shop.platform.effects()
    assert (call.api, call.query) == (RESPONSE, {"response_code": "RC1"})
    assert call.body["msgtype"] == "markdown"
    assert "今天谁没领券" in call.body["markdown"]["content"]
    late = await post(client, polled(begun["stream"]["id"]))
    assert (late["stream"]["finish"], late["stream"]["content"]) == (True, "已经另外回答了。")
    assert await post(client, asked("帮助")) == {}


async def test_an_address_that_no_longer_works_is_told_and_not_tried_again(
    shop: Installed, client: Client
) -> None:
    shop.platform.answers[RESPONSE] = lambda _: refused(40058)
    await slow(shop, client, asked("帮助"))
    await decided(shop)
    await state(shop, "ready")
    shop.hand.move(21)
    await shop.settle_down()

    row = (await shop.rows("SELECT state, code, meaning FROM effect"))[0]
    assert (row["state"], row["code"]) == ("failed", 40058)
    assert "response_url" in row["meaning"]


async def test_after_an_hour_the_address_is_dead_and_left_alone(
    shop: Installed, client: Client
) -> None:
    await slow(shop, client, asked("帮助"))
    await decided(shop)
    await state(shop, "ready")
    shop.hand.move(3601)
    await shop.settle_down()

    assert await shop.one("SELECT state FROM effect") == "expired"
    assert shop.platform.effects() == []


@pytest.mark.parametrize("url", ["", "RESPONSEURL", "https://evil.example/steal", "https://["])
async def test_an_address_that_leads_elsewhere_is_not_called(
    shop: Installed, client: Client, url: str
) -> None:
    await slow(shop, client, asked("帮助", response_url=url))
    await decided(shop)
    await state(shop, "ready")
    shop.hand.move(21)
    await shop.settle_down()

    assert await shop.one("SELECT state FROM effect") == "failed"
    assert shop.platform.effects() == []


async def test_a_greeting_that_came_too_late_is_not_said(shop: Installed, client: Client) -> None:
    assert await slow(shop, client, entered()) == {}
    await decided(shop)
    await state(shop, "ready")
    shop.hand.move(21)
    await shop.settle_down()

    assert await shop.one("SELECT state FROM effect") == "expired"


async def test_a_question_that_cannot_be_decided_ends_its_stream_honestly(
    tmp_path: Path,
) -> None:
    def broken(_: object) -> tuple[()]:
        raise RuntimeError("a handler's fault")

    book: Playbook = replace(PLAYBOOK, events={**PLAYBOOK.events, BotAsked: broken})
    async with (
        installed(tmp_path, Plans(playbook=book, times=QUICK)) as shop,
        front(shop) as client,
    ):
        begun = await post(client, asked("帮助"))
        stream = begun["stream"]["id"]
        await shop.run("UPDATE inbox SET state = 'quarantined'")
        told = await post(client, polled(stream))

    assert begun["stream"]["finish"] is False
    assert told["stream"] == {
        "id": stream,
        "finish": True,
        "content": "出了点问题，没能查到，请稍后再问。",
    }


async def test_a_stream_that_nobody_knows_is_finished(shop: Installed, client: Client) -> None:
    told = await post(client, polled("S-unknown"))

    assert (told["stream"]["id"], told["stream"]["finish"]) == ("S-unknown", True)
    assert await shop.one("SELECT count(*) FROM inbox") == 0
