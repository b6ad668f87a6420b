"""Faults on deliveries: lost, repeated, overtaken, late, signed wrongly or cut, by account."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, on_stage

OA, CORP = "oa-main", "wecom-main"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def plant(scene: Scene, **fault: object) -> None:
    assert "error" not in await scene.control("faults", {"script": [fault]})


async def posts(scene: Scene) -> list[tuple[object, object, object]]:
    return [(one["fault"], one["status"], one["delivered"]) for one in await scene.book("callback")]


async def test_a_callback_of_one_account_is_lost_and_another_is_not(scene: Scene) -> None:
    await plant(scene, kind="lost", account="oa-*", times=-1)
    assert (await scene.do("follow", "甲"))["delivered"] is False
    assert (await scene.do("add_contact", "甲", staff="xiaowang"))["delivered"] is True
    lost = (await scene.book("callback"))[0]
    assert (lost["attempt"], lost["trouble"], lost["fault"]) == (0, "lost", "lost")


async def test_a_callback_of_one_kind_is_sent_twice(scene: Scene) -> None:
    await plant(scene, kind="duplicate", event="text", times=-1)
    await scene.do("follow", "甲")
    await scene.do("type", "甲", text="在吗")
    assert await scene.control("idle", {"wait_s": 2}) == {"idle": True}
    kinds = [one["event"] for one in await scene.book("callback")]
    assert kinds == ["subscribe", "text", "text"]
    first, second = scene.bot.received[1:]
    assert first.inner == second.inner and first.query["nonce"] != second.query["nonce"]


async def test_a_later_callback_of_the_account_overtakes_a_held_one(scene: Scene) -> None:
    await plant(scene, kind="reordered", event="text")
    await scene.do("follow", "甲")
    await scene.control("do", {"act": "type", "who": "甲", "text": "先"})
    await scene.do("add_contact", "甲", staff="xiaowang")  # another account overtakes nobody
    assert scene.bot.texts("Content") == ["", ""]
    await scene.control("do", {"act": "type", "who": "甲", "text": "后"})
    assert await scene.control("idle", {"wait_s": 2}) == {"idle": True}
    assert [one for one in scene.bot.texts("Content") if one] == ["后", "先"]


async def test_a_held_callback_goes_when_its_seconds_have_passed(scene: Scene) -> None:
    await plant(scene, kind="reordered", seconds=30)
    await scene.control("clock", {"stop": True})
    await scene.control("do", {"act": "follow", "who": "甲"})
    assert await scene.control("idle", {"wait_s": 0.1}) == {"idle": False}
    await scene.control("clock", {"jump_s": 30})
    assert await scene.control("idle", {"wait_s": 2}) == {"idle": True}
    assert len(scene.bot.received) == 1


async def test_a_late_callback_tells_when_it_happened(scene: Scene) -> None:
    await plant(scene, kind="delayed", seconds=15)
    await scene.control("clock", {"stop": True})
    await scene.control("do", {"act": "follow", "who": "甲"})
    await scene.control("clock", {"jump_s": 15})
    assert await scene.control("idle", {"wait_s": 2}) == {"idle": True}
    (got,) = scene.bot.received
    assert int(got.query["timestamp"]) - int(scene.bot.texts("CreateTime")[0]) == 15


@pytest.mark.parametrize("kind", ["wrong_signature", "truncated_body"])
@pytest.mark.parametrize("act", ["follow", "add_contact"])
async def test_a_spoilt_attempt_is_refused_and_the_next_one_is_whole(
    scene: Scene, kind: str, act: str
) -> None:
    await plant(scene, kind=kind)
    told = await scene.do(act, "甲", **({"staff": "xiaowang"} if act == "add_contact" else {}))
    assert told["delivered"] is True
    (first, status, delivered), second = await posts(scene)
    assert (first, delivered) == (kind, False) and status in (403, 500)
    assert second == ("", 200, True)


async def test_a_share_of_the_deliveries_is_the_same_for_the_same_seed(
    scene: Scene, tmp_path: Path
) -> None:
    script: Json = {"script": [{"kind": "lost", "share": 0.5, "times": -1}], "seed": 9}

    async def lost(one: Scene) -> list[bool]:
        await one.control("faults", script)
        await one.do("follow", "甲")
        for _ in range(20):
            await one.do("type", "甲", text="在吗")
        return [entry["trouble"] == "lost" for entry in await one.book("callback")]

    first = await lost(scene)
    async with on_stage(tmp_path / "again") as other:
        assert await lost(other) == first
    assert 3 < sum(first) < 18


async def test_two_faults_may_befall_one_callback(scene: Scene) -> None:
    await scene.control(
        "faults",
        {"script": [{"kind": "duplicate"}, {"kind": "delayed", "seconds": 0}]},
    )
    await scene.do("follow", "甲")
    await scene.control("idle", {"wait_s": 2})
    assert [fault for fault, _, _ in await posts(scene)] == ["duplicate+delayed", ""]
    assert len(scene.bot.received) == 2
