"""Long lists that change, go round in circles, or are refused halfway; runs side by side."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from bot.platforms.wire import Answer
from tests.listed_world import (
    CHAT,
    STAFF,
    ListedWorld,
    compare,
    gaps,
    known,
    met,
    parts,
    reachable,
)
from tests.platform import Asked, fine, refused
from tests.rooms import Installed, installed

PEOPLE = ("ada", "bo", "cy", "di", "ed")
HOUR_S, DAY_S = 3_600, 86_400


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


@pytest.fixture
async def world(shop: Installed) -> ListedWorld:
    return await met(shop)


def still_there(shop: Installed, world: ListedWorld) -> None:
    """Let the platform answer about one contact by who they are an employee's contact."""

    def contact(asked: Asked) -> Answer:
        who = asked.query["external_userid"]
        if who not in world.contacts:
            return refused(84061)
        return fine(external_contact={"external_userid": who}, follow_user=[{"userid": STAFF}])

    shop.platform.answers["get"] = contact


async def test_who_slipped_between_two_pages_is_asked_for_and_stays(
    shop: Installed, world: ListedWorld
) -> None:
    await known(shop, world, *PEOPLE)
    still_there(shop, world)
    usual = shop.platform.answers["batch/get_by_user"]

    def shifting(asked: Asked) -> Answer:
        answer = usual(asked)
        if not asked.body.get("cursor"):
            del world.contacts["ada"]  # everybody moves up by one, and one page over the edge
        return answer

    shop.platform.answers["batch/get_by_user"] = shifting
    await compare(shop)
    assert await gaps(shop) == []
    shop.platform.answers["batch/get_by_user"] = usual
    shop.hand.move(600)
    await compare(shop)
    assert await gaps(shop) == [("drop", "ada")]
    assert await reachable(shop) == {*PEOPLE} - {"ada"}


async def test_a_list_that_goes_round_in_circles_is_left_and_said_to_be(
    shop: Installed, world: ListedWorld
) -> None:
    await known(shop, world, "ada", "bo", "cy", "di")
    usual = shop.platform.answers["batch/get_by_user"]

    def circle(asked: Asked) -> Answer:
        answer = usual(asked)
        again = {"0": "2", "": "2", "2": "0"}[str(asked.body.get("cursor", ""))]
        return fine(**{**(answer.body or {}), "next_cursor": again})

    shop.platform.answers["batch/get_by_user"] = circle
    await compare(shop)
    assert len(shop.platform.to("batch/get_by_user")) == 3
    state, _, trouble = (await parts(shop))["contacts"]
    assert (state, "没有读完" in trouble) == ("done", True)
    assert await gaps(shop) == []
    assert await shop.one("SELECT count(*) FROM sighting") == 0


async def test_a_list_refused_halfway_takes_nobody_for_gone(
    shop: Installed, world: ListedWorld
) -> None:
    await known(shop, world, *PEOPLE)
    usual = shop.platform.answers["batch/get_by_user"]
    shop.platform.answers["batch/get_by_user"] = lambda asked: (
        refused(60030) if asked.body.get("cursor") else usual(asked)
    )
    await compare(shop)
    assert await gaps(shop) == []
    assert await reachable(shop) == {*PEOPLE}
    state, compared, trouble = (await parts(shop))["contacts"]
    assert (state, compared, trouble.startswith(f"{STAFF}：")) == ("done", 2, True)


async def test_an_employee_all_of_whose_contacts_are_missing_is_asked_for_each(
    shop: Installed, world: ListedWorld
) -> None:
    await known(shop, world, "ada", "bo")
    still_there(shop, world)
    shop.platform.answers["batch/get_by_user"] = lambda _: fine(
        external_contact_list=[], fail_info={"unlicensed_userid_list": [STAFF]}
    )
    await compare(shop)
    assert await gaps(shop) == []
    assert await reachable(shop) == {"ada", "bo"}


