"""The twin's template messages and subscriptions: typed values, consents, reports."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, node, on_stage

SEND, SUBSCRIBED, ONCE = (
    "message/template/send",
    "message/subscribe/bizsend",
    "message/template/subscribe",
)
EXPIRY = "TwinTmplExpiry00000000000000000000000000000"
ARRIVAL = "TwinTmplArrival0000000000000000000000000000"
SINGLE = "TwinTmplOnce0000000000000000000000000000000"
VALUES = {"thing1": "满 30 减 5", "time2": "2026年11月30日", "number3": "1"}


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        await one.control("settings", {"job_s": 0})
        yield one


def data(values: dict[str, str]) -> Json:
    return {key: {"value": value} for key, value in values.items()}


def notice(scene: Scene, /, **rest: object) -> Json:
    asked: Json = {"touser": scene.openid("甲"), "template_id": EXPIRY, "data": data(VALUES)}
    return {**asked, **rest}


async def reports(scene: Scene, name: str) -> list[str]:
    await scene.control("idle", {"wait_s": 3})
    return [one for one in scene.bot.texts(name) if one]


async def test_a_follower_gets_a_template_message_and_it_is_reported(scene: Scene) -> None:
    assert (await scene.call("oa", SEND, notice(scene)))["errcode"] == 43004
    await scene.do("follow", "甲")
    told = await scene.call("oa", SEND, notice(scene, url="https://shop.example/"))
    assert isinstance(told["msgid"], int)
    assert await reports(scene, "MsgID") == [str(told["msgid"])]
    assert await reports(scene, "Status") == ["success"]
    [seen] = await scene.phone("甲")
    assert seen["text"] == "优惠券到期提醒\n满 30 减 5\n2026年11月30日\n1"
    assert (seen["via"], seen["call"] is not None) == ("template", True)


async def test_who_refuses_notices_and_a_failing_platform_are_reported(scene: Scene) -> None:
    await scene.do("follow", "甲")
    await scene.do("refuse_notices", "甲")
    await scene.call("oa", SEND, notice(scene))
    assert await reports(scene, "Status") == ["failed:user block"]
    await scene.do("refuse_notices", "甲", again=True)
    await scene.control("settings", {"notice_fails": 1})
    await scene.call("oa", SEND, notice(scene))
    assert (await reports(scene, "Status"))[1:] == ["failed: system failed"]
    assert await scene.phone("甲") == []


async def test_one_client_msg_id_brings_a_follower_one_message(scene: Scene) -> None:
    await scene.do("follow", "甲")
    await scene.do("follow", "乙")
    asked = notice(scene, client_msg_id="a" * 32)
    first, again = [await scene.call("oa", SEND, asked) for _ in range(2)]
    assert first == again
    other = await scene.call("oa", SEND, {**asked, "touser": scene.openid("乙")})
    assert other["msgid"] != first["msgid"]
    await scene.control("clock", {"jump_s": 601})
    assert (await scene.call("oa", SEND, asked))["msgid"] != first["msgid"]
    assert len(await scene.phone("甲")) == 2
    assert len(await reports(scene, "MsgID")) == 3


@pytest.mark.parametrize(
    ("changed", "errcode"),
    [
        ({"template_id": "none"}, 40037),
        ({"template_id": ARRIVAL}, 40037),
        ({"touser": "oNobody"}, 40003),
        ({"data": data({**VALUES, "thing1": "长" * 21})}, 47003),
        ({"data": data({**VALUES, "number3": "一张"})}, 47003),
        ({"data": data({**VALUES, "time2": "明天"})}, 47003),
        ({"data": data({"thing1": "猫粮"})}, 47003),
        ({"data": data({**VALUES, "remark": "多余的"})}, 0),
    ],
)
async def test_a_template_message_is_checked_field_by_field(
    scene: Scene, changed: Json, errcode: int
) -> None:
    await scene.do("follow", "甲")
    told = await scene.call("oa", SEND, notice(scene, **changed))
    assert told["errcode"] == errcode
    if errcode == 47003:
        assert "data." in str(told["errmsg"])


async def test_one_consent_is_one_subscription_message(scene: Scene) -> None:
    values = {"thing1": "猫粮", "thing2": "良渚店", "time3": "2026-11-30"}
    asked = notice(scene, template_id=ARRIVAL, data=data(values), page="https://shop.example/")
    assert (await scene.call("oa", SUBSCRIBED, asked))["errcode"] == 43101
    for _ in range(2):
        await scene.do("consent", "甲", accept=[ARRIVAL])
    codes = [(await scene.call("oa", SUBSCRIBED, asked))["errcode"] for _ in range(3)]
    assert codes == [0, 0, 43101]
    assert await reports(scene, "ErrorStatus") == ["success"] * 2
    assert scene.bot.texts("Event")[:2] == ["subscribe_msg_popup_event"] * 2
    assert len(await scene.phone("甲")) == 2


async def test_a_consent_can_be_refused_and_withdrawn(scene: Scene) -> None:
    await scene.do("consent", "甲", reject=[ARRIVAL])
    await scene.do("consent", "甲", accept=[ARRIVAL], reject=[ARRIVAL], scene=0)
    rows = scene.bot.received[-1].inner.split("<List>")[1:]
    told = [(node(row, "SubscribeStatusString"), node(row, "PopupScene")) for row in rows]
    assert told == [("accept", "0"), ("reject", "0")]
    await scene.do("withdraw_consent", "甲", template=ARRIVAL)
    assert scene.bot.texts("Event")[-1] == "subscribe_msg_change_event"
    values = {"thing1": "猫粮", "thing2": "良渚店", "time3": "2026-11-30"}
    asked = notice(scene, template_id=ARRIVAL, data=data(values))
    assert (await scene.call("oa", SUBSCRIBED, asked))["errcode"] == 43101
    assert "error" in await scene.do("consent", "甲", accept=[EXPIRY])
    assert "error" in await scene.do("consent", "甲")


async def test_a_one_time_subscription_is_sent_once_for_its_scene(scene: Scene) -> None:
    content: Json = {"content": {"value": "到货了", "color": "#000000"}}
    asked = notice(scene, template_id=SINGLE, scene="7", title="到货", data=content)
    assert (await scene.call("oa", ONCE, asked))["errcode"] == 43101
    told = await scene.do("consent_once", "甲", template=SINGLE, scene=7, reserved="r")
    assert f"openid={scene.openid('甲')}" in str(told["redirect"])
    assert (await scene.call("oa", ONCE, {**asked, "scene": "8"}))["errcode"] == 43101
    assert (await scene.call("oa", ONCE, {**asked, "title": "长" * 16}))["errcode"] == 47003
    codes = [(await scene.call("oa", ONCE, asked))["errcode"] for _ in range(2)]
    assert codes == [0, 43101]
    assert [one["text"] for one in await scene.phone("甲")] == ["一次性订阅消息\n到货\n到货了"]
    assert "error" in await scene.do("consent_once", "甲", template=SINGLE, scene=10_001)


async def test_subscription_templates_are_listed(scene: Scene) -> None:
    url = f"{scene.twin.stage.bases['oa']}/wxaapi/newtmpl/gettemplate"
    async with scene.http.get(url, params={"access_token": await scene.token("oa")}) as got:
        told = await got.json()
    assert [one["priTmplId"] for one in told["data"]] == [ARRIVAL]
