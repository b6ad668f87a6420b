"""Menus, for all followers and for some, made by our client at the twin."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.platforms.call import ask
from bot.platforms.oa.api.menu import (
    NO_MENU,
    DeleteMenus,
    DeleteSomeMenu,
    MakeMenu,
    MakeSomeMenu,
    MenuButton,
    ReadMenuOf,
    ReadMenus,
)
from bot.platforms.oa.api.tags import LabelFollowers, MakeFollowerLabel
from bot.platforms.port import Port
from tests.twin_bot import Scene, on_stage
from tests.way_out import way_out


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


COUPON = MenuButton(name="领券", type="click", key="coupon")
SITE = MenuButton(name="官网", type="view", url="https://shop.example/a")
STORES = MenuButton(name="门店", below=(COUPON, SITE))


async def code_of(port: Port, *buttons: MenuButton) -> int | None:
    return (await ask(port, MakeMenu(buttons=buttons))).receipt.code


async def test_a_menu_is_made_read_and_deleted(scene: Scene) -> None:
    async with way_out(scene, "oa") as port:
        none = await ask(port, ReadMenus())
        assert (await ask(port, MakeMenu(buttons=(STORES, COUPON)))).done
        told = await ask(port, ReadMenus())
        assert (await ask(port, DeleteMenus())).done
        after = await ask(port, ReadMenus())
    assert (none.receipt.code, after.receipt.code) == (NO_MENU, NO_MENU)
    assert told.value is not None
    assert [one.buttons for one in told.value] == [(STORES, COUPON)]


async def test_a_menu_that_breaks_a_limit_is_refused(scene: Scene) -> None:
    async with way_out(scene, "oa") as port:
        codes = [
            await code_of(port, *(COUPON,) * 4),
            await code_of(port, MenuButton(name="一" * 6, type="click", key="a")),
            await code_of(port, MenuButton(name="a", type="click", key="k" * 129)),
            await code_of(port, MenuButton(name="a", below=(COUPON,) * 6)),
            await code_of(
                port,
                *(
                    MenuButton(
                        name=f"{n}",
                        below=tuple(
                            MenuButton(name=f"{n}{m}", type="view", url=f"https://h{n}{m}.example")
                            for m in range(2)
                        ),
                    )
                    for n in range(2)
                ),
            ),
        ]
    assert codes == [40016, 40018, 40019, 40023, 65316]


async def test_those_who_wear_a_label_see_a_menu_of_their_own(scene: Scene) -> None:
    for who in ("甲", "乙"):
        await scene.do("follow", who)
    async with way_out(scene, "oa") as port:
        made = await ask(port, MakeFollowerLabel(name="常客"))
        assert made.value is not None
        label = made.value.id
        await ask(port, LabelFollowers(label=label, openids=(scene.openid("甲"),)))
        early = await ask(port, MakeSomeMenu(buttons=(SITE,), label=label))
        await ask(port, MakeMenu(buttons=(COUPON,)))
        menu = await ask(port, MakeSomeMenu(buttons=(SITE,), label=label))
        listed = await ask(port, ReadMenus())
        hers = await ask(port, ReadMenuOf(user=scene.openid("甲")))
        his = await ask(port, ReadMenuOf(user=scene.openid("乙")))
        nobody = await ask(port, ReadMenuOf(user="nobody"))
        assert menu.value and (await ask(port, DeleteSomeMenu(menu=menu.value))).done
        after = await ask(port, ReadMenuOf(user=scene.openid("甲")))
    assert early.receipt.code == 65303
    assert (hers.value, his.value, after.value) == ((SITE,), (COUPON,), (COUPON,))
    assert listed.value is not None
    assert [(one.label, one.buttons) for one in listed.value] == [(0, (COUPON,)), (label, (SITE,))]
    assert nobody.receipt.code == 46004
