"""The twin's customer service: what a bot may send when, and how it looks on the phone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, node, on_stage
from tests.twin_kf import (
    CARD,
    KF,
    MENU,
    ON_EVENT,
    PETS,
    SEND,
    TWO_DAYS,
    about,
    code,
    post,
    spoken,
    state,
    sync,
    words,
)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def test_a_welcome_is_sent_once_and_within_twenty_seconds(scene: Scene) -> None:
    entered = await scene.do("enter_kf", "甲")
    asked = words(scene, "欢迎", code=entered["welcome_code"])
    link: Json = {"msgtype": "link", "link": {"title": "t", "url": "u", "thumb_media_id": "m"}}
    assert await code(scene, ON_EVENT, {**asked, **link}) == 40008
    assert await code(scene, ON_EVENT, asked) == 0
    assert await code(scene, ON_EVENT, asked) == 41051
    assert (await scene.do("enter_kf", "甲"))["welcome_code"] == ""
    (seen,) = await scene.phone("甲")
    assert (seen["channel"], seen["via"], seen["from"], seen["text"]) == (
        *("kf", "kf_event"),
        *(KF, "欢迎"),
    )
    late = (await scene.do("enter_kf", "乙"))["welcome_code"]
    await scene.control("clock", {"jump_s": 21})
    assert await code(scene, ON_EVENT, words(scene, code=late)) == 41050
    assert (await scene.do("enter_kf", "乙"))["welcome_code"] != ""
    await scene.do("kf_type", "乙", text="在吗")
    assert (await scene.do("enter_kf", "乙"))["welcome_code"] == ""
    await scene.control("clock", {"jump_s": TWO_DAYS})
    assert (await scene.do("enter_kf", "乙"))["welcome_code"] != ""


async def test_five_answers_follow_a_message_and_a_msgid_shows_once(scene: Scene) -> None:
    assert await code(scene, SEND, words(scene)) == 95002
    await spoken(scene)
    for number in range(5):
        asked = words(scene, f"第 {number} 条", msgid=f"m-{number}")
        assert (await post(scene, SEND, asked))["msgid"] == f"m-{number}"
    assert await code(scene, SEND, words(scene, "第 5 条")) == 95001
    assert await code(scene, SEND, words(scene, "又一次", msgid="m-0")) == 0
    assert [one["text"] for one in await scene.phone("甲")][-1] == "第 4 条"
    assert await code(scene, SEND, words(scene, msgid="no spaces")) == 40058
    await scene.do("kf_type", "甲", text="还有呢")
    assert await code(scene, SEND, words(scene, "有")) == 0
    calls = [one for one in await scene.book("call") if one["api"] == f"/cgi-bin/{SEND}"]
    assert sum(bool(one["effect"]) for one in calls) == len(await scene.phone("甲")) == 6


async def test_after_two_days_a_session_ends_and_sending_is_refused(scene: Scene) -> None:
    await spoken(scene)
    assert await state(scene) == (0, "")
    await scene.control("clock", {"jump_s": TWO_DAYS})
    assert await state(scene) == (4, "")
    assert await code(scene, SEND, words(scene)) == 95002
    event = (await sync(scene))[0][-1]["event"]
    assert isinstance(event, dict)
    assert (event["event_type"], event["change_type"]) == ("session_status_change", 3)
    await scene.do("kf_type", "甲", text="我回来了")
    assert await state(scene) == (0, "")


@pytest.mark.parametrize(
    ("kind", "body", "refusal"),
    [
        ("text", {"content": "好" * 683}, 45002),
        ("text", {"content": ""}, 44004),
        ("image", {}, 40007),
        ("image", {"media_id": "never-uploaded"}, 40007),
        ("link", {"title": "t", "url": "http://x", "thumb_media_id": "never-uploaded"}, 40007),
        ("link", {"title": "t", "url": "http://x"}, 40058),
        ("link", {"title": "长" * 43, "url": "http://x", "thumb_media_id": "m"}, 40058),
        ("location", {"latitude": "north", "longitude": 1}, 40058),
        ("msgmenu", {"list": [{"type": "text", "text": {"content": "a"}}] * 11}, 95008),
        ("msgmenu", {"list": [{"type": "song", "song": {}}]}, 95009),
        ("msgmenu", {"list": [{"type": "click", "click": {"id": "x" * 65}}]}, 40058),
        ("msgmenu", {}, 40063),
        ("song", {}, 40008),
    ],
)
async def test_a_message_out_of_bounds_is_refused(
    scene: Scene, kind: str, body: Json, refusal: int
) -> None:
    await spoken(scene)
    assert await code(scene, SEND, words(scene, msgtype=kind) | {kind: body}) == refusal
    assert await scene.phone("甲") == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text", {"content": "好" * 682}),
        ("image", {"media_id": "m"}),
        ("link", {"title": "券", "url": "http://127.0.0.1/c", "thumb_media_id": "m"}),
        ("ca_link", {"link_url": "https://work.weixin.qq.com/ca/x"}),
        ("location", {"latitude": 30.3, "longitude": 120.0, "name": "良渚店"}),
        ("miniprogram", {"appid": "wx1", "pagepath": "p", "thumb_media_id": "m"}),
        ("msgmenu", MENU),
    ],
)
async def test_every_kind_of_message_shows(scene: Scene, kind: str, body: Json) -> None:
    await spoken(scene)
    uploaded = await scene.media_id()
    body |= {name: uploaded for name in body if name.endswith("media_id")}
    assert await code(scene, SEND, words(scene, msgtype=kind) | {kind: body}) == 0
    (seen,) = await scene.phone("甲")
    if kind != "text":
        assert seen["attachments"] == [{"type": kind, **body}]


async def test_a_tapped_menu_item_comes_as_text_with_its_id(scene: Scene) -> None:
    await spoken(scene)
    await post(scene, SEND, words(scene, msgtype="msgmenu", msgmenu=MENU))
    await scene.do("kf_tap", "甲", content="进群")
    await scene.do("kf_tap", "甲", id="group")
    taps = (await sync(scene))[0][-2:]
    assert [one["text"] for one in taps] == [{"content": "进群", "menu_id": "group"}] * 2
    assert "菜单" in str((await scene.do("kf_tap", "甲", content="看券"))["error"])


async def test_an_accepted_message_can_still_fail(scene: Scene) -> None:
    await spoken(scene)
    await scene.control("settings", {"kf_fail_type": 10})
    assert await code(scene, SEND, words(scene, msgid="m-1")) == 0
    assert await scene.phone("甲") == []
    event = (await sync(scene))[0][-1]["event"]
    assert isinstance(event, dict)
    failed = (event["event_type"], event["fail_msgid"], event["fail_type"])
    assert failed == ("msg_send_fail", "m-1", 10)
    await scene.control("idle", {})
    assert len(scene.bot.received) == 3


async def test_a_card_leads_into_the_group(scene: Scene) -> None:
    asked = about(scene, type=2, groupchat={"chat_id": PETS, "wording": "来群里领券"})
    await scene.do("enter_kf", "甲")
    assert await code(scene, CARD, asked) == 95031
    await scene.do("kf_type", "甲", text="进群")
    assert await code(scene, CARD, asked) == 0
    assert await code(scene, CARD, asked) == 0
    (seen,) = await scene.phone("甲")
    assert seen["attachments"] == [
        {"type": "group_card", "chat_id": PETS, "name": "良渚店宠物 1 群"}
    ]
    assert (await scene.do("tap_card", "甲"))["chat_id"] == PETS
    assert node(scene.bot.received[-1].inner, "UpdateDetail") == "add_member"
    assert "已经在群里" in str((await scene.do("tap_card", "甲"))["error"])
    assert await code(scene, "kf/customer/cancel_upgrade_service", about(scene)) == 0
    assert "没有卡片" in str((await scene.do("tap_card", "甲"))["error"])


async def test_cards_stay_inside_the_configured_range(scene: Scene) -> None:
    await spoken(scene)
    config = await scene.call("wecom", "kf/customer/get_upgrade_service_config")
    allowed = config["groupchat_range"]
    assert isinstance(allowed, dict)
    assert PETS in allowed["chat_id_list"]
    made = await scene.do("create_group", name="新群", owner="xiaowang")
    for chat, refusal in ((made["chat_id"], 40058), ("wrNONE", 40050)):
        asked = about(scene, type=2, groupchat={"chat_id": chat, "wording": "来"})
        assert await code(scene, CARD, asked) == refusal
    asked = about(scene, type=1, member={"userid": "xiaowang", "wording": "加我"})
    assert await code(scene, CARD, asked) == 0
    await scene.do("tap_card", "甲")
    assert node(scene.bot.received[-1].inner, "ChangeType") == "add_external_contact"


async def test_a_welcome_of_the_console_leaves_no_code(scene: Scene) -> None:
    stage = scene.twin.stage
    greeting = replace(stage.world.kf[0], console_welcome="我是机器人")
    stage.world = replace(stage.world, kf=(greeting,))
    for _ in range(2):
        assert (await scene.do("enter_kf", "甲"))["welcome_code"] == ""
    assert [(one["via"], one["text"]) for one in await scene.phone("甲")] == [
        ("console", "我是机器人")
    ]
