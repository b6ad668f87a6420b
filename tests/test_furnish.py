"""The demonstration's home: the samples, completed with what only its world can say."""

from pathlib import Path
from typing import Any

import pytest

from commands.parts.compose import Home, open_home
from commands.play.furnish import CASHIER_PIN, MANAGER_PIN, STORE, furnish
from commands.play.stage import TILL, write_home
from config.accounts import AibotAccount
from config.pins import matches
from tests.twin_bot import on_stage
from twin.wiring import wiring

KF = "wkYIDIAN_S012"


@pytest.fixture
async def told(tmp_path: Path) -> Any:
    """What the demonstration's world tells of itself."""
    async with on_stage(tmp_path, wired=False) as scene:
        return wiring(scene.twin.stage)


@pytest.fixture
def home(told: Any, tmp_path: Path) -> Home:
    folder = tmp_path / "home"
    bases = {"oa": "http://127.0.0.1:1", "wecom": "http://127.0.0.1:2"}
    clock = "http://127.0.0.1:3/twin/clock"
    write_home(folder, told, url="http://127.0.0.1:4", bases=bases, clock=clock)
    furnish(folder, told)
    furnish(folder, told)
    return open_home(folder)


def test_a_furnished_home_can_be_served(home: Home) -> None:
    assert home.errors == ()
    assert home.rules.problems == ()


def test_its_pins_open_the_till_of_one_store(home: Home) -> None:
    stores = home.content.stores
    assert matches(CASHIER_PIN, stores[STORE].cashier_pin)
    assert matches(MANAGER_PIN, stores[STORE].manager_pin)
    assert [one.id for one in stores.values() if one.cashier_pin] == [STORE]


def test_its_groups_lead_into_the_worlds_customer_service(home: Home, told: Any) -> None:
    for name in ("neighbours", "pets"):
        assert home.content.pools[name].kf == KF
        assert "%NICKNAME%" in home.content.pools[name].group_welcome
    assert home.content.kf_link == told["kf"][0]["links"][f"poster-{STORE}-kf"]


def test_the_till_the_archive_and_the_inner_bot_are_wired(home: Home, told: Any) -> None:
    kinds = {one.id: set(one.kind) for one in home.settings.sources}
    assert kinds == {TILL: {"orders", "members"}, "archive": {"archive"}}
    (bot,) = [one for one in home.settings.accounts if isinstance(one, AibotAccount)]
    assert (bot.id, bot.name) == (told["aibots"][0]["id"], told["aibots"][0]["name"])
