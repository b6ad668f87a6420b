"""Parametric QR codes, made by our client at the twin."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.platforms.call import ask, sent
from bot.platforms.checks import Unfit
from bot.platforms.oa.api.codes import LARGEST_LASTING, LONGEST_S, MakeScanCode, ShowScanCode
from tests.twin_bot import Scene, on_stage
from tests.way_out import way_out


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


@pytest.mark.parametrize(
    ("call", "lives_s"),
    [
        (MakeScanCode(scene="poster-S012-door"), 0),
        (MakeScanCode(scene=LARGEST_LASTING), 0),
        (MakeScanCode(scene="order-1", lives_s=LONGEST_S), LONGEST_S),
        (MakeScanCode(scene=2**32 - 1, lives_s=90), 90),
    ],
)
async def test_each_kind_of_code_brings_its_scene(
    scene: Scene, call: MakeScanCode, lives_s: int
) -> None:
    async with way_out(scene, "oa") as port:
        told = await ask(port, call)
    assert told.value is not None
    assert told.value.url.startswith("http") and told.value.lives_s == lives_s
    assert "error" not in await scene.do("scan_oa", "甲", ticket=told.value.ticket)
    assert scene.bot.texts("EventKey")[-1] == f"qrscene_{call.scene}"


@pytest.mark.parametrize(
    ("scene_of_code", "lives_s"),
    [
        ("", 0),
        ("s" * 65, 0),
        (0, 0),
        (LARGEST_LASTING + 1, 0),
        (2**32, 60),
        ("s", LONGEST_S + 1),
        ("s", -1),
    ],
)
def test_a_code_that_would_be_refused_is_never_asked_for(
    scene_of_code: str | int, lives_s: int
) -> None:
    with pytest.raises(Unfit):
        MakeScanCode(scene=scene_of_code, lives_s=lives_s)


async def test_a_ticket_shows_its_picture_and_a_bad_one_does_not(scene: Scene) -> None:
    async with way_out(scene, "oa") as port:
        told = await ask(port, MakeScanCode(scene="a"))
        assert told.value is not None
        good = ShowScanCode(ticket=told.value.ticket)
        picture = await sent(port.wire, good)
        bad = await sent(port.wire, ShowScanCode(ticket="none"))
    assert len(good.understood(picture).content) > 100
    assert bad.code is None and "404" in bad.trouble
