"""What no callback told is found by asking, against the twin, which loses callbacks on purpose."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.rounds import begin
from tests.twin_shop import TwinShop, twin_shop

PETS = "wrPETS_S012_1"
_OWED = (
    "SELECT id FROM effect WHERE state IN ('ready', 'sending')"
    " UNION ALL SELECT id FROM inbox WHERE state = 'new'"
)


def nothing(_home: Path) -> None:
    """Leave the samples as they are; their groups are met."""


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[TwinShop]:
    async with twin_shop(tmp_path, nothing) as one:
        await one.settled()
        await one.worker.sweep()  # which notes when the addresses were verified
        yield one


async def later(shop: TwinShop, seconds: float) -> None:
    """Let time pass at the platform and with us."""
    told = await shop.scene.control("clock", {"jump_s": seconds})
    shop.shop.clock.follow(float(str(told["offset_s"])))


async def deaf(shop: TwinShop) -> None:
    """Let every callback be lost from now on."""
    await shop.scene.control("settings", {"lost_share": 1})


async def hearing(shop: TwinShop) -> None:
    """Let callbacks come again."""
    await shop.scene.control("settings", {"lost_share": 0})


async def compared(shop: TwinShop) -> None:
    """Compare every account with its platform, and wait until all of it is done."""
    for keys in shop.shop.accounts.values():
        if keys.channel in ("oa", "wecom"):
            await shop.db.write(partial(begin, shop=shop.shop, account=keys.id, asked=True))
    shop.worker.arrived()
    for _ in range(50):
        # A label for a contact who is just being found gone is tried for half a minute.
        tried = "SELECT id FROM effect WHERE kind = 'label' AND state = 'ready' AND attempts > 0"
        if await shop.rows(tried):
            await later(shop, 30)
        elif not await shop.rows(_OWED):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("something is still owed")


async def gaps(shop: TwinShop) -> list[tuple[str, str]]:
    """Return what was found, with the employee or group it is about."""
    rows = await shop.rows("SELECT what, about FROM gap_found ORDER BY what, about")
    return [(row["what"], row["about"]) for row in rows]


async def clean(shop: TwinShop, *people: str) -> None:
    """Nothing lost, nothing doubled, nothing from nowhere, by the twin's own book."""
    await shop.settled()
    told = await shop.audited(*people)
    assert (told.lost, told.doubled, told.ghosts, told.wrong) == ((), (), (), ())


async def tags(shop: TwinShop) -> set[str]:
    return {row["name"] for row in await shop.rows("SELECT name FROM tag WHERE op = 'add'")}


async def test_adds_joins_and_follows_that_were_lost_are_found_and_handled(shop: TwinShop) -> None:
    await later(shop, 60)
    await deaf(shop)
    await shop.act("add_contact", "甲", code="staff-xiaowang-S012")
    await shop.act("join_group", "乙", chat_id=PETS)
    await shop.act("scan_oa", "丙", poster="poster-S012-door")
    await hearing(shop)
    await later(shop, 3600)

    await compared(shop)

    assert await gaps(shop) == [("add", "xiaowang"), ("follow", ""), ("join", PETS)]
    assert {"门店/S012", "来源/staff-xiaowang-S012", "来源/poster-S012-door"} <= await tags(shop)
    assert await shop.rows("SELECT 1 FROM seat WHERE left_us IS NULL") != []
    assert [one for one in await shop.scene.phone("甲") if one["via"] == "welcome"] == []
    assert await shop.scene.phone("丙") == []
    states = await shop.rows("SELECT part, state FROM comparison ORDER BY part")
    assert {row["state"] for row in states} == {"done"}
    assert {row["part"] for row in states} == {"contacts", "followers", "groups", "kf", "labels"}
    await clean(shop, "甲", "乙", "丙")


async def test_a_second_run_finds_nothing_more(shop: TwinShop) -> None:
    await later(shop, 60)
    await deaf(shop)
    await shop.act("add_contact", "甲", code="staff-xiaowang-S012")
    await shop.act("join_group", "甲", chat_id=PETS)
    await hearing(shop)
    await later(shop, 3600)
    await compared(shop)
    before: list[Any] = [await gaps(shop), await shop.rows("SELECT coupon_id FROM coupon_grant")]
    await later(shop, 3600)
    await compared(shop)
    again: list[Any] = [await gaps(shop), await shop.rows("SELECT coupon_id FROM coupon_grant")]
    assert [[*map(tuple, one)] for one in again] == [[*map(tuple, one)] for one in before]
    await clean(shop, "甲")