async def test_too_many_groups_are_listed_by_their_owners(
    shop: Installed, world: ListedWorld
) -> None:
    await compare(shop)  # which learns whose the groups are
    usual = shop.platform.answers["groupchat/list"]
    shop.platform.answers["groupchat/list"] = lambda asked: (
        usual(asked) if asked.body.get("owner_filter") else refused(81017)
    )
    world.act("join", "ada", int(shop.hand.at_s))
    shop.hand.move(HOUR_S)
    await compare(shop)
    asked = shop.platform.to("groupchat/list")[-1]
    assert asked.body["owner_filter"] == {"userid_list": [STAFF]}
    assert (await parts(shop))["groups"] == ("done", 1, "")
    assert await gaps(shop) == [("join", "ada")]


async def test_a_group_that_is_refused_while_the_list_is_too_is_not_called_gone(
    shop: Installed, world: ListedWorld
) -> None:
    shop.platform.answers["groupchat/list"] = lambda _: refused(60011)
    shop.platform.answers["groupchat/get"] = lambda _: refused(60011)
    await compare(shop)
    assert await gaps(shop) == []
    _, _, trouble = (await parts(shop))["groups"]
    assert trouble.count("60011") == 2 and f"{CHAT}：" in trouble


async def test_who_comes_and_goes_unheard_is_recorded_each_time(
    shop: Installed, world: ListedWorld
) -> None:
    for _ in range(3):
        for kind in ("add", "follow", "join"):
            world.act(kind, "ada", int(shop.hand.at_s))
        shop.hand.move(HOUR_S)
        await compare(shop)
        for kind in ("delete", "unfollow", "leave"):
            world.act(kind, "ada", int(shop.hand.at_s))
        shop.hand.move(HOUR_S)
        await compare(shop)
        shop.hand.move(HOUR_S)
    found = [what for what, _ in await gaps(shop)]
    wanted = ("add", "drop", "follow", "unfollow", "join", "leave")
    assert {what: found.count(what) for what in wanted} == dict.fromkeys(wanted, 3)
    assert await shop.one("SELECT count(*) FROM coupon_grant") == 1


async def test_who_left_and_came_back_between_two_runs_is_recorded_once_more(
    shop: Installed, world: ListedWorld
) -> None:
    await known(shop, world, "ada")
    world.act("delete", "ada", int(shop.hand.at_s))
    shop.hand.move(HOUR_S)
    world.act("add", "ada", int(shop.hand.at_s))
    for _ in range(2):
        shop.hand.move(HOUR_S)
        await compare(shop)
    assert await gaps(shop) == [("add", "ada")]


async def test_a_shop_of_many_years_is_met_without_a_word(
    shop: Installed, world: ListedWorld
) -> None:
    long_ago = int(shop.hand.at_s) - 30 * DAY_S
    world.contacts |= {f"old{number}": long_ago + number for number in range(1_000)}
    world.seats |= {f"old{number}": long_ago + number for number in range(50)}
    shop.platform.answers["batch/get_by_user"] = _in_one_page(world)
    await compare(shop)
    assert len(await reachable(shop)) == 1_000
    assert await shop.one("SELECT count(*) FROM gap_found") == 0
    assert await shop.one("SELECT count(*) FROM coupon_grant") == 0
    names = {row["name"] for row in await shop.rows("SELECT DISTINCT name FROM tag")}
    assert names == {"群/宠物"}, "where they sit is all there is to say"
    said = {"send_welcome_msg", "message/custom/send", "remark", "get"}
    assert not said & {one.api for one in shop.platform.effects()}


def _in_one_page(world: ListedWorld) -> partial[Answer]:
    def page(asked: Asked) -> Answer:
        start = int(asked.body.get("cursor") or 0)
        names = sorted(world.contacts)
        rows = [
            {
                "external_contact": {"external_userid": one},
                "follow_info": {"userid": STAFF, "createtime": world.contacts[one]},
            }
            for one in names[start : start + 100]
        ]
        after = str(start + 100) if start + 100 < len(names) else ""
        return fine(external_contact_list=rows, next_cursor=after)

    return partial(page)
