"""Pulling from customer service: every item once and in order, the cursor never ahead of them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.actions import State
from bot.db import orphans
from bot.events import KfNotice, KfRang, KfSaid
from tests.kf_desk import PULL, SYNC, Desk, customer_service, never_answered
from tests.kf_items import KF, entered, said
from tests.little_shop import NOW_US
from tests.platform import fine, refused


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with customer_service(tmp_path) as one:
        yield one


async def test_a_page_enters_the_inbox_in_its_order_and_the_cursor_moves(desk: Desk) -> None:
    receipt = await desk.pull(
        said("m1", "领券"), said("m2", "", msgtype="image"), said("m3", "在吗")
    )

    assert receipt.state is State.DONE
    first, second, third = await desk.events()
    assert isinstance(first, KfSaid)
    assert isinstance(second, KfNotice)
    assert isinstance(third, KfSaid)
    assert (first.text, second.msg_id, third.text) == ("领券", "m2", "在吗")
    assert await desk.cursor() == "c1"


async def test_the_first_pull_has_no_cursor_and_the_next_goes_on_from_it(desk: Desk) -> None:
    await desk.pull(cursor="c1")
    await desk.pull(cursor="c2")

    first, second = (asked.body for asked in desk.platform.to(SYNC))
    assert first == {"open_kfid": KF, "token": "ENC", "limit": 128, "voice_format": 0}
    assert second == {**first, "cursor": "c1"}
    assert await desk.cursor() == "c2"


async def test_two_kf_accounts_of_a_corp_are_read_apart(desk: Desk) -> None:
    await desk.pull(cursor="c1")
    await desk.do(replace(PULL, kf="wkOther"))

    assert "cursor" not in desk.platform.to(SYNC)[1].body
    assert await desk.cursor() == "c1"


async def test_an_item_told_twice_is_recorded_once_in_all_its_history(desk: Desk) -> None:
    await desk.pull(said("m1", "领券"))
    await desk.pull(said("m1", "领券"), said("m2", "在吗"))

    rows = await desk.rows()
    assert [row["duplicates"] for row in rows] == [1, 0]


async def test_items_without_a_name_are_never_taken_for_each_other(desk: Desk) -> None:
    await desk.pull(said("", "领券"), said("", "领券"))
    await desk.pull(said("", "领券"))

    assert len(await desk.rows()) == 3


@pytest.mark.parametrize("more", [1, True, "1"])
async def test_while_there_is_more_the_bell_rings_again(desk: Desk, more: object) -> None:
    await desk.pull(said("m1", "领券"), has_more=more)

    last = (await desk.events())[-1]
    assert isinstance(last, KfRang)
    assert (last.kf, last.token) == (KF, "ENC")


@pytest.mark.parametrize("more", [0, False, None, "0"])
async def test_the_last_page_rings_no_bell(desk: Desk, more: object) -> None:
    await desk.pull(said("m1", "领券"), has_more=more)

    assert [type(event) for event in await desk.events()] == [KfSaid]


async def test_an_empty_page_with_more_behind_it_is_not_the_end(desk: Desk) -> None:
    await desk.pull(has_more=1)

    assert [type(event) for event in await desk.events()] == [KfRang]
    assert await desk.cursor() == "c1"


@pytest.mark.parametrize("cursor", ["c1", ""])
async def test_a_cursor_that_stands_still_ends_the_pulling(desk: Desk, cursor: str) -> None:
    await desk.pull(cursor="c1")
    await desk.pull(cursor=cursor, has_more=1)

    assert await desk.events() == []
    assert await desk.cursor() == "c1"


async def test_a_token_gone_stale_is_left_out(desk: Desk) -> None:
    page = fine(msg_list=[], next_cursor="c1", has_more=1)
    desk.platform.answers[SYNC] = lambda asked: refused(95007) if "token" in asked.body else page

    assert (await desk.do(PULL)).state is State.DONE
    assert ["token" in asked.body for asked in desk.platform.to(SYNC)] == [True, False]
    (rang,) = await desk.events()
    assert isinstance(rang, KfRang)
    assert rang.token == ""


async def test_a_page_that_never_came_is_asked_for_in_smaller_pieces(desk: Desk) -> None:
    desk.platform.answers[SYNC] = never_answered
    assert (await desk.do(PULL)).state is State.READY
    for _ in range(5):
        desk.hand.move(60)
        (row,) = await desk.performer.claim(1, (0, 9))
        await desk.performer.perform(row)

    assert [asked.body["limit"] for asked in desk.platform.to(SYNC)] == [128, 32, 8, 2, 1, 1]
    assert await desk.cursor() == ""


async def test_the_cursor_moves_only_together_with_the_events(desk: Desk) -> None:
    page = fine(msg_list=[said("m1", "领券")], next_cursor="c1")
    desk.platform.answers[SYNC] = lambda _: page
    stale = await desk.owe(PULL)
    await desk.db.write(lambda tx: orphans.recover(tx, NOW_US))
    await desk.performer.perform(stale)
    assert (await desk.rows(), await desk.cursor()) == ([], "")

    (row,) = await desk.performer.claim(1, (0, 9))
    await desk.performer.perform(row)
    assert (len(await desk.rows()), await desk.cursor()) == (1, "c1")


async def test_an_entry_to_be_welcomed_overtakes_what_was_said(desk: Desk) -> None:
    await desk.pull(said("m1", "领券"), entered("e1", welcome_code="WC"), entered("e2"))

    assert [row["lane"] for row in await desk.rows()] == [1, 0, 1]


async def test_an_item_happened_when_the_platform_says_it_did(desk: Desk) -> None:
    desk.hand.move(600)
    await desk.pull(said("m1", "领券"), said("m2", "在吗", send_time=None))

    assert [row["event_us"] - NOW_US for row in await desk.rows()] == [0, 600_000_000]
