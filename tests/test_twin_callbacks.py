"""The twin's callbacks: how they are sealed, repeated, answered, and shown on phones."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.twin_bot import Answer, Delivery, Scene, node, on_stage, sealed_reply, text_reply
from twin.oa.reply import FAULT_TEXT


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


def says(scene: Scene, words: str) -> None:
    account = scene.twin.stage.world.oa[0]
    scene.bot.answer = lambda got: (200, sealed_reply(account, text_reply(got, words)))


async def test_a_scan_follows_and_another_codec_opens_the_callback(scene: Scene) -> None:
    told = await scene.do("scan_oa", "甲", poster="poster-S012-door")
    assert told["delivered"] is True
    got = scene.bot.received[0]
    assert got.receiver == scene.twin.stage.world.oa[0].appid
    assert node(got.inner, "Event") == "subscribe"
    assert node(got.inner, "EventKey") == "qrscene_poster-S012-door"
    assert "FromUserName" not in got.body


async def test_a_follower_who_scans_again_sends_scan_without_the_prefix(scene: Scene) -> None:
    await scene.do("scan_oa", "甲", poster="poster-S012-door")
    await scene.do("scan_oa", "甲", poster="poster-S012-counter")
    assert scene.bot.texts("Event") == ["subscribe", "SCAN"]
    assert scene.bot.texts("EventKey")[1] == "poster-S012-counter"


async def test_wecom_callbacks_are_sealed_for_the_corp(scene: Scene) -> None:
    await scene.do("add_contact", "乙", code="staff-xiaowang-S012")
    got = scene.bot.received[0]
    assert got.receiver == scene.twin.stage.world.wecom[0].corpid
    assert node(got.inner, "ChangeType") == "add_external_contact"
    assert node(got.inner, "State") == "staff-xiaowang-S012"
    assert node(got.inner, "WelcomeCode")


@pytest.mark.parametrize("mode", ["plain", "compatible"])
async def test_the_clear_fields_are_there_unless_the_mode_is_safe(
    tmp_path: Path, mode: str
) -> None:
    async with on_stage(tmp_path, mode=mode) as scene:
        await scene.do("follow", "甲")
        scene.bot.answer = lambda got: (200, text_reply(got, "您好"))
        told = await scene.do("type", "甲", text="在吗 ]]> 结束")
    got = scene.bot.received[1]
    assert node(got.body, "FromUserName") == node(got.inner, "FromUserName")
    assert ("Encrypt" in got.body) is (mode == "compatible")
    assert "]]]]><![CDATA[> 结束" in got.inner
    assert told["saw"] != []


async def test_a_sealed_passive_reply_is_shown_once_although_redelivered(scene: Scene) -> None:
    says(scene, "您好")
    told = await scene.do("scan_oa", "甲", poster="poster-S012-door")
    saw = told["saw"]
    assert isinstance(saw, list)
    assert [(one["text"], one["via"]) for one in saw] == [("您好", "passive")]
    again = await scene.control("redeliver", {"share": 1.0, "seed": 7, "shuffle": True})
    assert again == {"redelivered": 1, "answered": 1}
    assert len(scene.bot.received) == 2
    assert scene.bot.received[0].inner == scene.bot.received[1].inner
    assert scene.bot.received[0].query["nonce"] != scene.bot.received[1].query["nonce"]
    assert len(await scene.phone("甲")) == 1


async def test_an_unanswered_callback_is_delivered_four_times_then_the_fault_shows(
    scene: Scene,
) -> None:
    scene.bot.answer = lambda got: (500, "")
    told = await scene.do("scan_oa", "甲", poster="poster-S012-door")
    assert told["delivered"] is False
    assert len(scene.bot.received) == 4
    assert [one["text"] for one in await scene.phone("甲")] == [FAULT_TEXT]
    assert [one["attempt"] for one in await scene.book("callback")] == [1, 2, 3, 4]


async def test_a_bot_that_comes_back_is_reached_by_a_later_attempt(scene: Scene) -> None:
    answers: list[Answer] = [(503, ""), (200, "success")]
    scene.bot.answer = lambda got: answers.pop(0)
    told = await scene.do("follow", "甲")
    assert told["delivered"] is True
    assert await scene.phone("甲") == []


def plaintext(got: Delivery) -> str:
    return text_reply(got, "明文")


def swapped(got: Delivery) -> str:
    return text_reply(got, "反了").replace("ToUserName", "X").replace("FromUserName", "ToUserName")


@pytest.mark.parametrize("answer", [plaintext, swapped, lambda got: "<html>oops</html>"])
async def test_an_answer_that_cannot_be_shown_puts_the_fault_text_on_the_phone(
    scene: Scene, answer: object
) -> None:
    assert callable(answer)
    scene.bot.answer = lambda got: (200, str(answer(got)))
    told = await scene.do("follow", "甲")
    assert [one["text"] for one in await scene.phone("甲")] == [FAULT_TEXT]
    assert str(told["answer"]).startswith("fault: ")
    assert len(await scene.book("fault_shown")) == 1


async def test_a_tampered_callback_differs_and_a_replay_does_not(scene: Scene) -> None:
    await scene.do("follow", "甲")
    assert (await scene.do("tamper", account="oa-main"))["status"] == 403
    assert (await scene.do("tamper", account="oa-main", how="signature"))["status"] == 403
    assert (await scene.do("replay_last", account="oa-main"))["status"] == 200
    assert scene.bot.received[0].query == scene.bot.received[1].query


async def test_planted_duplicates_and_losses_follow_the_settings(scene: Scene) -> None:
    await scene.control("settings", {"redeliver_share": 1.0, "spread_s": 0.01, "seed": 3})
    await scene.do("follow", "甲")
    assert (await scene.control("idle", {"wait_s": 3})) == {"idle": True}
    assert len(scene.bot.received) == 2
    await scene.control("settings", {"redeliver_share": 0, "lost_share": 1.0})
    told = await scene.do("follow", "乙")
    assert told["delivered"] is False
    assert len(scene.bot.received) == 2


async def test_raw_xml_is_sealed_and_delivered_as_it_stands(scene: Scene) -> None:
    xml = "<xml><ToUserName>a</ToUserName><MsgType>event</MsgType><Event>brand_new</Event></xml>"
    await scene.do("raw", account="oa-main", xml=xml)
    assert scene.bot.received[0].inner == xml


async def test_wiring_names_the_step_that_failed(tmp_path: Path) -> None:
    async with on_stage(tmp_path, wired=False) as scene:
        url = scene.bot.url
        verdicts = await scene.control("wire", {"oa-main": "ftp://x", "wecom-main": f"{url}/no"})
        refused = await scene.control("wire", {"oa-main": "http://127.0.0.1:1/"})
        good = await scene.control("wire", {one: f"{url}/{one}" for one in scene.bot.accounts})
    steps = [verdicts["oa-main"], verdicts["wecom-main"], refused["oa-main"]]
    assert [one["step"] for one in steps if isinstance(one, dict)] == ["url", "status", "connect"]
    assert all(one["ok"] for one in good.values() if isinstance(one, dict))


async def test_the_wiring_page_tells_every_key_a_bot_needs(scene: Scene) -> None:
    told = await scene.control("wiring")
    accounts = told["accounts"]
    assert isinstance(accounts, list)
    assert {one["kind"] for one in accounts} == {"oa", "wecom"}
    assert all(one["aes_key"] and one["token"] and one["callback"] for one in accounts)


async def test_hundreds_of_messages_reach_the_bot_each_with_its_own_id(scene: Scene) -> None:
    sender, world = scene.twin.sender, scene.twin.stage.world
    await scene.do("follow", "甲")
    for _ in range(300):
        await scene.control("do", {"act": "type", "who": "甲", "text": "快"})
    assert await sender.idle(10)
    assert len(scene.bot.received) == 301
    assert len(set(scene.bot.texts("MsgId"))) == 301
    assert world.oa[0].gh in scene.bot.received[0].inner
