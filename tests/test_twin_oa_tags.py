"""The twin's tags, remarks and blacklist of fans, with the platform's limits."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, on_stage

PUT, OFF = "tags/members/batchtagging", "tags/members/batchuntagging"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        for who in ("甲", "乙", "丙"):
            await one.do("follow", who)
            await one.control("clock", {"jump_s": 1})
        yield one


async def code(scene: Scene, path: str, asked: Json) -> object:
    return (await scene.call("oa", path, asked)).get("errcode", 0)


async def tag(scene: Scene, name: str) -> int:
    told = (await scene.call("oa", "tags/create", {"tag": {"name": name}}))["tag"]
    assert isinstance(told, dict)
    return int(told["id"])


def named(scene: Scene, *who: str) -> list[str]:
    return [scene.openid(one) for one in who]


async def test_a_tag_is_renamed_but_not_to_a_taken_or_long_name(scene: Scene) -> None:
    mine, _ = await tag(scene, "群/宠物"), await tag(scene, "群/母婴")
    wanted = (("猫", 0), ("猫", 0), ("群/母婴", 45157), ("一二三四五六七八九十长", 45158))
    for name, errcode in wanted:
        assert await code(scene, "tags/update", {"tag": {"id": mine, "name": name}}) == errcode
    told = await scene.call("oa", "tags/get")
    assert {"id": mine, "name": "猫", "count": 0} in told["tags"]  # type: ignore[operator]  # a list


async def test_tags_of_the_platform_and_unknown_ones_cannot_be_changed(scene: Scene) -> None:
    for number, errcode in ((2, 45058), (999, 45159)):
        asked: Json = {"id": number, "name": "猫"}
        assert await code(scene, "tags/update", {"tag": asked}) == errcode
        assert await code(scene, "tags/delete", {"tag": {"id": number}}) == errcode


async def test_a_deleted_tag_leaves_its_fans_unless_they_are_too_many(scene: Scene) -> None:
    mine = await tag(scene, "群/宠物")
    await scene.call("oa", PUT, {"openid_list": named(scene, "甲", "乙"), "tagid": mine})
    await scene.control("settings", {"tag_fans_most": 1})
    assert await code(scene, "tags/delete", {"tag": {"id": mine}}) == 45057
    await scene.control("settings", {"tag_fans_most": 2})
    assert await code(scene, "tags/delete", {"tag": {"id": mine}}) == 0
    worn = await scene.call("oa", "tags/getidlist", {"openid": scene.openid("甲")})
    assert worn["tagid_list"] == []


async def test_a_hundred_tags_are_all_there_are(scene: Scene) -> None:
    for number in range(100):
        await tag(scene, f"标签{number}")
    assert await code(scene, "tags/create", {"tag": {"name": "再来"}}) == 45056


async def test_the_fans_of_a_tag_come_page_by_page(scene: Scene) -> None:
    mine = await tag(scene, "群/宠物")
    await scene.call("oa", PUT, {"openid_list": named(scene, "丙", "甲"), "tagid": mine})
    await scene.control("settings", {"openid_page": 1})
    pages, after = [], ""
    while (told := await scene.call("oa", "user/tag/get", {"tagid": mine, "next_openid": after}))[
        "count"
    ]:
        pages.append(told["data"])
        after = str(told["next_openid"])
    assert pages == [{"openid": named(scene, "甲")}, {"openid": named(scene, "丙")}]
    assert told == {"count": 0, "next_openid": ""}
    assert await code(scene, "user/tag/get", {"tagid": 999, "next_openid": ""}) == 45159


async def test_only_fans_of_this_account_can_be_tagged(scene: Scene) -> None:
    mine, stage = await tag(scene, "群/宠物"), scene.twin.stage
    for openid in ("oNobody", scene.openid("丁")):
        assert await code(scene, PUT, {"openid_list": [openid], "tagid": mine}) == 40003
    other = replace(stage.world.oa[0], id="oa-other", appid="wxother")
    stage.world = replace(stage.world, oa=(*stage.world.oa, other))
    stage.crowd._by_openid["wxother", "oOther"] = stage.crowd.everyone()[0]
    assert await code(scene, PUT, {"openid_list": ["oOther"], "tagid": mine}) == 49003


async def test_two_taggings_of_one_fan_at_once_get_a_false_invalid_tag(scene: Scene) -> None:
    tags = [await tag(scene, name) for name in ("猫", "狗")]
    fan: Json = {"openid_list": named(scene, "甲")}
    await scene.control("settings", {"edit_s": 0.1})
    codes = await asyncio.gather(*(code(scene, PUT, {**fan, "tagid": one}) for one in tags))
    assert sorted(map(str, codes)) == ["0", "45159"]
    assert await code(scene, PUT, {**fan, "tagid": tags[1]}) == 0
    assert (await scene.control("book/summary"))["overlaps"] == 1
    assert await code(scene, OFF, {**fan, "tagid": tags[0]}) == 0


async def test_a_remark_has_fewer_than_thirty_characters(scene: Scene) -> None:
    fan = {"openid": scene.openid("甲")}
    for remark, errcode in (("良渚店老客", 0), ("长" * 30, 40035)):
        asked: Json = {**fan, "remark": remark}
        assert await code(scene, "user/info/updateremark", asked) == errcode
    assert (await scene.call("oa", "user/info", **fan))["remark"] == "良渚店老客"
    stranger: Json = {"openid": scene.openid("丁"), "remark": "猫"}
    assert await code(scene, "user/info/updateremark", stranger) == 40003


async def test_nothing_reaches_a_fan_on_the_blacklist(scene: Scene) -> None:
    fan: Json = {"openid_list": named(scene, "甲")}
    assert await code(scene, "tags/members/batchblacklist", fan) == 0
    told = await scene.call("oa", "tags/members/getblacklist", {"begin_openid": ""})
    assert (told["total"], told["data"]) == (1, {"openid": named(scene, "甲")})
    said: Json = {"touser": scene.openid("甲"), "msgtype": "text", "text": {"content": "早"}}
    assert await code(scene, "message/custom/send", said) == 43019
    assert await code(scene, "tags/members/batchunblacklist", fan) == 0
    assert await code(scene, "message/custom/send", said) == 0
    many: Json = {"openid_list": ["o"] * 21}
    assert await code(scene, "tags/members/batchblacklist", many) == 40032
