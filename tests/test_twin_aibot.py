"""The twin's aibot: sealed JSON both ways, streams that are asked for, one answer by address."""

import base64
import hashlib
import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.twin_bot import Answer, Delivery, Json, Scene, on_stage
from twin.seal import sealed
from twin.shape import record, records, text
from twin.world import Account

CHAT = "wrINNER_S012"
NAME = "店小二"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        await one.control("settings", {"stream_poll_s": 0.01})
        yield one


def asked(delivery: Delivery) -> Json:
    told: Json = json.loads(delivery.inner)
    return told


def reply(account: Account, delivery: Delivery, body: Json, nonce: str = "") -> Answer:
    nonce = nonce or delivery.query["nonce"]
    encrypt, made = sealed(account, json.dumps(body, ensure_ascii=False), nonce, 1_760_000_001)
    envelope: Json = {"encrypt": encrypt, "msgsignature": made, "nonce": nonce}
    return 200, json.dumps({**envelope, "timestamp": 1_760_000_001})


def answers(scene: Scene, make: Callable[[Json], Json]) -> None:
    bot = scene.twin.stage.world.aibot[0]
    scene.bot.answer = lambda got: reply(bot, got, make(asked(got)))


def stream(content: str, *, finish: bool, **rest: object) -> Json:
    inside: Json = {"id": "S1", "finish": finish, "content": content, **rest}
    return {"msgtype": "stream", "stream": inside}


async def test_a_mention_is_sealed_for_nobody_and_carries_the_sheets_fields(scene: Scene) -> None:
    answers(scene, lambda got: stream("三排", finish=True))
    told = await scene.do("mention_bot", "小王", chat_id=CHAT, text="猫粮在哪？")
    (got,) = scene.bot.received
    assert (got.account, got.receiver, got.body[:11]) == ("aibot-main", "", '{"encrypt":')
    question = asked(got)
    assert question["text"] == {"content": f"@{NAME} 猫粮在哪？"}
    assert (question["chatid"], question["chattype"]) == (CHAT, "group")
    assert (question["from"], question["msgtype"]) == ({"userid": "xiaowang"}, "text")
    assert question["aibotid"] == scene.twin.stage.world.aibot[0].aibotid
    assert (await scene.book("happening"))[0]["msg_id"] == question["msgid"]
    assert told["delivered"] is True
    for who in ("xiaowang", "店长老陈"):
        last = (await scene.phone(who))[-1]
        assert (last["channel"], last["via"], last["text"]) == ("aibot", "aibot", "三排")
        assert (last["from"], last["chat_id"]) == (NAME, CHAT)
    view = await scene.control(f"group/{CHAT}")
    said = [(one["name"], one["text"]) for one in records(view, "said")]
    assert said == [("小王", f"@{NAME} 猫粮在哪？"), (NAME, "三排")]
    assert (view["kind"], view["members"]) == ("internal", ["小王", "店长老陈"])


async def test_an_unfinished_stream_is_asked_for_until_it_is_finished(scene: Scene) -> None:
    words = ["三", "三排", "三排左手边"]
    answers(scene, lambda got: stream(words.pop(0), finish=len(words) == 0))
    told = await scene.do("ask_bot", "小王", text="猫粮在哪？")
    assert [asked(one)["msgtype"] for one in scene.bot.received] == ["text", "stream", "stream"]
    refresh = asked(scene.bot.received[1])
    assert (refresh["stream"], refresh["chattype"]) == ({"id": "S1"}, "single")
    assert "response_url" not in refresh
    saw = records(told, "saw")
    assert [one["text"] for one in saw] == ["三排左手边"]
    assert saw[0]["attachments"] == [{"type": "stream", "id": "S1", "finish": True, "steps": 2}]
    booked = [(one["step"], one["finish"], one["text"]) for one in await scene.book("aibot")]
    assert booked == [(0, False, "三"), (1, False, "三排"), (2, True, "三排左手边")]


async def test_a_stream_ends_six_minutes_after_the_question(scene: Scene) -> None:
    answers(scene, lambda got: stream("还在想", finish=False))
    await scene.do("ask_bot", "小王", text="在吗", wait_s=0.05)
    assert await scene.phone("小王") == []
    await scene.control("clock", {"jump_s": 361})
    assert await scene.control("idle", {"wait_s": 3}) == {"idle": True}
    (seen,) = await scene.phone("小王")
    assert seen["text"] == "还在想"
    assert records(seen, "attachments")[0]["finish"] is False


