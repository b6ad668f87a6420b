"""The followers of an Official Account, read by our client at the twin."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.platforms.call import ask, every_page, in_turn
from bot.platforms.oa.api.followers import (
    ListFollowers,
    Profile,
    ReadFollower,
    ReadFollowers,
    WriteFollowerRemark,
)
from tests.twin_bot import Scene, on_stage
from tests.way_out import way_out


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def test_a_follower_is_read_with_remark_scene_and_unionid(scene: Scene) -> None:
    await scene.do("scan_oa", "甲", poster="poster-S012-door")
    openid = scene.openid("甲")
    async with way_out(scene, "oa") as port:
        remark = WriteFollowerRemark(openid=openid, remark="阿" * 40)
        assert (await ask(port, remark)).done
        told = await ask(port, ReadFollower(openid=openid))
    person = scene.twin.stage.crowd.person("甲")
    assert told.value is not None and person is not None
    assert told.value.follows and told.value.since and told.value.unionid == person.unionid
    assert told.value.remark == "阿" * 29
    assert (told.value.way, told.value.scene) == ("ADD_SCENE_QR_CODE", "poster-S012-door")


async def test_who_does_not_follow_has_no_more_than_an_openid(scene: Scene) -> None:
    await scene.do("follow", "甲")
    await scene.do("unfollow", "甲")
    openid = scene.openid("甲")
    async with way_out(scene, "oa") as port:
        left = await ask(port, ReadFollower(openid=openid))
        nobody = await ask(port, ReadFollower(openid="nobody"))
    assert left.value == Profile(openid=openid)
    assert nobody.receipt.code == 40003


async def test_followers_are_listed_page_by_page(scene: Scene) -> None:
    await scene.control("settings", {"openid_page": 1})
    for who in ("甲", "乙", "丙"):
        await scene.do("follow", who)
    async with way_out(scene, "oa") as port:
        pages = [one async for one in every_page(port, ListFollowers())]
    listed = [openid for page in pages for openid in page.rows]
    assert listed == [scene.openid(who) for who in ("甲", "乙", "丙")]


async def test_many_are_read_a_hundred_at_a_time(scene: Scene) -> None:
    await scene.do("follow", "甲")
    many = ReadFollowers(openids=(scene.openid("甲"),) * 101)
    async with way_out(scene, "oa") as port:
        over = await ask(port, many)
        told = [one.value async for one in in_turn(port, many.parts())]
    assert over.receipt.code == 40032
    assert [len(one or ()) for one in told] == [100, 1]
