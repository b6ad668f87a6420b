"""Followers of an Official Account compared: their labels, those who left, and how often."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from bot.actions import AskProfiles, State
from bot.platforms.oa.reconcile import ask_profiles
from bot.rounds import begin
from tests.listed_world import ListedWorld, compare, gaps, met, parts, reachable
from tests.rooms import Installed, installed

DAY_S = 86_400
WHO = "o-ada"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


@pytest.fixture
async def world(shop: Installed) -> ListedWorld:
    made = await met(shop)
    made.follows["ada"] = int(shop.hand.at_s) - 3_600
    await follow(shop, made, "bo")
    return made


async def follow(shop: Installed, world: ListedWorld, who: str) -> None:
    """Let somebody follow and be heard of, labels and all."""
    message = world.act("follow", who, int(shop.hand.at_s))
    assert message is not None
    await shop.deliver(message)
    await shop.settle_down(wait_s=1)


async def labels_asked(shop: Installed) -> int:
    """How often labels were asked for."""
    asked = "SELECT count(*) FROM effect WHERE kind = 'ask_profiles' AND body LIKE ?"
    return int(await shop.one(asked, '%"part":"labels"%'))


async def test_a_followers_label_that_is_missing_is_written_again_once_a_day(
    shop: Installed, world: ListedWorld
) -> None:
    assert world.labels["o-bo"]
    shop.hand.move(2 * DAY_S)
    world.labels["o-bo"].clear()
    await compare(shop)
    assert ("label", "o-bo") in await gaps(shop)
    assert world.labels["o-bo"]
    assert (await parts(shop))["labels"][0] == "done"
    asked = await labels_asked(shop)
    world.labels["o-bo"].clear()
    shop.hand.move(3_600)
    await compare(shop)
    assert await labels_asked(shop) == asked
    shop.hand.move(DAY_S)
    await compare(shop)
    assert await labels_asked(shop) == asked + 1
    assert world.labels["o-bo"]


async def test_labels_that_follow_our_tags_are_left_alone(
    shop: Installed, world: ListedWorld
) -> None:
    shop.hand.move(DAY_S)
    written = len(shop.platform.to("tags/members/batchtagging"))
    await compare(shop)
    assert [what for what, _ in await gaps(shop)] == []
    assert len(shop.platform.to("tags/members/batchtagging")) == written


async def test_followers_without_tags_of_ours_are_not_asked_for(
    shop: Installed, world: ListedWorld
) -> None:
    shop.hand.move(DAY_S)
    await compare(shop)
    rows = await shop.rows("SELECT body FROM effect WHERE kind = 'ask_profiles'")
    looked = [row["body"] for row in rows if '"part":"labels"' in row["body"]]
    assert len(looked) == 1 and WHO not in looked[0]


@pytest.mark.parametrize("gone", [(), (0,), (0, 57, 99), tuple(range(100))])
async def test_a_batch_that_one_leaver_spoils_is_halved_until_all_are_told(
    gone: tuple[int, ...], shop: Installed, world: ListedWorld
) -> None:
    openids = tuple(f"o-{number}" for number in range(100))
    world.follows |= {str(number): 1_759_000_000 for number in range(100) if number not in gone}
    asking = AskProfiles(account="oa", run="1", openids=openids)
    receipt = await ask_profiles(asking, shop.doors["oa"].port, 1)
    assert receipt.state is State.DONE
    (told,) = receipt.events
    left = [one.member for one in told.followers if not one.follows]  # type: ignore[attr-defined]
    assert left == [f"o-{number}" for number in gone]
    assert len(told.followers) == 100  # type: ignore[attr-defined]


async def test_who_is_in_no_page_but_follows_all_the_same_stays(
    shop: Installed, world: ListedWorld
) -> None:
    shop.hand.move(600)
    usual = shop.platform.answers["user/get"]
    world_without = ListedWorld(follows={"ada": world.follows["ada"]})
    shop.platform.answers["user/get"] = world_without._followers
    await compare(shop)
    assert await gaps(shop) == []
    assert "o-bo" in await reachable(shop)
    shop.platform.answers["user/get"] = usual
    world.act("unfollow", "bo", int(shop.hand.at_s))
    shop.hand.move(600)
    await compare(shop)
    assert await gaps(shop) == [("unfollow", "o-bo")]


async def test_a_list_too_long_for_every_hour_leaves_calls_for_others(
    shop: Installed, world: ListedWorld
) -> None:
    await compare(shop)
    many = "UPDATE comparison SET compared = 1000000 WHERE part = 'followers'"  # 101 pages
    for hour in range(5):
        await shop.run(many)
        await shop.run(
            "INSERT INTO effect(key, inbox_id, account, kind, klass, policy, order_key, lane,"
            " body, created_us) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            " WHERE i < 100) SELECT 'p' || i || ':' || ?, 1, 'oa', 'ask_followers', 'B', 'repeat',"
            " 'reconcile:oa', 3, '{}', ? FROM n",
            str(hour), shop.shop.clock(),
        )  # fmt: skip
        await shop.run("UPDATE effect SET state = 'done' WHERE body = '{}'")
        shop.hand.move(3_600)
        await compare(shop)
    state, _, trouble = (await parts(shop))["followers"]
    assert (state, "500 次" in trouble) == ("resting", True)
    asked = len(shop.platform.to("user/get"))
    shop.hand.move(1)
    await shop.db.write(partial(begin, shop=shop.shop, account="oa", asked=True))
    await shop.settle_down()
    assert len(shop.platform.to("user/get")) > asked, "an operator may"
