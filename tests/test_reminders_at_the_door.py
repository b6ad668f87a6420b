"""A reminder promised long ago, looked at once more before it is sent."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.db.windows import Window, Windows
from bot.perform import Performer
from tests.callbacks import followed
from tests.platform import fine
from tests.rooms import Installed, Plans, installed
from tests.test_notice_ledger import DAY_S, SEND, content, rules, says


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    """A shop whose coupons are reminded of, with a follower who has got one."""
    async with installed(tmp_path, Plans(content=content, rules=rules)) as one:
        one.platform.answers[SEND] = lambda _: fine(msgid=88)
        await one.say("ada", followed("ada"))
        await says(one, "领券")
        await one.settle_down()
        yield one


@pytest.fixture
async def at_the_door(shop: Installed) -> Performer:
    """The way out of the shop as an installation has it: it looks once more before it sends."""
    usual = Window(messages=5, span_us=48 * 3_600 * 1_000_000)
    windows = Windows(shop.db, shop.shop.clock, message=usual, tap=usual)
    doors = {name: replace(door, windows=windows) for name, door in shop.doors.items()}
    return Performer(shop.db, doors, shop.shop.clock, shop.shop.instance_key)


async def on_its_day(shop: Installed, door: Performer) -> str:
    """What became of the reminder when its hour had come."""
    shop.hand.move(30 * DAY_S)
    for row in await door.claim(10, (0, 9)):
        await door.perform(row)
    return str(await shop.one("SELECT state || ' ' || meaning FROM effect WHERE kind LIKE 'oa_t%'"))


async def test_a_coupon_spent_under_the_name_it_got_by_a_merge_is_not_reminded_of(
    shop: Installed, at_the_door: Performer
) -> None:
    await shop.run(
        "INSERT INTO coupon_grant(campaign, person_id, ordinal, coupon_id, inbox_id, granted_us,"
        " expires_us) SELECT campaign, 'other', 1, 9999, 1, 0, expires_us FROM coupon_grant"
    )
    await shop.run("UPDATE coupon_grant SET ordinal = NULL, same_as = 9999 WHERE coupon_id <> 9999")
    await shop.run(
        "INSERT INTO redemption(coupon_id, code, store, cashier, request, inbox_id, at_us)"
        " VALUES(9999, 'X', 'S012', 'a', '1', 1, 0)"
    )
    assert await on_its_day(shop, at_the_door) == "skipped 券已核销，不用再提醒"
    assert shop.platform.to(SEND) == []


async def test_who_wants_fewer_messages_since_is_not_reminded(
    shop: Installed, at_the_door: Performer
) -> None:
    await shop.run(
        "INSERT INTO tag(person_id, name, op, at_us, inbox_id)"
        " SELECT person_id, '触达/少发', 'add', 0, 1 FROM coupon_grant"
    )
    assert (await on_its_day(shop, at_the_door)).startswith("skipped 顾客后来退订或要少发")


async def test_a_coupon_that_is_good_is_reminded_of_through_the_same_door(
    shop: Installed, at_the_door: Performer
) -> None:
    assert (await on_its_day(shop, at_the_door)).startswith("done")
