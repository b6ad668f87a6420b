"""Before a callback is bound the console speaks; afterwards it is silent, and APIs tell of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, on_stage

CLICK: Json = {"type": "click", "name": "领券", "key": "COUPON"}
VIEW: Json = {"type": "view", "name": "商城", "url": "https://shop.example/home"}


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path, wired=False) as one:
        yield one


async def bind(scene: Scene) -> None:
    told = await scene.control("wire", {"oa-main": f"{scene.bot.url}/oa-main"})
    assert told["oa-main"] == {"ok": True, "step": "", "reason": ""}


async def menu_code(scene: Scene, *buttons: Json) -> object:
    return (await scene.call("oa", "menu/create", {"button": list(buttons)}))["errcode"]


async def test_the_console_answers_until_a_callback_is_bound(scene: Scene) -> None:
    told = await scene.do("follow", "甲")
    assert not told["delivered"]
    await scene.do("type", "甲", text="请问营业时间？")
    await scene.do("type", "甲", text="随便说说")
    seen = await scene.phone("甲")
    assert [one["via"] for one in seen] == ["console"] * 3
    assert str(seen[1]["text"]).startswith("良渚店 7:00")
    assert seen[2]["text"] == "收到，店员看到后回复您。"
    await bind(scene)
    await scene.do("type", "甲", text="请问营业时间？")
    assert len(await scene.phone("甲")) == 3
    assert scene.bot.texts("Content") == ["请问营业时间？"]


async def test_an_equal_keyword_needs_the_whole_message(scene: Scene) -> None:
    await scene.do("follow", "乙")
    await scene.do("type", "乙", text="会员")
    await scene.do("type", "乙", text="会员怎么办")
    texts = [str(one["text"]) for one in await scene.phone("乙")]
    assert texts[1].endswith("就能入会。")
    assert texts[2] == "收到，店员看到后回复您。"


async def test_reply_all_shows_every_message_of_the_rule(scene: Scene) -> None:
    await scene.do("follow", "丙")
    await scene.do("type", "丙", text="看看海报")
    picture, news = (await scene.phone("丙"))[1:]
    assert picture["attachments"] == [{"type": "image", "media_id": "TwinPosterMediaId"}]
    assert [one["title"] for one in as_list(news["attachments"])] == ["本周特价"]


async def test_what_came_before_the_binding_is_not_delivered_later(scene: Scene) -> None:
    await scene.do("follow", "甲")
    await bind(scene)
    told = await scene.control("redeliver", {"share": 1})
    assert told == {"redelivered": 0, "answered": 0}
    (kept,) = [one for one in await scene.book("callback") if one["trouble"] == "unwired"]
    assert kept["attempt"] == 0


async def test_the_consoles_rules_are_told_as_the_platform_tells_them(scene: Scene) -> None:
    told = await scene.call("oa", "get_current_autoreply_info")
    assert (told["is_add_friend_reply_open"], told["is_autoreply_open"]) == (1, 1)
    assert told["message_default_autoreply_info"] == {
        "type": "text",
        "content": "收到，店员看到后回复您。",
    }
    rules = as_list(as_dict(told["keyword_autoreply_info"])["list"])
    assert [one["reply_mode"] for one in rules] == ["reply_all", "random_one", "reply_all"]
    assert as_list(rules[1]["keyword_list_info"]) == [
        {"type": "text", "match_mode": "equal", "content": "会员"}
    ]
    image, news = as_list(rules[2]["reply_list_info"])
    assert image == {"type": "img", "content": "TwinPosterMediaId"}
    (article,) = as_list(as_dict(news["news_info"])["list"])
    assert article["title"] == "本周特价" and article["show_cover"] == 0
    await bind(scene)
    told = await scene.call("oa", "get_current_autoreply_info")
    assert (told["is_add_friend_reply_open"], told["is_autoreply_open"]) == (0, 0)
    assert "keyword_autoreply_info" in told


async def test_the_consoles_menu_works_until_a_callback_is_bound(scene: Scene) -> None:
    await scene.do("follow", "甲")
    await scene.do("menu", "甲", name="门店")
    assert (await scene.phone("甲"))[-1]["text"] == "良渚店：良渚街道玉鸟路 12 号。"
    told = await scene.do("menu", "甲", name="本周特价")
    assert told["url"] == "https://mp.weixin.qq.com/s/twin-weekly"
    menu = await scene.call("oa", "get_current_selfmenu_info")
    shop, offers = as_list(as_dict(menu["selfmenu_info"])["button"])
    assert menu["is_menu_open"] == 1
    assert shop == {"type": "text", "name": "门店", "value": "良渚店：良渚街道玉鸟路 12 号。"}
    assert [one["type"] for one in as_list(as_dict(offers["sub_button"])["list"])] == [
        "view",
        "img",
    ]
    assert (await scene.call("oa", "menu/get"))["errcode"] == 46003
    await bind(scene)
    assert (await scene.do("menu", "甲", name="门店"))["error"] == "菜单里没有 门店"
    assert (await scene.call("oa", "get_current_selfmenu_info"))["is_menu_open"] == 0


async def test_a_menu_made_by_api_is_what_people_tap(scene: Scene) -> None:
    await bind(scene)
    await scene.do("follow", "甲")
    assert await menu_code(scene, {"name": "优惠", "sub_button": [CLICK, VIEW]}) == 0
    await scene.do("menu", "甲", name="领券")
    await scene.do("menu", "甲", name="商城")
    assert scene.bot.texts("Event") == ["subscribe", "CLICK", "VIEW"]
    assert scene.bot.texts("EventKey") == ["", "COUPON", "https://shop.example/home"]
    told = as_dict((await scene.call("oa", "menu/get"))["menu"])
    below = [{**CLICK, "sub_button": []}, {**VIEW, "sub_button": []}]
    assert as_list(told["button"]) == [{"name": "优惠", "sub_button": below}]
    shown = await scene.call("oa", "get_current_selfmenu_info")
    (button,) = as_list(as_dict(shown["selfmenu_info"])["button"])
    assert button["sub_button"] == {"list": [CLICK, VIEW]}
    assert (await scene.call("oa", "menu/delete"))["errcode"] == 0
    assert (await scene.call("oa", "menu/get"))["errcode"] == 46003
    assert "error" in await scene.do("menu", "甲", name="领券")


@pytest.mark.parametrize(
    ("button", "code"),
    [
        (CLICK | {"name": "一二三四五六"}, 40018),
        (CLICK | {"key": "k" * 129}, 40019),
        (CLICK | {"key": ""}, 40019),
        (VIEW | {"url": "https://shop.example/" + "a" * 1024}, 40020),
        (VIEW | {"url": "shop.example"}, 40055),
        (CLICK | {"type": "song"}, 40017),
        ({"name": "无"}, 40017),
        ({"name": "多", "sub_button": [CLICK] * 6}, 40023),
        ({"name": "长", "sub_button": [CLICK | {"name": "长" * 21}]}, 40025),
        ({"name": "深", "sub_button": [{"name": "下", "sub_button": [CLICK]}]}, 40022),
        ({"name": "键", "sub_button": [CLICK | {"key": "k" * 129}]}, 40026),
    ],
)
async def test_a_button_out_of_its_limits_is_refused(scene: Scene, button: Json, code: int) -> None:
    assert await menu_code(scene, button) == code
    assert (await scene.call("oa", "menu/get"))["errcode"] == 46003


async def test_a_menu_has_one_to_three_buttons_and_three_domains(scene: Scene) -> None:
    assert await menu_code(scene) == 40016
    assert await menu_code(scene, *[CLICK] * 4) == 40016
    views = [VIEW | {"url": f"https://{one}.example/"} for one in "abcd"]
    assert await menu_code(scene, {"name": "店", "sub_button": views}) == 65316
    assert await menu_code(scene, {"name": "店", "sub_button": views[:3]}) == 0


def as_dict(found: object) -> Json:
    assert isinstance(found, dict)
    return found


def as_list(found: object) -> list[Json]:
    assert isinstance(found, list)
    return found
