"""Where a request comes from, behind our own proxies and behind invented ones."""

from collections.abc import AsyncIterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from config.settings import BadSettings, load
from tests.front import Client, front
from tests.rooms import Installed, Plans, installed

BEHIND = (ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8"))


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path, Plans()) as one:
        yield one


async def tries(client: Client, *ways: str) -> list[int]:
    """Return the status of a redemption with a wrong key for each way it is said to have come."""
    found = []
    for way in ways:
        headers = {"Authorization": "Bearer wrong"} | ({"X-Forwarded-For": way} if way else {})
        found.append((await client.post("/api/redeem", json={}, headers=headers)).status)
    return found


async def test_a_stranger_cannot_invent_an_address(shop: Installed) -> None:
    async with front(shop) as client:
        assert await tries(client, *(f"198.51.100.{n}" for n in range(21))) == [401] * 20 + [429]


async def test_behind_a_proxy_of_ours_everybody_counts_alone(shop: Installed) -> None:
    behind = replace(shop, shop=replace(shop.shop, proxies=BEHIND))
    async with front(behind) as client:
        assert await tries(client, *["203.0.113.7"] * 21) == [401] * 20 + [429]
        assert await tries(client, "203.0.113.8", "203.0.113.8, 10.0.0.9") == [401, 401]
        # What they wrote themselves stands before what our proxies wrote.
        assert await tries(client, "192.0.2.1, 203.0.113.7, 10.1.2.3") == [429]


@pytest.mark.parametrize("way", ["nonsense", ",", "203.0.113.7:80", "", "10.0.0.1", "٣.1.1.1"])
async def test_a_way_that_cannot_be_read_is_the_nearest_that_can(shop: Installed, way: str) -> None:
    behind = replace(shop, shop=replace(shop.shop, proxies=BEHIND))
    async with front(behind) as client:
        assert await tries(client, way) == [401]


def test_a_proxy_that_is_no_address_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("trusted_proxies: [10.0.0.0/8, caddy]\n", "utf-8")
    with pytest.raises(BadSettings, match="caddy 不是 IP 或网段"):
        load(tmp_path, {})