async def test_leaves_drops_and_unfollows_that_were_lost_are_found(shop: TwinShop) -> None:
    await shop.act("add_contact", "甲", code="staff-xiaowang-S012")
    await shop.act("join_group", "甲", chat_id=PETS)
    await shop.act("scan_oa", "甲", poster="poster-S012-door")
    await shop.settled()
    await later(shop, 3600)
    await deaf(shop)
    await shop.act("staff_deletes", "甲", staff="xiaowang")
    await shop.act("leave_group", "甲", chat_id=PETS)
    await shop.act("unfollow", "甲")
    await hearing(shop)
    await later(shop, 3600)

    await compared(shop)

    assert await gaps(shop) == [("drop", "xiaowang"), ("leave", PETS), ("unfollow", "")]
    assert await shop.rows("SELECT 1 FROM reach WHERE is_on = 1") == []
    left = await shop.rows("SELECT chat FROM seat WHERE left_us IS NOT NULL")
    assert [row["chat"] for row in left] == [PETS]
    await clean(shop, "甲")


async def test_what_the_callbacks_told_is_no_gap(shop: TwinShop) -> None:
    await shop.act("add_contact", "甲", code="staff-xiaowang-S012")
    await shop.act("join_group", "甲", chat_id=PETS)
    await shop.act("scan_oa", "甲", poster="poster-S012-door")
    await shop.act("delete_staff", "甲", staff="xiaowang")
    await shop.settled()
    await later(shop, 3600)
    await compared(shop)
    assert await gaps(shop) == []
    await clean(shop, "甲")


async def test_a_group_that_is_gone_is_shown_no_more(shop: TwinShop) -> None:
    await later(shop, 60)
    await deaf(shop)
    await shop.act("dismiss_group", "", chat_id=PETS)
    await hearing(shop)
    await later(shop, 3600)
    await compared(shop)
    assert await gaps(shop) == [("group_gone", "")]
    rows = await shop.rows("SELECT state FROM chat_group WHERE chat = 'wrPETS_S012_1'")
    assert [row["state"] for row in rows] == ["dismissed"]
    await later(shop, 3600)
    await compared(shop)
    assert await gaps(shop) == [("group_gone", "")]
    await clean(shop)


async def test_an_arrival_that_a_comparison_missed_is_called_lost(shop: TwinShop) -> None:
    await later(shop, 60)
    await deaf(shop)
    await shop.act("add_contact", "甲", code="staff-xiaowang-S012")
    await shop.act("join_group", "乙", chat_id=PETS)
    await hearing(shop)
    await later(shop, 3600)
    await compared(shop)
    await clean(shop, "甲", "乙")
    unreported = "DELETE FROM inbox WHERE kind IN ('AddFound', 'JoinFound')"
    await shop.db.write(lambda tx: tx.run(unreported))
    told = await shop.audited("甲", "乙")
    assert [one.culprit for one in told.lost] == ["对账：名单里有他，没有认出来"] * 2


async def test_an_arrival_that_was_over_before_the_comparison_is_not(shop: TwinShop) -> None:
    await later(shop, 60)
    await deaf(shop)
    await shop.act("add_contact", "甲", code="staff-xiaowang-S012")
    await shop.act("staff_deletes", "甲", staff="xiaowang")
    await hearing(shop)
    await later(shop, 3600)
    await compared(shop)
    assert await gaps(shop) == []
    await clean(shop, "甲")


async def test_a_second_coming_that_a_comparison_missed_is_called_lost_too(
    shop: TwinShop,
) -> None:
    for kind in ("add_contact", "staff_deletes", "add_contact"):
        await later(shop, 600)
        await deaf(shop)
        more = {"staff": "xiaowang"} if kind == "staff_deletes" else {"code": "staff-xiaowang-S012"}
        await shop.act(kind, "甲", **more)
        await hearing(shop)
        await later(shop, 3600)
        await compared(shop)
    assert [what for what, _ in await gaps(shop)] == ["add", "add", "drop"]
    await clean(shop, "甲")
    newest = "DELETE FROM inbox WHERE id = (SELECT max(id) FROM inbox WHERE kind = 'AddFound')"
    await shop.db.write(lambda tx: tx.run(newest))
    told = await shop.audited("甲")
    assert [one.culprit for one in told.lost] == ["对账：名单里有他，没有认出来"]
