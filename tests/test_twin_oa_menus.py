"""The twin's menus by API for some fans only: made, deleted, tried and tapped."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, on_stage

CLICK: Json = {"type": "click", "name": "领券", "key": "COUPON"}
VIEW: Json = {"type": "view", "name": "商城", "url": "https://shop.example/"}
ADD = "menu/addconditional"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        await one.do("follow", "甲")
        await one.do("follow", "乙")
        await one.call("oa", "tags/create", {"tag": {"name": "群/宠物"}})
        tagged: Json = {"openid_list": [one.openid("甲")], "tagid": 100}
        await one.call("oa", "tags/members/batchtagging", tagged)
        yield one


async def code(scene: Scene, path: str, asked: Json) -> object:
    return (await scene.call("oa", path, asked)).get("errcode", 0)


def some(button: Json, **rule: object) -> Json:
    return {"button": [button], "matchrule": rule}


async def names(scene: Scene, who: str) -> list[object]:
    told = await scene.call("oa", "menu/trymatch", {"user_id": scene.openid(who)})
    button = told["button"]
    assert isinstance(button, list)
    return [one["name"] for one in button]


async def test_a_conditional_menu_needs_the_default_one(scene: Scene) -> None:
    assert await code(scene, ADD, some(VIEW, tag_id="100")) == 65303
    assert await code(scene, "menu/create", {"button": [CLICK]}) == 0
    told = await scene.call("oa", ADD, some(VIEW, tag_id="100"))
    assert str(told["menuid"]).isdigit() and isinstance(told["menuid"], str)


@pytest.mark.parametrize(
    ("rule", "errcode"),
    [
        ({"tag_id": "100", "sex": "1"}, 65320),
        ({"city": "杭州", "client_platform_type": "1"}, 65320),
        ({"language": "zh_CN"}, 65320),
        ({}, 65304),
        ({"tag_id": "999"}, 45159),
        ({"client_platform_type": "4"}, 40035),
        ({"client_platform_type": 2}, 0),
    ],
)
async def test_a_rule_is_about_tags_and_platforms_only(
    scene: Scene, rule: Json, errcode: int
) -> None:
    await scene.call("oa", "menu/create", {"button": [CLICK]})
    assert await code(scene, ADD, some(VIEW, **rule)) == errcode


async def test_a_fan_sees_the_latest_menu_that_fits_and_taps_it(scene: Scene) -> None:
    await scene.call("oa", "menu/create", {"button": [CLICK]})
    first = (await scene.call("oa", ADD, some(VIEW, tag_id="100")))["menuid"]
    second = (await scene.call("oa", ADD, some({**VIEW, "name": "猫"}, tag_id=100)))["menuid"]
    assert (await names(scene, "甲"), await names(scene, "乙")) == (["猫"], ["领券"])
    await scene.do("menu", "甲", name="猫")
    assert scene.bot.texts("MenuId")[-1] == second
    assert "error" in await scene.do("menu", "乙", name="猫")
    assert await code(scene, "menu/delconditional", {"menuid": second}) == 0
    assert await code(scene, "menu/delconditional", {"menuid": second}) == 65301
    assert await names(scene, "甲") == ["商城"]
    told = await scene.call("oa", "menu/get")
    conditional = told["conditionalmenu"]
    assert isinstance(conditional, list)
    assert [(str(one["menuid"]), one["matchrule"]) for one in conditional] == [
        (first, {"tag_id": "100"})
    ]


async def test_deleting_the_menu_deletes_the_conditional_ones(scene: Scene) -> None:
    await scene.call("oa", "menu/create", {"button": [CLICK]})
    await scene.call("oa", ADD, some(VIEW, tag_id="100"))
    assert (await scene.call("oa", "menu/delete"))["errcode"] == 0
    assert (await scene.call("oa", "menu/get"))["errcode"] == 46003
    asked: Json = {"user_id": scene.openid("甲")}
    assert await code(scene, "menu/trymatch", asked) == 46003
    assert await code(scene, "menu/trymatch", {"user_id": "oNobody"}) == 46004


async def test_a_mini_program_must_be_linked_where_the_world_names_any(scene: Scene) -> None:
    stage = scene.twin.stage
    stage.world = replace(stage.world, oa=(replace(stage.world.oa[0], mini_programs=("wxmini",)),))
    page = {"type": "miniprogram", "name": "小程序", "url": "https://shop.example/"}
    for appid, errcode in (("wxmini", 0), ("wxother", 45064)):
        button: Json = {**page, "appid": appid, "pagepath": "pages/x"}
        assert await code(scene, "menu/create", {"button": [button]}) == errcode