async def test_three_questions_at_once_are_enough(scene: Scene) -> None:
    answers(scene, lambda got: stream("还在想", finish=False))
    for _ in range(3):
        await scene.do("ask_bot", "小王", text="在吗", wait_s=0.02)
    assert "还在回答" in str((await scene.do("ask_bot", "小王", text="在吗"))["error"])
    await scene.control("clock", {"jump_s": 361})
    await scene.control("idle", {"wait_s": 3})


def picture(content: bytes, digest: str = "") -> Json:
    made = hashlib.md5(content, usedforsecurity=False).hexdigest()
    image: Json = {"base64": base64.b64encode(content).decode(), "md5": digest or made}
    return {"msgtype": "image", "image": image}


@pytest.mark.parametrize(
    "body",
    [
        {"msgtype": "text", "text": {"content": "文本不能回复提问"}},
        {"msgtype": "markdown", "markdown": {"content": "x"}},
        stream("长" * 6827, finish=True),
        {"msgtype": "stream", "stream": {"finish": True, "content": "没有 id"}},
        stream("x", finish=True, feedback={"id": "f" * 257}),
        stream("x", finish=False, msg_item=[picture(b"p")]),
        stream("x", finish=True, msg_item=[picture(b"p", "0" * 32)]),
        {"msgtype": "template_card", "template_card": {"card_type": "poster"}},
    ],
)
async def test_a_reply_out_of_bounds_shows_nothing_and_is_in_the_book(
    scene: Scene, body: Json
) -> None:
    answers(scene, lambda got: body)
    told = await scene.do("ask_bot", "小王", text="在吗")
    assert (told["delivered"], told["saw"]) == (True, [])
    assert str(told["answer"]).startswith("fault: ")
    (booked,) = await scene.book("aibot")
    assert booked["trouble"]
    assert len(scene.bot.received) == 1


async def test_a_reply_in_clear_or_with_a_strange_nonce_shows_nothing(scene: Scene) -> None:
    clear = json.dumps(stream("明文", finish=True))
    bot = scene.twin.stage.world.aibot[0]
    made: list[Callable[[Delivery], Answer]] = [
        lambda got: (200, clear),
        lambda got: reply(bot, got, stream("x", finish=True), nonce="other"),
        lambda got: (200, "success"),
        lambda got: (200, json.dumps({"encrypt": "AAAA", "nonce": got.query["nonce"]})),
    ]
    for one in made:
        scene.bot.answer = one
        assert (await scene.do("ask_bot", "小王", text="在吗"))["saw"] == []
    troubles = [str(one["trouble"]) for one in await scene.book("aibot")]
    assert ["明文" in one for one in troubles] == [True, False, False, False]
    assert all(troubles)


async def test_an_empty_reply_is_taken_and_a_missing_one_is_told(scene: Scene) -> None:
    scene.bot.answer = lambda got: (200, "")
    assert (await scene.do("ask_bot", "小王", text="在吗"))["delivered"] is True
    scene.bot.answer = lambda got: (500, "")
    assert (await scene.do("ask_bot", "小王", text="在吗"))["delivered"] is False
    assert [bool(one["trouble"]) for one in await scene.book("aibot")] == [False, True]
    assert len(scene.bot.received) == 5
    assert await scene.phone("小王") == []


async def test_a_late_reply_shows_nothing(scene: Scene) -> None:
    await scene.control("settings", {"answer_s": 0.05, "retries": 0})
    bot = scene.twin.stage.world.aibot[0]

    def late(got: Delivery) -> Answer:
        time.sleep(0.1)
        return reply(bot, got, stream("三排", finish=True))

    scene.bot.answer = late
    told = await scene.do("ask_bot", "小王", text="猫粮在哪？")
    assert (told["delivered"], told["saw"]) == (False, [])
    assert [one["trouble"] for one in await scene.book("callback")] == ["timeout"]
    assert [bool(one["trouble"]) for one in await scene.book("aibot")] == [True]


async def test_a_redelivered_question_keeps_its_msgid_and_shows_once(scene: Scene) -> None:
    answers(scene, lambda got: stream("三排", finish=True))
    await scene.do("ask_bot", "小王", text="猫粮在哪？")
    await scene.control("redeliver", {"share": 1.0})
    first, second = (asked(one)["msgid"] for one in scene.bot.received)
    assert first == second
    assert len(await scene.phone("小王")) == 1


