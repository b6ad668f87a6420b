"""What the console holds, read by our client at the twin."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.platforms.call import ask, part, rows
from bot.platforms.oa.api.console import ReadAutoReplies, ReadShownMenu
from bot.platforms.oa.api.menu import MakeMenu, MenuButton
from tests.twin_bot import Scene, on_stage
from tests.way_out import way_out


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def test_automatic_replies_are_told_while_a_callback_silences_them(scene: Scene) -> None:
    async with way_out(scene, "oa") as port:
        told = await ask(port, ReadAutoReplies())
    assert told.value is not None and told.value["is_autoreply_open"] == 0
    rules = rows(part(told.value, "keyword_autoreply_info"), "list")
    assert [one["rule_name"] for one in rules] == ["营业时间", "会员", "本周海报"]


async def test_the_menu_that_people_see_is_the_consoles_until_we_make_one(scene: Scene) -> None:
    button = MenuButton(name="领券", type="click", key="coupon")
    async with way_out(scene, "oa") as port:
        console = await ask(port, ReadShownMenu())
        await ask(port, MakeMenu(buttons=(button,)))
        ours = await ask(port, ReadShownMenu())
    assert console.value is not None and ours.value is not None
    shown = [rows(part(one, "selfmenu_info"), "button") for one in (console.value, ours.value)]
    assert [one["name"] for one in shown[0]] == ["门店", "优惠"]
    assert [one["key"] for one in shown[1]] == ["coupon"]
