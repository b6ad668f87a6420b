"""Runs of a comparison: side by side, beside the day's work, and what they leave behind."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from bot.actions import AskContacts
from bot.db.forgetting import forget_pages
from bot.rounds import begin
from tests import callbacks
from tests.listed_world import CHAT, ListedWorld, compare, gaps, known, met
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


async def test_two_runs_asked_at_once_take_nobody_for_gone(
    shop: Installed, world: ListedWorld
) -> None:
    await known(shop, world, *PEOPLE)
    for _ in range(2):
        await shop.db.write(partial(begin, shop=shop.shop, account="corp", asked=True))
        shop.hand.move(1)
    await shop.settle_down()
    assert await gaps(shop) == []
    assert shop.platform.to("get") == shop.platform.to("get")[: len(PEOPLE)], "nobody was missing"
    assert await shop.one("SELECT count(*) FROM sighting") == 0


async def test_what_is_found_does_not_keep_anybody_waiting(
    shop: Installed, world: ListedWorld
) -> None:
    for who in PEOPLE:
        world.act("add", who, int(shop.hand.at_s))
    shop.hand.move(600)
    await shop.db.write(partial(begin, shop=shop.shop, account="corp"))
    while not await shop.one("SELECT count(*) FROM inbox WHERE kind = 'AddFound'"):
        await shop.decide_due()
        await shop.perform_due()
    await shop.deliver(callbacks.group_changed(CHAT, "fay", at_s=int(shop.hand.at_s)))
    lanes = "SELECT kind FROM inbox WHERE state = 'new' ORDER BY lane, id"
    waiting = [row["kind"] for row in await shop.rows(lanes)]
    assert waiting[0].startswith("event.change_external_chat")
    assert "AddFound" in waiting
    await shop.settle_down()
    assert len(await gaps(shop)) == len(PEOPLE)


async def test_pages_are_forgotten_after_two_days_and_findings_are_not(
    shop: Installed, world: ListedWorld
) -> None:
    for who in PEOPLE:
        world.act("add", who, int(shop.hand.at_s))
    shop.hand.move(600)
    await compare(shop)
    pages = "SELECT count(*) FROM inbox WHERE kind = 'ContactsListed'"
    asked = "SELECT count(*) FROM effect WHERE kind = 'ask_contacts'"
    assert await shop.one(pages) == await shop.one(asked) == 3
    shop.hand.move(2 * DAY_S + 60)
    now_us = shop.shop.clock()
    assert await shop.db.write(partial(forget_pages, account="corp", now_us=now_us)) > 0
    assert await shop.one(pages) == await shop.one(asked) == 0
    assert await shop.one("SELECT count(*) FROM inbox WHERE kind = 'AddFound'") == len(PEOPLE)
    assert len(await gaps(shop)) == len(PEOPLE)
    orphans = "SELECT count(*) FROM trace WHERE inbox_id NOT IN (SELECT id FROM inbox)"
    assert await shop.one(orphans) == 0
    assert await shop.db.write(partial(forget_pages, account="corp", now_us=now_us)) == 0


async def test_every_page_of_a_run_ends_when_the_run_does(
    shop: Installed, world: ListedWorld
) -> None:
    await known(shop, world, *PEOPLE)
    await shop.db.write(partial(begin, shop=shop.shop, account="corp"))
    await shop.settle_down()
    deadlines = "SELECT DISTINCT deadline_us FROM effect WHERE kind = ?"
    assert len(await shop.rows(deadlines, AskContacts.kind)) == 1


async def test_an_account_that_is_removed_while_it_is_compared_leaves_nothing_stuck(
    shop: Installed, world: ListedWorld
) -> None:
    await shop.db.write(partial(begin, shop=shop.shop, account="corp"))
    await shop.decide_due()
    doors = dict(shop.doors)
    shop.doors.pop("corp")  # type: ignore[attr-defined]  # a home without this account
    await shop.settle_down()
    shop.doors.update(doors)  # type: ignore[attr-defined]
    world.act("add", "ada", int(shop.hand.at_s))
    shop.hand.move(HOUR_S)
    await compare(shop)
    assert await gaps(shop) == [("add", "ada")]
    states = await shop.rows("SELECT DISTINCT state FROM comparison WHERE part = 'contacts'")
    assert {row["state"] for row in states} == {"unfinished", "done"}