async def test_who_opens_the_chat_is_greeted_once_a_day(scene: Scene) -> None:
    answers(scene, lambda got: {"msgtype": "text", "text": {"content": "我是店小二"}})
    await scene.do("enter_bot", "小王")
    assert (await scene.do("enter_bot", "小王"))["happening"] is None
    event = asked(scene.bot.received[0])
    assert (event["msgtype"], event["event"]) == ("event", {"eventtype": "enter_chat"})
    assert isinstance(event["create_time"], int)
    assert [one["text"] for one in await scene.phone("小王")] == ["我是店小二"]
    await scene.control("clock", {"jump_s": 86_400})
    await scene.do("enter_bot", "小王")
    assert len(scene.bot.received) == 2


async def test_a_card_comes_with_a_stream(scene: Scene) -> None:
    card: Json = {
        "card_type": "text_notice",
        "main_title": {"title": "看券"},
        "card_action": {"type": 1, "url": "http://127.0.0.1/"},
    }
    both: Json = {**stream("三排", finish=True), "msgtype": "stream_with_template_card"}
    answers(scene, lambda got: {**both, "template_card": card})
    (seen,) = records(await scene.do("ask_bot", "小王", text="猫粮"), "saw")
    kinds = [one["type"] for one in records(seen, "attachments")]
    assert (seen["text"], kinds) == ("三排", ["stream", "template_card"])


async def respond(scene: Scene, url: str, body: Json) -> object:
    async with scene.http.post(url, json=body) as got:
        told: Json = await got.json()
    return told["errcode"]


async def test_an_answer_by_address_is_in_clear_and_once_within_an_hour(scene: Scene) -> None:
    scene.bot.answer = lambda got: (200, "")
    for _ in range(2):
        await scene.do("mention_bot", "小王", chat_id=CHAT, text="在吗")
    first, second = (text(asked(one), "response_url") for one in scene.bot.received)
    words: Json = {"msgtype": "markdown", "markdown": {"content": "**在**"}}
    assert await respond(scene, first, {"msgtype": "text", "text": {"content": "x"}}) == 40008
    long: Json = {"msgtype": "markdown", "markdown": {"content": "长" * 6827}}
    assert await respond(scene, first, long) == 45002
    assert await respond(scene, first, {"msgtype": "template_card", "template_card": {}}) == 40008
    assert await respond(scene, first, words) == 0
    assert await respond(scene, first, words) == 40058
    assert await respond(scene, f"{first}x", words) == 40058
    await scene.control("clock", {"jump_s": 3601})
    assert await respond(scene, second, words) == 40058
    seen = (await scene.phone("dianzhang"))[-1]
    assert (seen["via"], seen["text"], seen["chat_id"]) == ("aibot_response", "**在**", CHAT)


async def test_only_members_can_mention_it(scene: Scene) -> None:
    told = await scene.do("mention_bot", "xiaoli", chat_id=CHAT, text="在吗")
    assert "不在内部群" in str(told["error"])
    told = await scene.do("mention_bot", "小王", chat_id="wrPETS_S012_1", text="在吗")
    assert "不在内部群" in str(told["error"])


async def test_a_tampered_question_differs(scene: Scene) -> None:
    scene.bot.answer = lambda got: (200, "")
    await scene.do("ask_bot", "小王", text="在吗")
    assert (await scene.do("tamper", account="aibot-main"))["status"] == 403
    assert (await scene.do("replay_last", account="aibot-main"))["status"] == 200


async def test_the_wiring_tells_what_a_bot_needs(scene: Scene) -> None:
    told = await scene.control("wiring")
    assert {one["kind"] for one in records(told, "accounts")} == {"oa", "wecom"}
    (bot,) = records(told, "aibots")
    assert (bot["id"], bot["name"], bot["callback"]) == (
        *("aibot-main", NAME),
        f"{scene.bot.url}/aibot-main",
    )
    assert len(text(bot, "aes_key")) == 43
    assert records(bot, "internal_groups")[0]["chat_id"] == CHAT
    archive = record(told, "archive")
    assert (archive["source"], archive["path"]) == ("archive", "/api/archive")
