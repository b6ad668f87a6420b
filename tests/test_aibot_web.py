"""An internal bot over HTTP: answered in the response, once, and only what is genuine."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.errors import DatabaseTrouble
from tests.bot_client import post, state
from tests.bot_letters import INNER, asked, entered, tapped
from tests.front import Client, front
from tests.rooms import Installed, installed
from tests.sealing import NONCE, TIMESTAMP, Post, sealed


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


@pytest.fixture
async def client(shop: Installed) -> AsyncIterator[Client]:
    async with front(shop) as one:
        yield one


async def test_a_question_is_answered_whole_in_the_response(
    shop: Installed, client: Client
) -> None:
    answer = await post(client, asked("@店小二 群满了吗", chat=INNER))

    assert answer["msgtype"] == "stream"
    assert answer["stream"]["finish"] is True
    assert "良渚宠物一群：0/3，还有 3 个位置" in answer["stream"]["content"]
    assert answer["stream"]["id"] == await shop.one("SELECT event_id FROM inbox")
    assert await state(shop, "done") == "done"
    shop.hand.move(3600)
    await shop.settle_down()
    assert shop.platform.effects() == []


async def test_an_employee_is_no_member(shop: Installed, client: Client) -> None:
    for number, text in enumerate(("领券", "宠物群", "退订", "人工")):
        await post(client, asked(text, f"m{number}"))

    for table in ("person", "coupon_grant", "invite", "tag", "gap", "notice"):
        assert await shop.one(f"SELECT count(*) FROM {table}") == 0  # noqa: S608  # ours
    assert await shop.one("SELECT count(*) FROM inbox WHERE state <> 'done'") == 0


async def test_a_duplicate_gets_the_same_answer_and_is_decided_once(
    shop: Installed, client: Client
) -> None:
    answers = [await post(client, asked("帮助")) for _ in range(3)]

    assert answers[0] == answers[1] == answers[2]
    assert await shop.one("SELECT count(*) FROM inbox") == 1
    assert await shop.one("SELECT count(*) FROM effect") == 1


async def test_duplicates_at_the_same_moment_are_one_question(
    shop: Installed, client: Client
) -> None:
    answers = await asyncio.gather(*(post(client, asked("帮助")) for _ in range(6)))

    assert len({json.dumps(one) for one in answers if one["stream"]["finish"]}) == 1
    assert await shop.one("SELECT count(*) FROM effect") == 1


async def test_who_opens_the_conversation_is_told_what_can_be_asked(
    shop: Installed, client: Client
) -> None:
    answer = await post(client, entered())

    assert answer["msgtype"] == "text"
    assert "今天谁没领券" in answer["text"]["content"]
    assert await state(shop, "done") == "done"


@pytest.mark.parametrize(
    "message",
    [
        tapped("task-1", "sent"),
        asked("", msgtype="image", image={"url": "u"}),
        asked("", msgtype="event", event={"eventtype": "feedback_event"}),
        "not json",
    ],
)
async def test_what_takes_no_words_gets_an_empty_answer_sealed(
    shop: Installed, client: Client, message: str
) -> None:
    assert await post(client, message) == {}
    assert await shop.one("SELECT count(*) FROM inbox") == 1


# --- the door ---


async def test_what_is_not_genuine_is_refused_like_everywhere(
    shop: Installed, client: Client
) -> None:
    genuine = sealed(asked("帮助"), "")
    for one, body in (
        (Post(encrypt=genuine.encrypt, signature="0" * 40), None),
        (genuine, asked("帮助")),
    ):
        text = body or json.dumps({"encrypt": one.encrypt})
        got = await client.post("/callback/bot", params=one.query, data=text)
        assert (got.status, await got.read()) == (403, b"")
    assert {step for _, step in shop.acceptor.refused} == {"signature", "envelope"}
    assert await shop.one("SELECT count(*) FROM inbox") == 0


async def test_what_is_signed_for_another_is_quarantined_and_answered_with_nothing(
    shop: Installed, client: Client
) -> None:
    astray = sealed(asked("帮助"), "ww0123456789abcdef")

    got = await client.post(
        "/callback/bot", params=astray.query, data=json.dumps({"encrypt": astray.encrypt})
    )

    assert got.status == 200
    assert "encrypt" in await got.json()
    assert await shop.one("SELECT state FROM inbox") == "quarantined"
    assert shop.acceptor.refused == {("bot", "receiver"): 1}


async def test_the_url_verifies(client: Client) -> None:
    echo = sealed("回显 123", "")
    query = {
        "msg_signature": echo.signature, "timestamp": TIMESTAMP, "nonce": NONCE,
        "echostr": echo.encrypt,
    }  # fmt: skip
    got = await client.get("/callback/bot", params=query)
    assert (got.status, await got.text()) == (200, "回显 123")


async def test_what_is_not_on_disk_is_not_acknowledged(
    shop: Installed, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_work: object, **_how: object) -> None:
        raise DatabaseTrouble("the disk is full")

    one = sealed(asked("帮助"), "")
    with monkeypatch.context() as broken:
        broken.setattr(shop.db, "write", full)
        body = json.dumps({"encrypt": one.encrypt})
        got = await client.post("/callback/bot", params=one.query, data=body)
    assert got.status == 503
    assert (await post(client, asked("帮助")))["stream"]["finish"] is True
