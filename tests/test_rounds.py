"""When an account is compared: at a start, then every so often, one run at a time."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.db import comparisons, inbox
from bot.rounds import Rounds
from tests.listed_world import ListedWorld
from tests.rooms import Installed, installed

HOUR = timedelta(hours=1)


def rounds(shop: Installed, every: timedelta = HOUR) -> Rounds:
    """What one process begins."""
    return Rounds(shop.db, shop.shop, ("oa", "corp"), every)


async def test_a_start_compares_and_the_hour_after_does_again(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop:
        ListedWorld().answer(shop)
        one = rounds(shop)
        assert await one.begin_due() == 2
        await shop.settle_down()
        shop.hand.move(50 * 60)
        assert await one.begin_due() == 0
        shop.hand.move(11 * 60)
        assert await one.begin_due() == 2


async def test_a_restart_begins_no_second_run_within_five_minutes(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop:
        ListedWorld().answer(shop)
        await rounds(shop).begin_due()
        await shop.settle_down()
        assert await rounds(shop).begin_due() == 0
        shop.hand.move(6 * 60)
        assert await rounds(shop).begin_due() == 2


async def test_a_run_that_waits_or_is_under_way_is_the_only_one(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop:
        ListedWorld().answer(shop)
        one = rounds(shop)
        await one.begin_due()
        assert await one.begin_due() == 0, "recorded, not decided"
        await shop.decide_due()
        shop.hand.move(2 * 3600)
        assert await one.begin_due() == 0, "asked, not answered"
        shop.hand.move(5 * 3600)
        await shop.worker.sweep()
        assert await one.begin_due() == 2, "given up"
        await shop.settle_down()
        states = await shop.rows("SELECT DISTINCT state FROM comparison ORDER BY state")
        assert [row["state"] for row in states] == ["done", "unfinished"]


async def test_a_question_that_came_to_nothing_holds_up_no_later_run(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop:
        ListedWorld().answer(shop)
        one = rounds(shop)
        await one.begin_due()
        await shop.decide_due()
        await shop.run("UPDATE effect SET state = 'failed' WHERE kind LIKE 'ask%'")
        shop.hand.move(3600)
        assert await one.begin_due() == 2
        states = await shop.rows("SELECT DISTINCT state FROM comparison WHERE part = 'followers'")
        assert [row["state"] for row in states] == ["unfinished"]


async def test_a_process_that_keeps_falling_over_lists_nothing_twice(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop:
        ListedWorld().answer(shop)
        begun = 0
        for _ in range(25):  # it lives for ten seconds, time and again
            begun += await rounds(shop).begin_due()
            await shop.decide_due()
            await shop.worker.recover()
            shop.hand.move(10)
        assert begun == 2
        await shop.settle_down()
        assert len(shop.platform.to("get_follow_user_list")) == 1


async def test_a_clock_that_is_put_back_stops_no_comparison(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop:
        ListedWorld().answer(shop)
        one = rounds(shop)
        await one.begin_due()
        await shop.settle_down()
        shop.hand.move(-86_400)
        assert await one.begin_due() == 2
        await shop.settle_down()
        assert await one.begin_due() == 0, "and goes on from there"
        shop.hand.move(3600)
        assert await one.begin_due() == 2


async def test_a_decision_that_cannot_be_made_begins_no_run_after_run(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop:
        one = rounds(shop)
        await one.begin_due()
        await shop.run("UPDATE inbox SET state = 'quarantined' WHERE kind = 'ReconcileDue'")
        shop.hand.move(60)
        assert await one.begin_due() == 0


async def test_never_means_never(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop:
        assert await rounds(shop, timedelta(0)).begin_due() == 0


async def test_the_same_timer_asks_about_mass_messages(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop:
        await rounds(shop).begin_due()
        rows = await shop.rows("SELECT account FROM inbox WHERE kind = 'MassDue'")
        assert [row["account"] for row in rows] == ["corp"]


@pytest.mark.parametrize("heard", [True, False])
async def test_we_first_heard_of_an_account_by_its_first_callback(
    tmp_path: Path, *, heard: bool
) -> None:
    async with installed(tmp_path) as shop:
        first = shop.shop.clock()
        if heard:
            await shop.db.write(partial(inbox.accept, arrival=_callback(first)))
        shop.hand.move(3600)
        asked = partial(comparisons.first_seen, account="oa", now_us=shop.shop.clock())
        seen = await shop.db.write(asked)
        assert seen == (first if heard else first + 3_600_000_000)
        shop.hand.move(3600)
        later = partial(comparisons.first_seen, account="oa", now_us=shop.shop.clock())
        assert await shop.db.write(later) == seen


def _callback(at_us: int) -> inbox.Arrival:
    return inbox.Arrival(
        account="oa", source="callback", dedupe="d", kind="k", body=b"", received_us=at_us
    )
