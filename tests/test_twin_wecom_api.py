"""The twin's WeCom host: welcome codes, contacts, labels and app messages."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, node, on_stage

WELCOME = "externalcontact/send_welcome_msg"
MARK = "externalcontact/mark_tag"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def added(scene: Scene, who: str = "乙", **rest: object) -> str:
    await scene.do("add_contact", who, code="staff-xiaowang-S012", **rest)
    return node(scene.bot.received[-1].inner, "WelcomeCode")


def pair(scene: Scene, who: str = "乙") -> Json:
    return {"userid": "xiaowang", "external_userid": scene.external(who)}


async def label(scene: Scene, name: str) -> str:
    asked: Json = {"group_name": "门店", "tag": [{"name": name}]}
    told = await scene.call("wecom", "externalcontact/add_corp_tag", asked)
    group = told["tag_group"]
    assert isinstance(group, dict)
    return str(group["tag"][0]["id"])


async def test_a_wrong_secret_and_corp_are_refused(scene: Scene) -> None:
    corp = scene.twin.stage.world.wecom[0]
    told = await scene.bare("wecom", "gettoken", corpid=corp.corpid, corpsecret="x")
    assert told["errcode"] == 40001
    assert (await scene.bare("wecom", "gettoken", corpid="ww"))["errcode"] == 40013
    assert (await scene.bare("wecom", "message/send", {}))["errcode"] == 41001


async def test_an_oa_token_opens_nothing_at_wecom(scene: Scene) -> None:
    token = await scene.token("oa")
    told = await scene.call("wecom", MARK, {}, access_token=token)
    assert told["errcode"] == 40014


async def test_a_welcome_is_shown_once(scene: Scene) -> None:
    code = await added(scene)
    link = {"msgtype": "link", "link": {"title": "进群", "url": "http://127.0.0.1/g"}}
    asked: Json = {"welcome_code": code, "text": {"content": "您好"}, "attachments": [link]}
    assert (await scene.call("wecom", WELCOME, asked))["errcode"] == 0
    assert (await scene.call("wecom", WELCOME, asked))["errcode"] == 41096
    await scene.control("clock", {"jump_s": 2})
    assert (await scene.call("wecom", WELCOME, asked))["errcode"] == 41051
    (seen,) = await scene.phone("乙")
    attachments = seen["attachments"]
    assert isinstance(attachments, list)
    assert (seen["text"], seen["via"], attachments[0]["title"]) == ("您好", "welcome", "进群")


async def test_a_welcome_code_dies_after_twenty_seconds(scene: Scene) -> None:
    code = await added(scene)
    await scene.control("clock", {"jump_s": 20.5})
    asked: Json = {"welcome_code": code, "text": {"content": "您好"}}
    assert (await scene.call("wecom", WELCOME, asked))["errcode"] == 41050
    assert (await scene.call("wecom", WELCOME, {"welcome_code": "X"}))["errcode"] == 40063
    assert (await scene.call("wecom", WELCOME, {}))["errcode"] == 41049
    assert await scene.phone("乙") == []


@pytest.mark.parametrize(
    ("rest", "code"),
    [
        ({}, 40063),
        ({"text": {"content": "长" * 1334}}, 45002),
        ({"attachments": [{"msgtype": "file", "file": {"media_id": "M"}}] * 10}, 41064),
        ({"attachments": [{"msgtype": "sticker", "sticker": {}}]}, 41065),
        ({"attachments": [{"msgtype": "link", "link": {"title": "t"}}]}, 40058),
    ],
)
async def test_a_refused_welcome_leaves_its_code_alive(scene: Scene, rest: Json, code: int) -> None:
    asked: Json = {"welcome_code": await added(scene)}
    assert (await scene.call("wecom", WELCOME, {**asked, **rest}))["errcode"] == code
    good: Json = {**asked, "text": {"content": "您好"}}
    assert (await scene.call("wecom", WELCOME, good))["errcode"] == 0


async def test_the_consoles_welcome_takes_the_place_of_a_code(scene: Scene) -> None:
    await scene.do("add_contact", "丙", code="staff-dianzhang-S012")
    assert "WelcomeCode" not in scene.bot.received[0].inner
    assert [one["via"] for one in await scene.phone("丙")] == ["console"]


async def test_a_half_add_becomes_whole_when_the_employee_confirms(scene: Scene) -> None:
    code = await added(scene, half=True)
    asked = {"external_userid": scene.external("乙")}
    assert (await scene.call("wecom", "externalcontact/get", **asked))["errcode"] == 84061
    welcome: Json = {"welcome_code": code, "text": {"content": "您好"}}
    assert (await scene.call("wecom", WELCOME, welcome))["errcode"] == 0
    await scene.do("confirm_contact", "乙", staff="xiaowang")
    assert scene.bot.texts("ChangeType") == ["add_half_external_contact", "add_external_contact"]
    assert "WelcomeCode" not in scene.bot.received[1].inner
    assert (await scene.call("wecom", "externalcontact/get", **asked))["errcode"] == 0


async def test_a_fresh_contact_is_unknown_for_a_moment(scene: Scene) -> None:
    await scene.control("settings", {"contact_lag_s": 5})
    await added(scene)
    asked = {"external_userid": scene.external("乙")}
    assert (await scene.call("wecom", "externalcontact/get", **asked))["errcode"] == 84061
    await scene.control("clock", {"jump_s": 5})
    told = await scene.call("wecom", "externalcontact/get", **asked)
    contact, follows = told["external_contact"], told["follow_user"]
    assert isinstance(contact, dict)
    assert isinstance(follows, list)
    assert contact["unionid"]
    assert [one["state"] for one in follows] == ["staff-xiaowang-S012"]


async def test_remark_and_labels_are_written_at_the_platform(scene: Scene) -> None:
    await added(scene)
    remark = "externalcontact/remark"
    store = await label(scene, "S012")
    assert (await scene.call("wecom", remark, {**pair(scene), "remark": "乙"}))["errcode"] == 0
    long: Json = {**pair(scene), "remark": "长" * 21}
    assert (await scene.call("wecom", remark, long))["errcode"] == 40058
    asked: Json = {**pair(scene), "add_tag": [store]}
    assert (await scene.call("wecom", MARK, asked))["errcode"] == 0
    assert (await scene.call("wecom", MARK, asked))["errcode"] == 0
    bad: Json = {**pair(scene), "add_tag": ["etNONE"]}
    assert (await scene.call("wecom", MARK, bad))["errcode"] == 40068
    assert (await scene.call("wecom", MARK, pair(scene)))["errcode"] == 40063
    known = await scene.control("contact/乙")
    assert (known["remark"], known["labels"]) == ("乙", ["S012"])
    marks = [one for one in await scene.book("call") if one["api"] == f"/cgi-bin/{MARK}"]
    assert [bool(one["effect"]) for one in marks] == [True, False, False, False]
    assert len(scene.bot.received) == 1


async def test_a_label_group_of_the_same_name_is_reused(scene: Scene) -> None:
    first, second = await label(scene, "S012"), await label(scene, "S003")
    told = await scene.call("wecom", "externalcontact/get_corp_tag_list", {})
    groups = told["tag_group"]
    assert isinstance(groups, list)
    assert [[one["id"] for one in group["tag"]] for group in groups] == [[first, second]]
    again: Json = {"group_name": "门店", "tag": [{"name": "S012"}]}
    assert (await scene.call("wecom", "externalcontact/add_corp_tag", again))["errcode"] == 40071


async def test_two_edits_of_one_contact_at_once_are_booked_as_overlap(scene: Scene) -> None:
    await added(scene)
    await added(scene, "丙")
    await scene.control("settings", {"edit_s": 0.05})
    store = await label(scene, "S012")
    mine: Json = {**pair(scene), "add_tag": [store]}
    other: Json = {**pair(scene, "丙"), "add_tag": [store]}
    await asyncio.gather(*(scene.call("wecom", MARK, one) for one in (mine, other)))
    assert (await scene.control("book/summary"))["overlaps"] == 0
    await asyncio.gather(*(scene.call("wecom", MARK, mine) for _ in range(2)))
    assert (await scene.control("book/summary"))["overlaps"] == 1


async def test_a_deleted_customer_is_unknown_and_one_who_left_is_not(scene: Scene) -> None:
    await added(scene)
    store = await label(scene, "S012")
    asked: Json = {**pair(scene), "add_tag": [store]}
    await scene.do("delete_staff", "乙", staff="xiaowang")
    assert (await scene.call("wecom", MARK, asked))["errcode"] == 0
    await scene.do("staff_deletes", "乙", staff="xiaowang")
    assert (await scene.call("wecom", MARK, asked))["errcode"] == 84061
    kinds = ["add_external_contact", "del_follow_user", "del_external_contact"]
    assert scene.bot.texts("ChangeType") == kinds


async def test_a_repeated_app_message_is_swallowed_when_asked_for(scene: Scene) -> None:
    agent = scene.twin.stage.world.wecom[0].agentid
    asked: Json = {"touser": "xiaowang|nobody", "msgtype": "text", "agentid": agent}
    asked |= {"text": {"content": "群快满了"}, "enable_duplicate_check": 1}
    told = await scene.call("wecom", "message/send", asked)
    assert (told["errcode"], told["invaliduser"]) == (0, "nobody")
    await scene.call("wecom", "message/send", asked)
    assert len(await scene.phone("xiaowang")) == 1
    await scene.control("clock", {"jump_s": 1801})
    await scene.call("wecom", "message/send", asked)
    assert len(await scene.phone("小王")) == 2
    nobody: Json = {**asked, "touser": "nobody"}
    assert (await scene.call("wecom", "message/send", nobody))["errcode"] == 81013


async def test_a_contact_way_made_by_api_can_be_scanned(scene: Scene) -> None:
    asked: Json = {"type": 1, "scene": 2, "state": "qr7", "user": ["xiaoli"]}
    told = await scene.call("wecom", "externalcontact/add_contact_way", asked)
    await scene.do("add_contact", "丁", code=told["config_id"])
    assert scene.bot.texts("State") == ["qr7"]
    assert scene.bot.texts("UserID") == ["xiaoli"]
