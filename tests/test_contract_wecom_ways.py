"""The codes that lead to employees and into groups, made by our client at the twin."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.actions import State
from bot.platforms.call import ask, every_page
from bot.platforms.checks import Unfit
from bot.platforms.wecom.api.join_ways import (
    AddJoinWay,
    DeleteJoinWay,
    JoinWay,
    ReadJoinWay,
    UpdateJoinWay,
)
from bot.platforms.wecom.api.material import LinkCard, Picture
from bot.platforms.wecom.api.ways import (
    AddContactWay,
    CloseTemporaryChat,
    ContactWay,
    DeleteContactWay,
    ListContactWays,
    ReadContactWay,
    Temporary,
    UpdateContactWay,
)
from tests.twin_bot import Scene, on_stage
from tests.way_out import way_out

PETS, MORE_PETS = "wrPETS_S012_1", "wrPETS_S012_2"
WAY = ContactWay(staff=("xiaowang",), state="spring", remark="春天的码")


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def test_a_code_is_made_read_changed_and_removed(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        made = await ask(port, AddContactWay(way=WAY))
        assert made.value is not None and made.value.config and made.value.qr_code
        config = made.value.config
        read = await ask(port, ReadContactWay(config=config))
        assert read.value is not None
        assert read.value == replace(
            WAY, config=config, qr_code=made.value.qr_code, style=read.value.style
        )
        changed = ContactWay(config=config, staff=("xiaoli",), state="summer", skip_verify=False)
        assert (await ask(port, UpdateContactWay(way=changed))).done
        again = await ask(port, ReadContactWay(config=config))
        assert again.value is not None
        assert (again.value.staff, again.value.state) == (("xiaoli",), "summer")
        assert not again.value.skip_verify
        assert (await ask(port, DeleteContactWay(config=config))).done
        gone = await ask(port, ReadContactWay(config=config))
        assert gone.receipt.code == 41044 and gone.receipt.state is State.FAILED


async def test_a_code_that_is_gone_already_counts_as_removed(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        told = await ask(port, DeleteContactWay(config="nothing"))
    assert told.done and told.receipt.code == 41044


async def test_codes_are_listed_page_by_page(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        there = [one async for one in every_page(port, ListContactWays())]
        before = {name for page in there for name in page.rows}
        made = [await ask(port, AddContactWay(way=WAY)) for _ in range(3)]
        pages = [one async for one in every_page(port, ListContactWays(limit=2))]
    names = {one.value.config for one in made if one.value}
    assert {name for page in pages for name in page.rows} == before | names
    assert all(len(page.rows) <= 2 for page in pages)


async def test_who_scans_a_code_brings_its_state(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        made = await ask(port, AddContactWay(way=WAY))
    assert made.value is not None
    await scene.do("add_contact", "甲", code=made.value.config)
    assert "spring" in scene.bot.texts("State")


async def test_an_employee_the_platform_does_not_know_is_refused(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        told = await ask(port, AddContactWay(way=ContactWay(staff=("nobody",))))
    assert told.receipt.code == 60111 and told.receipt.state is State.FAILED


async def test_a_passing_chat_is_closed_with_its_last_words(scene: Scene) -> None:
    link = LinkCard(title="再来", url="https://shop.example/")
    passing = Temporary(code_s=3600, chat_s=7200, closing="下次见", material=link)
    way = ContactWay(staff=("xiaowang",), state="tmp", temporary=passing)
    async with way_out(scene, "wecom") as port:
        made = await ask(port, AddContactWay(way=way))
        assert made.value is not None
        read = await ask(port, ReadContactWay(config=made.value.config))
        assert read.value is not None and read.value.temporary == passing
        await scene.do("add_contact", "甲", code=made.value.config)
        close = CloseTemporaryChat(staff="xiaowang", member=scene.external("甲"))
        assert (await ask(port, close)).done
    assert any("下次见" in str(seen) for seen in await scene.phone("甲"))


@pytest.mark.parametrize(
    ("way", "says"),
    [
        (ContactWay(staff=()), "至少要有一位"),
        (ContactWay(staff=("a",) * 101), "应为 0～100"),
        (ContactWay(staff=("a",), state="s" * 31), "state"),
        (ContactWay(staff=("a",), remark="备" * 31), "备注"),
        (ContactWay(staff=("a",), scene=3), "scene"),
        (ContactWay(staff=("a", "b"), temporary=Temporary()), "只能有一位"),
        (ContactWay(staff=("a",), temporary=Temporary(code_s=15 * 86400)), "14 天"),
        (ContactWay(staff=("a",), temporary=Temporary(material=Picture())), "图片"),
    ],
)
async def test_what_would_be_refused_is_never_asked(
    scene: Scene, way: ContactWay, says: str
) -> None:
    async with way_out(scene, "wecom") as port:
        with pytest.raises(Unfit, match=says):
            await ask(port, AddContactWay(way=way))
    assert not [one for one in await scene.book("call") if "contact_way" in str(one["api"])]


async def test_a_way_into_groups_is_made_read_replaced_and_removed(scene: Scene) -> None:
    way = JoinWay(chats=(PETS,), state="jw", remark="宠物群")
    async with way_out(scene, "wecom") as port:
        made = await ask(port, AddJoinWay(way=way))
        assert made.value
        read = await ask(port, ReadJoinWay(config=made.value))
        assert read.value is not None and read.value.qr_code
        assert (read.value.chats, read.value.state, read.value.more) == ((PETS,), "jw", False)
        more = JoinWay(
            config=made.value, chats=(PETS, MORE_PETS), state="jw2", more=True, base_name="宠物",
            base_number=3,
        )  # fmt: skip
        assert (await ask(port, UpdateJoinWay(way=more))).done
        again = await ask(port, ReadJoinWay(config=made.value))
        assert again.value is not None
        assert (again.value.chats, again.value.state) == ((PETS, MORE_PETS), "jw2")
        assert (again.value.base_name, again.value.base_number) == ("宠物", 3)
        assert (await ask(port, DeleteJoinWay(config=made.value))).done
        gone = await ask(port, ReadJoinWay(config=made.value))
        assert gone.receipt.code == 41044
        assert (await ask(port, DeleteJoinWay(config=made.value))).done


def test_a_way_into_six_groups_is_never_asked_for() -> None:
    with pytest.raises(Unfit, match="应为 1～5"):
        AddJoinWay(way=JoinWay(chats=("c",) * 6)).body()
