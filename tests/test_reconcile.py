"""Comparing with the platforms: pages, refusals, kills, labels, and what is told late."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import orjson
import pytest

from bot.actions import PullKf
from bot.db import memory
from bot.rounds import begin
from tests.listed_world import STAFF, ListedWorld, compare, gaps, met, parts, reachable, seated
from tests.platform import fine, refused
from tests.rooms import Installed, installed

PEOPLE = ("ada", "bo", "cy", "di", "ed")


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


@pytest.fixture
async def world(shop: Installed) -> ListedWorld:
    return await met(shop)


async def test_every_list_is_read_to_its_end_page_by_page(
    shop: Installed, world: ListedWorld
) -> None:
    for who in PEOPLE:
        for kind in ("add", "join", "follow"):
            world.act(kind, who, int(shop.hand.at_s))
    shop.hand.move(600)
    await compare(shop)
    assert len(shop.platform.to("batch/get_by_user")) == 3
    assert await reachable(shop) == world.reachable
    assert await seated(shop) == {*PEOPLE}
    assert len(await gaps(shop)) == 3 * len(PEOPLE)
    told = await parts(shop)
    assert told["contacts"] == ("done", len(PEOPLE), "")
    assert told["followers"] == ("done", len(PEOPLE), "")


async def test_a_run_killed_between_two_pages_goes_on_where_it_was(
    shop: Installed, world: ListedWorld
) -> None:
    for who in PEOPLE:
        world.act("add", who, int(shop.hand.at_s))
    shop.hand.move(600)
    await shop.db.write(partial(begin, shop=shop.shop, account="corp"))
    for _ in range(3):
        await shop.decide_due()
        await shop.perform_due()
    await shop.decide_due()
    await shop.performer.claim(16, (0, 9))  # under way, and then the power goes
    before = len(shop.platform.to("batch/get_by_user"))
    assert 0 < before < 3

    await shop.worker.recover()
    await shop.settle_down()

    assert await reachable(shop) == world.reachable
    assert len(await gaps(shop)) == len(PEOPLE)


async def test_what_happened_a_moment_ago_is_left_to_its_callback(
    shop: Installed, world: ListedWorld
) -> None:
    for kind in ("add", "join", "follow"):
        world.act(kind, "ada", int(shop.hand.at_s) - 30)
    await compare(shop)
    assert await gaps(shop) == []
    assert await reachable(shop) == set()


async def test_who_was_there_before_us_is_met_and_nothing_is_owed(
    shop: Installed, world: ListedWorld
) -> None:
    long_ago = int(shop.hand.at_s) - 86_400
    world.act("add", "ada", long_ago)
    world.act("follow", "bo", long_ago)
    asked = len(shop.platform.effects())
    await compare(shop)
    assert await gaps(shop) == []
    assert await reachable(shop) == {"ada", "o-bo"}
    assert await shop.one("SELECT count(*) FROM tag") == 0
    written = [one.api for one in shop.platform.effects()[asked:]]
    assert not {"mark_tag", "remark", "get", "user/info"} & {*written}
    stores = await shop.rows("SELECT store FROM person")
    assert "S012" in {row["store"] for row in stores}


async def test_a_right_that_is_missing_is_said_and_asked_for_again_a_day_later(
    shop: Installed, world: ListedWorld
) -> None:
    shop.platform.answers["get_follow_user_list"] = lambda _: refused(48002)
    await compare(shop)
    state, _, trouble = (await parts(shop))["contacts"]
    assert (state, "错误码 48002" in trouble) == ("refused", True)
    asked = len(shop.platform.to("get_follow_user_list"))
    shop.hand.move(3600)
    await compare(shop)
    assert (await parts(shop))["contacts"][0] == "resting"
    assert len(shop.platform.to("get_follow_user_list")) == asked
    shop.hand.move(86_400)
    await compare(shop)
    assert len(shop.platform.to("get_follow_user_list")) == asked + 1


async def test_an_employee_out_of_scope_does_not_stop_the_others(
    shop: Installed, world: ListedWorld
) -> None:
    usual = shop.platform.answers["batch/get_by_user"]
    shop.platform.answers["get_follow_user_list"] = lambda _: fine(follow_user=["gone", STAFF])
    shop.platform.answers["batch/get_by_user"] = lambda asked: (
        refused(60030) if asked.body["userid_list"] == ["gone"] else usual(asked)
    )
    world.act("add", "ada", int(shop.hand.at_s))
    shop.hand.move(600)
    await compare(shop)
    state, compared, trouble = (await parts(shop))["contacts"]
    assert (state, compared) == ("done", 1)
    assert trouble.startswith("gone：")
    assert await gaps(shop) == [("add", "ada")]


async def test_an_employee_without_contacts_has_an_empty_list(
    shop: Installed, world: ListedWorld
) -> None:
    message = world.act("add", "ada", int(shop.hand.at_s))
    assert message is not None
    await shop.deliver(message)
    await shop.settle_down(wait_s=1)
    shop.hand.move(600)
    shop.platform.answers["batch/get_by_user"] = lambda _: refused(84061)
    await compare(shop)
    assert await gaps(shop) == [("drop", "ada")]


async def test_a_contact_listed_again_after_a_false_alarm_is_reachable_again(
    shop: Installed, world: ListedWorld
) -> None:
    message = world.act("add", "ada", int(shop.hand.at_s))
    assert message is not None
    await shop.deliver(message)
    await shop.settle_down(wait_s=1)
    shop.hand.move(600)
    usual = shop.platform.answers["batch/get_by_user"]
    shop.platform.answers["batch/get_by_user"] = lambda _: refused(84061)
    await compare(shop)
    assert await reachable(shop) == set()
    shop.platform.answers["batch/get_by_user"] = usual
    shop.hand.move(600)
    await compare(shop)
    assert await reachable(shop) == {"ada"}


async def test_a_label_that_is_missing_is_written_again_once_a_day(
    shop: Installed, world: ListedWorld
) -> None:
    message = world.act("add", "ada", int(shop.hand.at_s))
    assert message is not None
    await shop.deliver(message)
    await shop.settle_down(wait_s=1)
    assert world.labels["ada"]
    shop.hand.move(2 * 86_400)
    world.labels["ada"].clear()
    await compare(shop)
    assert await gaps(shop) == [("label", "ada")]
    assert world.labels["ada"]
    world.labels["ada"].clear()
    shop.hand.move(3600)
    await compare(shop)
    assert await gaps(shop) == [("label", "ada")]


async def test_without_the_list_of_groups_ours_are_read_one_by_one(
    shop: Installed, world: ListedWorld
) -> None:
    shop.platform.answers["groupchat/list"] = lambda _: refused(81017)
    world.act("join", "ada", int(shop.hand.at_s))
    shop.hand.move(600)
    await compare(shop)
    state, compared, trouble = (await parts(shop))["groups"]
    assert (state, compared, "81017" in trouble) == ("done", 1, True)
    assert await gaps(shop) == [("join", "ada")]


async def test_a_join_that_was_found_is_not_told_again_by_its_callback(
    shop: Installed, world: ListedWorld
) -> None:
    message = world.act("join", "ada", int(shop.hand.at_s))
    assert message is not None
    shop.hand.move(600)
    await compare(shop)
    given_away = await shop.rows("SELECT id FROM coupon_grant")
    assert len(given_away) == 1

    await shop.deliver(message)
    await shop.settle_down(wait_s=1)

    body = "SELECT t.body FROM trace t JOIN inbox i ON i.id = t.inbox_id WHERE i.kind = ?"
    (told,) = await shop.rows(body, "MemberJoined")
    assert orjson.loads(told["body"])["actions"] == []
    assert len(await shop.rows("SELECT id FROM coupon_grant")) == 1


async def test_a_callback_after_a_found_add_still_brings_the_welcome_once(
    shop: Installed, world: ListedWorld
) -> None:
    message = world.act("add", "ada", int(shop.hand.at_s))
    assert message is not None
    shop.hand.move(150)
    await compare(shop)
    assert shop.platform.to("send_welcome_msg") == []
    await shop.deliver(message)
    await shop.settle_down(wait_s=1)
    assert len(shop.platform.to("send_welcome_msg")) == 1
    assert await gaps(shop) == [("add", "ada")]


async def test_known_customer_service_accounts_are_pulled_one_after_the_other(
    shop: Installed, world: ListedWorld
) -> None:
    remembered = {"kf:wk1": "c1", "kf:wk2": "c2"}
    await shop.db.write(partial(memory.remember, account="corp", values=remembered))
    await shop.db.write(partial(begin, shop=shop.shop, account="corp"))
    await shop.decide_due()
    rows = await shop.rows("SELECT next_us FROM effect WHERE kind = ? ORDER BY id", PullKf.kind)
    assert [row["next_us"] - rows[0]["next_us"] for row in rows] == [0, 10_000_000]
