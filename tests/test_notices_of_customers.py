"""What a customer sends or does is in their story, even when nothing is done about it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.callbacks import happened, pictured, said
from tests.kf_items import said as kf_said
from tests.kf_log import KfLog
from tests.rooms import Installed, installed

PIECES = ("tag", "rule_hit", "gap", "coupon_grant")


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


async def person_of(shop: Installed, address: str) -> str | None:
    found = await shop.one("SELECT person_id FROM reach WHERE address = ?", address)
    return str(found) if found else None


async def test_who_first_sends_a_picture_becomes_a_member_and_is_not_greeted(
    shop: Installed,
) -> None:
    assert await shop.say("ada", pictured("ada", 1)) is None
    await shop.settle_down()
    person = await person_of(shop, "ada")
    assert person is not None
    assert await shop.one("SELECT person_id FROM inbox") == person
    for piece in PIECES:
        assert await shop.one(f"SELECT count(*) FROM {piece}") == 0  # noqa: S608  (ours)
    # But for who it is, which is asked at the first that is heard of a follower.
    owed = await shop.rows("SELECT kind FROM effect")
    assert [row["kind"] for row in owed] == ["read_profile"]
    assert [asked.api for asked in shop.platform.effects()] == ["user/info"]


async def test_a_redelivered_picture_changes_nothing(shop: Installed) -> None:
    for _ in range(2):
        await shop.deliver(pictured("ada", 1))
        await shop.settle_down()
    assert await shop.one("SELECT count(*) FROM inbox WHERE source <> 'internal'") == 1
    assert await shop.one("SELECT count(*) FROM person") == 1
    assert len(shop.platform.to("user/info")) == 1


async def test_a_picture_and_words_are_of_one_member(shop: Installed) -> None:
    await shop.say("ada", said("ada", "领券", 1))
    await shop.deliver(pictured("ada", 2))
    await shop.deliver(happened("ada", "VIEW"))
    await shop.deliver(happened("ada", "MASSSENDJOBFINISH"))
    await shop.settle_down()
    rows = await shop.rows(
        "SELECT kind, person_id FROM inbox WHERE source <> 'internal' ORDER BY id"
    )
    person = await person_of(shop, "ada")
    assert [row["person_id"] == person for row in rows] == [True, True, True, False]


async def test_what_happens_to_somebody_elsewhere_says_nothing_of_how_to_reach_them(
    shop: Installed,
) -> None:
    await shop.deliver(happened("ada", "user_del_card"))
    await shop.settle_down()
    assert await shop.one("SELECT count(*) FROM person") == 1
    assert await person_of(shop, "ada") is None


async def test_a_picture_in_customer_service_renews_what_may_be_said(shop: Installed) -> None:
    desk = KfLog(shop=shop)
    await desk.types("几点开门")
    shop.hand.move(60)
    desk.put({**kf_said("P1", ""), "msgtype": "image", "image": {"media_id": "m"}})
    assert await desk.rings() == []
    (talk,) = await shop.rows("SELECT * FROM talk")
    (words, picture) = await shop.rows(
        "SELECT person_id, event_us FROM inbox WHERE kind IN ('KfSaid', 'KfNotice') ORDER BY id"
    )
    assert (words["person_id"], talk["spoke_us"]) == (picture["person_id"], picture["event_us"])
    assert talk["sent"] == 0
