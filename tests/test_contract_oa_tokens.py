"""The two ways to ask for an access token, made by our client to the twin."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.platforms.call import ask, sent
from bot.platforms.oa.api.followers import ListFollowers
from bot.platforms.oa.api.tokens import AskClassicToken, AskStableToken
from tests.twin_bot import Scene, on_stage
from tests.way_out import way_out


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def test_a_stable_token_is_the_same_for_everybody_who_asks(scene: Scene) -> None:
    oa = scene.twin.stage.world.oa[0]
    call = AskStableToken(appid=oa.appid, secret=oa.secret)
    async with way_out(scene, "oa") as port:
        first, second = await sent(port.wire, call), await sent(port.wire, call)
        assert (await ask(port, ListFollowers())).done
    granted = call.understood(first)
    assert granted.token and granted.token == call.understood(second).token
    assert 300 <= granted.lives_s <= 7200


async def test_a_classic_token_is_another_one_each_time(scene: Scene) -> None:
    oa = scene.twin.stage.world.oa[0]
    call = AskClassicToken(appid=oa.appid, secret=oa.secret)
    async with way_out(scene, "oa") as port:
        first, second = await sent(port.wire, call), await sent(port.wire, call)
    assert call.understood(first).token != call.understood(second).token


async def test_a_wrong_secret_and_an_unknown_account_are_told_apart(scene: Scene) -> None:
    appid = scene.twin.stage.world.oa[0].appid
    async with way_out(scene, "oa") as port:
        wrong = await sent(port.wire, AskStableToken(appid=appid, secret="wrong"))
        unknown = await sent(port.wire, AskClassicToken(appid="wxnobody", secret="x"))
    assert (wrong.code, unknown.code) == (40125, 40013)


def test_a_secret_is_never_shown() -> None:
    assert "hush" not in repr(AskStableToken(appid="wx1", secret="hush"))
