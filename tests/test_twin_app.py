"""The twin's app: messages and cards to employees, their taps, what they type."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, node, on_stage

SEND, UPDATE = "message/send", "message/update_template_card"
CARD: Json = {
    "card_type": "button_interaction",
    "task_id": "draft-1",
    "main_title": {"title": "群里有人问猫粮", "desc": "建议回复如下"},
    "sub_title_text": "三排左手边",
    "button_list": [
        {"text": "已发送", "style": 1, "key": "sent:1"},
        {"text": "不用回", "style": 2, "key": "skip:1"},
    ],
}
NOTICE: Json = {
    "card_type": "text_notice",
    "main_title": {"title": "群快满了"},
    "card_action": {"type": 1, "url": "http://127.0.0.1/desk"},
}


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def send(scene: Scene, kind: str, body: Json, **rest: object) -> Json:
    agent = scene.twin.stage.world.wecom[0].agentid
    asked: Json = {"touser": "xiaowang", "agentid": agent, "msgtype": kind, kind: body}
    return await scene.call("wecom", SEND, {**asked, **rest})


async def update(scene: Scene, code: object, **rest: object) -> Json:
    agent = scene.twin.stage.world.wecom[0].agentid
    asked: Json = {"agentid": agent, "response_code": code, "userids": ["xiaowang"]}
    return await scene.call("wecom", UPDATE, {**asked, **rest})


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("markdown", {"content": "**满**了"}, "**满**了"),
        ("textcard", {"title": "满了", "description": "请看", "url": "http://x"}, "满了\n请看"),
        ("template_card", NOTICE, "群快满了"),
        ("template_card", CARD, "群里有人问猫粮"),
    ],
)
async def test_every_kind_of_app_message_shows(
    scene: Scene, kind: str, body: Json, text: str
) -> None:
    assert (await send(scene, kind, body))["errcode"] == 0
    (seen,) = await scene.phone("小王")
    assert (seen["channel"], seen["via"], seen["text"]) == ("app", "app", text)
    attachments = seen["attachments"]
    assert isinstance(attachments, list)
    assert attachments[0]["type"] == kind


@pytest.mark.parametrize(
    ("kind", "body", "errcode"),
    [
        ("text", {"content": ""}, 44004),
        ("song", {}, 40008),
        ("textcard", {"title": "t", "description": "d"}, 40058),
        ("textcard", {"title": "", "description": "d", "url": "u"}, 40063),
        ("template_card", {**CARD, "task_id": "no spaces"}, 40058),
        ("template_card", {**CARD, "task_id": "x" * 129}, 40058),
        ("template_card", {**CARD, "button_list": []}, 40058),
        ("template_card", {**CARD, "button_list": [{"text": "好", "key": "k"}] * 7}, 40058),
        ("template_card", {**CARD, "button_list": [{"text": "好", "key": "k" * 1025}]}, 40058),
        ("template_card", {**CARD, "main_title": {"title": "长" * 27}}, 40058),
        ("template_card", {**NOTICE, "card_action": {}}, 40058),
        ("template_card", {**NOTICE, "card_type": "poster"}, 40058),
    ],
)
async def test_an_app_message_out_of_bounds_is_refused(
    scene: Scene, kind: str, body: Json, errcode: int
) -> None:
    assert (await send(scene, kind, body))["errcode"] == errcode
    assert await scene.phone("xiaowang") == []


async def test_a_card_without_buttons_gives_no_code(scene: Scene) -> None:
    assert "response_code" not in await send(scene, "template_card", NOTICE)


async def test_a_repeated_card_is_swallowed_and_another_task_is_not(scene: Scene) -> None:
    asked: Json = {"enable_duplicate_check": 1, "duplicate_check_interval": 60}
    assert "response_code" in await send(scene, "template_card", CARD, **asked)
    again = await send(scene, "template_card", CARD, **asked)
    assert (again["errcode"], "response_code" in again) == (0, False)
    assert (await send(scene, "template_card", CARD))["errcode"] == 40058
    other: Json = {**CARD, "task_id": "draft-2"}
    assert (await send(scene, "template_card", other, **asked))["errcode"] == 0
    assert len(await scene.phone("xiaowang")) == 2


async def test_a_tapped_button_comes_with_a_code_that_changes_the_card_once(scene: Scene) -> None:
    await send(scene, "template_card", CARD)
    tapped = await scene.do("tap_button", "小王", text="已发送", selected={"q1": ["o1", "o2"]})
    assert (tapped["task_id"], tapped["key"]) == ("draft-1", "sent:1")
    (got,) = scene.bot.received
    wanted = {
        "FromUserName": "xiaowang",
        "MsgType": "event",
        "Event": "template_card_event",
        "EventKey": "sent:1",
        "TaskId": "draft-1",
        "CardType": "button_interaction",
        "AgentID": str(scene.twin.stage.world.wecom[0].agentid),
        "QuestionKey": "q1",
    }
    assert {name: node(got.inner, name) for name in wanted} == wanted
    assert "<OptionId><![CDATA[o1]]></OptionId><OptionId><![CDATA[o2]]>" in got.inner
    code = node(got.inner, "ResponseCode")
    done = await update(scene, code, button={"replace_name": "已发送 ✓"})
    assert (done["errcode"], done["invaliduser"]) == (0, [])
    assert (await update(scene, code, button={"replace_name": "又"}))["errcode"] == 40058
    last = (await scene.phone("xiaowang"))[-1]
    assert last["via"] == "app_update"
    attachments = last["attachments"]
    assert isinstance(attachments, list)
    assert attachments[0]["replace_name"] == "已发送 ✓"
    assert "点不动" in str((await scene.do("tap_button", "小王", key="sent:1"))["error"])


async def test_the_code_of_the_sending_puts_a_whole_card_in_place(scene: Scene) -> None:
    sent = await send(scene, "template_card", CARD, touser="xiaowang|xiaoli")
    new: Json = {**NOTICE, "main_title": {"title": "已经回复了"}}
    strange: Json = {"userids": ["xiaowang", "dianzhang"]}
    done = await update(scene, sent["response_code"], template_card=new, **strange)
    assert (done["errcode"], done["invaliduser"]) == (0, ["dianzhang"])
    assert [one["text"] for one in await scene.phone("xiaowang")][-1] == "已经回复了"
    assert len(await scene.phone("xiaoli")) == 1
    assert "没有按钮" in str((await scene.do("tap_button", "xiaowang", key="sent:1"))["error"])
    await scene.do("tap_button", "xiaoli", key="skip:1", task_id="draft-1")
    assert scene.bot.texts("EventKey") == ["skip:1"]


async def test_codes_die_and_strangers_have_none(scene: Scene) -> None:
    sent = await send(scene, "template_card", CARD)
    button: Json = {"button": {"replace_name": "好"}}
    assert (await update(scene, "made-up", **button))["errcode"] == 40058
    nobody = await update(scene, sent["response_code"], userids=["xiaoli"], **button)
    assert nobody["errcode"] == 81013
    await scene.control("clock", {"jump_s": 259_201})
    assert (await update(scene, sent["response_code"], **button))["errcode"] == 40058
    assert "没有这张卡片" in str((await scene.do("tap_button", "xiaoli", key="sent:1"))["error"])


async def test_a_button_that_leads_to_an_address_is_no_event(scene: Scene) -> None:
    leads: Json = {"text": "打开", "type": 1, "url": "http://127.0.0.1/desk"}
    await send(scene, "template_card", {**CARD, "button_list": [leads]})
    assert (await scene.do("tap_button", "xiaowang", text="打开"))["url"] == leads["url"]
    assert scene.bot.received == []


async def test_what_an_employee_types_comes_with_the_agent_and_an_id(scene: Scene) -> None:
    await scene.do("app_type", "小王", text="今天几个人领了券？")
    await scene.do("app_type", "小王", text="今天几个人领了券？")
    first, second = scene.bot.received
    assert node(first.inner, "Content") == "今天几个人领了券？"
    assert node(first.inner, "MsgType") == "text"
    assert node(first.inner, "AgentID") == str(scene.twin.stage.world.wecom[0].agentid)
    assert node(first.inner, "MsgId") != node(second.inner, "MsgId")
    assert int(node(first.inner, "CreateTime")) > 0
