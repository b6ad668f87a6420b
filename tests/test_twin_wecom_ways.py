"""The twin's «contact me» codes: changed, deleted, temporary, and who they let in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, node, on_stage

CLOSING: Json = {
    "text": {"content": "会话已结束，欢迎再来"},
    "link": {"title": "会员页", "url": "http://127.0.0.1/"},
}


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def ask(scene: Scene, path: str, asked: Json) -> Json:
    return await scene.call("wecom", f"externalcontact/{path}", asked)


async def make(scene: Scene, **rest: object) -> str:
    asked: Json = {"type": 1, "scene": 2, "user": ["xiaowang"], "state": "spring"}
    return str((await ask(scene, "add_contact_way", {**asked, **rest}))["config_id"])


async def read(scene: Scene, config_id: str) -> Json:
    way = (await ask(scene, "get_contact_way", {"config_id": config_id}))["contact_way"]
    assert isinstance(way, dict)
    return way


async def test_a_code_is_changed_by_what_the_call_names(scene: Scene) -> None:
    config = await make(scene, type=2, user=["xiaowang", "xiaoli"], remark="春")
    change: Json = {"config_id": config, "user": ["xiaoli"], "state": "summer", "party": [1]}
    assert (await ask(scene, "update_contact_way", change))["errcode"] == 0
    told = await read(scene, config)
    assert (told["user"], told["party"], told["state"]) == (["xiaoli"], [1], "summer")
    assert (told["remark"], told["type"]) == ("春", 2)
    await scene.do("add_contact", "甲", code=told["qr_code"])
    (added,) = scene.bot.received
    assert (node(added.inner, "UserID"), node(added.inner, "State")) == ("xiaoli", "summer")


async def test_a_deleted_code_lets_nobody_in(scene: Scene) -> None:
    config = await make(scene)
    assert (await ask(scene, "del_contact_way", {"config_id": config}))["errcode"] == 0
    assert "没有活码" in str((await scene.do("add_contact", "甲", code=config))["error"])
    for path in ("get_contact_way", "update_contact_way", "del_contact_way"):
        assert (await ask(scene, path, {"config_id": config}))["errcode"] == 41044
    assert scene.bot.received == []


async def test_a_code_with_verification_waits_for_the_employee(scene: Scene) -> None:
    config = await make(scene, skip_verify=False)
    await scene.do("add_contact", "甲", code=config)
    assert scene.bot.received == []
    await scene.do("confirm_contact", "甲", staff="xiaowang")
    assert scene.bot.texts("State") == ["spring"]


async def test_an_exclusive_code_keeps_the_employee_a_customer_has(scene: Scene) -> None:
    await scene.do("add_contact", "甲", staff="xiaoli")
    config = await make(scene, type=2, user=["xiaowang", "xiaoli"], is_exclusive=True)
    assert "xiaoli 已经是好友" in str((await scene.do("add_contact", "甲", code=config))["error"])


async def test_a_temporary_chat_is_for_one_and_ends_with_its_conclusions(scene: Scene) -> None:
    config = await make(scene, is_temp=True, conclusions=CLOSING, expires_in=3600)
    told = await read(scene, config)
    assert (told["is_temp"], told["expires_in"], told["chat_expires_in"]) == (True, 3600, 86_400)
    assert told["conclusions"] == CLOSING
    listed = (await ask(scene, "list_contact_way", {}))["contact_way"]
    assert isinstance(listed, list) and {"config_id": config} not in listed
    await scene.do("add_contact", "甲", code=config)
    assert "失效" in str((await scene.do("add_contact", "乙", code=config))["error"])
    pair: Json = {"userid": "xiaowang", "external_userid": scene.external("甲")}
    assert (await ask(scene, "close_temp_chat", pair))["errcode"] == 0
    (seen,) = await scene.phone("甲")
    assert (seen["via"], seen["text"]) == ("conclusions", "会话已结束，欢迎再来")
    assert (await ask(scene, "close_temp_chat", pair))["errcode"] == 84061
    assert len(scene.bot.received) == 1


async def test_a_temporary_code_dies_and_may_be_for_one_person_only(scene: Scene) -> None:
    person = scene.twin.stage.crowd.person("甲")
    assert person is not None
    config = await make(scene, is_temp=True, unionid=person.unionid)
    assert "失效" in str((await scene.do("add_contact", "乙", code=config))["error"])
    await scene.control("clock", {"jump_s": 7 * 86_400 + 1})
    assert "失效" in str((await scene.do("add_contact", "甲", code=config))["error"])


async def test_closing_pictures_are_read_back_with_an_address(scene: Scene) -> None:
    picture: Json = {"image": {"media_id": await scene.media_id()}}
    told = await read(scene, await make(scene, is_temp=True, conclusions=picture))
    closing = told["conclusions"]
    assert isinstance(closing, dict)
    async with scene.http.get(closing["image"]["pic_url"]) as got:
        assert await got.read() == b"picture"


async def test_a_code_that_cannot_be_is_refused(scene: Scene) -> None:
    good: Json = {"type": 1, "scene": 2, "user": ["xiaowang"]}
    refusals: list[tuple[Json, int]] = [
        ({"type": 3}, 40058),
        ({"scene": 0}, 40058),
        ({"user": ["xiaowang", "xiaoli"]}, 40058),
        ({"type": 2, "user": []}, 40063),
        ({"type": 2, "user": [f"u{number}" for number in range(101)]}, 41041),
        ({"type": 2, "party": [9]}, 40066),
        ({"type": 2, "is_temp": True}, 40058),
        ({"state": "长" * 31}, 40058),
        ({"remark": "长" * 31}, 40058),
        ({"is_temp": True, "expires_in": 15 * 86_400}, 40058),
        ({"conclusions": CLOSING}, 40058),
        ({"is_temp": True, "conclusions": {"text": {"content": "长" * 1334}}}, 45002),
    ]
    for change, code in refusals:
        told = await ask(scene, "add_contact_way", {**good, **change})
        assert told["errcode"] == code, change
    await scene.control("settings", {"way_most": 1})
    assert (await ask(scene, "add_contact_way", good))["errcode"] == 41045
    group: Json = {"scene": 2, "chat_id_list": ["wrPETS_S012_1"]}
    assert (await ask(scene, "groupchat/add_join_way", group))["errcode"] == 41045
