"""Labels of followers, made by our client at the twin."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import State
from bot.platforms.call import ask, every_page, in_turn
from bot.platforms.oa.api.tags import (
    DeleteFollowerLabel,
    LabelFollowers,
    ListFollowerLabels,
    ListLabelledFollowers,
    MakeFollowerLabel,
    ReadFollowerLabels,
    RenameFollowerLabel,
    UnlabelFollowers,
)
from bot.platforms.port import Port
from tests.twin_bot import Scene, on_stage
from tests.way_out import way_out


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def made(port: Port, name: str) -> int:
    told = await ask(port, MakeFollowerLabel(name=name))
    assert told.value is not None and told.value.name == name
    return told.value.id


async def test_a_label_is_made_renamed_listed_and_deleted(scene: Scene) -> None:
    async with way_out(scene, "oa") as port:
        label = await made(port, "常客")
        assert (await ask(port, RenameFollowerLabel(label=label, name="老客"))).done
        listed = await ask(port, ListFollowerLabels())
        assert (await ask(port, DeleteFollowerLabel(label=label))).done
        after = await ask(port, ListFollowerLabels())
    assert listed.value is not None and after.value is not None
    assert [one.name for one in listed.value if one.id == label] == ["老客"]
    assert label not in {one.id for one in after.value}


async def test_names_that_are_taken_or_too_long_are_told_apart(scene: Scene) -> None:
    async with way_out(scene, "oa") as port:
        await made(port, "常客")
        taken = await ask(port, MakeFollowerLabel(name="常客"))
        long = await ask(port, MakeFollowerLabel(name="字" * 11))
    assert (taken.receipt.code, taken.receipt.state) == (45157, State.DONE)
    assert (long.receipt.code, long.receipt.state) == (45158, State.FAILED)


async def test_the_platforms_own_labels_and_a_hundred_are_the_limit(scene: Scene) -> None:
    async with way_out(scene, "oa") as port:
        own = await ask(port, RenameFollowerLabel(label=2, name="我的"))
        for number in range(100):
            last = await ask(port, MakeFollowerLabel(name=f"n{number}"))
        over = await ask(port, MakeFollowerLabel(name="over"))
    assert own.receipt.code == 45058 and last.done
    assert over.receipt.code == 45056


async def test_a_label_with_too_many_followers_stays(scene: Scene) -> None:
    await scene.control("settings", {"tag_fans_most": 0})
    await scene.do("follow", "甲")
    async with way_out(scene, "oa") as port:
        label = await made(port, "常客")
        await ask(port, LabelFollowers(label=label, openids=(scene.openid("甲"),)))
        told = await ask(port, DeleteFollowerLabel(label=label))
    assert told.receipt.code == 45057


async def test_who_wears_a_label_comes_page_by_page(scene: Scene) -> None:
    await scene.control("settings", {"openid_page": 1})
    for who in ("甲", "乙"):
        await scene.do("follow", who)
    both = (scene.openid("甲"), scene.openid("乙"))
    async with way_out(scene, "oa") as port:
        label = await made(port, "常客")
        assert (await ask(port, LabelFollowers(label=label, openids=both))).done
        pages = [one async for one in every_page(port, ListLabelledFollowers(label=label))]
        worn = await ask(port, ReadFollowerLabels(openid=both[0]))
        assert (await ask(port, UnlabelFollowers(label=label, openids=both[:1]))).done
        assert (await ask(port, UnlabelFollowers(label=label, openids=both[:1]))).done
        bare = await ask(port, ReadFollowerLabels(openid=both[0]))
    assert all(page.done for page in pages)
    assert {openid for page in pages for openid in page.rows} == set(both)
    assert (worn.value, bare.value) == ((label,), ())


async def test_labelling_takes_fifty_at_a_time_and_followers_only(scene: Scene) -> None:
    async with way_out(scene, "oa") as port:
        label = await made(port, "常客")
        many = LabelFollowers(label=label, openids=tuple(f"o{n}" for n in range(51)))
        over = await ask(port, many)
        told = [one async for one in in_turn(port, many.parts())]
    assert over.receipt.code == 40032
    assert [len(part.openids) for part in many.parts()] == [50, 1]
    assert [one.receipt.code for one in told] == [40003]  # the first part failed: no second


async def test_a_follower_wears_twenty_labels_and_an_unknown_one_is_tried_again(
    scene: Scene,
) -> None:
    await scene.do("follow", "甲")
    openids = (scene.openid("甲"),)
    async with way_out(scene, "oa") as port:
        for number in range(20):
            label = await made(port, f"n{number}")
            assert (await ask(port, LabelFollowers(label=label, openids=openids))).done
        label = await made(port, "over")
        over = await ask(port, LabelFollowers(label=label, openids=openids))
        unknown = await ask(port, LabelFollowers(label=99_999, openids=openids))
    assert over.receipt.code == 45059
    assert (unknown.receipt.code, unknown.receipt.state) == (45159, State.READY)
