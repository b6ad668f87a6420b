"""Addresses of the platform, and whether it finds ours, asked by our client at the twin."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.platforms.call import ask
from bot.platforms.oa.api.network import (
    NO_CALLBACK,
    CheckCallback,
    ListOaApiIps,
    ListOaCallbackIps,
)
from tests.twin_bot import Scene, on_stage
from tests.way_out import way_out


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def test_the_platform_tells_its_addresses(scene: Scene) -> None:
    async with way_out(scene, "oa") as port:
        callers = await ask(port, ListOaCallbackIps())
        hosts = await ask(port, ListOaApiIps())
    assert (callers.value, hosts.value) == (("127.0.0.1",), ("127.0.0.1",))


async def test_the_callbacks_host_is_looked_up_and_pinged(scene: Scene) -> None:
    async with way_out(scene, "oa") as port:
        both = await ask(port, CheckCallback())
        pinged = await ask(port, CheckCallback(action="ping", operator="UNICOM"))
        codes = [
            (await ask(port, CheckCallback(action="knock"))).receipt.code,
            (await ask(port, CheckCallback(operator="NOBODY"))).receipt.code,
        ]
    assert both.value is not None and pinged.value is not None
    assert both.value.addresses == ("127.0.0.1",)
    assert [one.lost for one in both.value.pings] == ["0%"]
    assert pinged.value.addresses == () and len(pinged.value.pings) == 1
    assert codes == [40202, 40203]


async def test_an_account_without_callback_says_so(tmp_path: Path) -> None:
    async with on_stage(tmp_path, wired=False) as scene, way_out(scene, "oa") as port:
        told = await ask(port, CheckCallback())
    assert told.receipt.code == NO_CALLBACK
