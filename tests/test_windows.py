"""What an Official Account may still say is counted before it is said."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.actions import Send
from bot.db import ledger
from bot.db.windows import Window, Windows
from bot.perform import Performer
from tests.callbacks import followed, happened, pictured, said
from tests.rooms import INSTANCE_KEY, Installed, installed

HOUR_US = 3_600_000_000


def windows_of(shop: Installed) -> Windows:
    return Windows(
        shop.db, shop.shop.clock, message=Window(messages=5, span_us=48 * HOUR_US),
        tap=Window(messages=3, span_us=60_000_000),
    )  # fmt: skip


def performer_of(shop: Installed) -> Performer:
    """The room that sends, as it is after each start."""
    windows = windows_of(shop)
    doors = {name: replace(door, windows=windows) for name, door in shop.doors.items()}
    return Performer(shop.db, doors, shop.shop.clock, INSTANCE_KEY)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        one.performer = performer_of(one)
        yield one


async def send(shop: Installed, count: int) -> dict[str, int]:
    """Owe so many more messages to Ada, carry them out, and return how many stand how."""
    person = await shop.one("SELECT person_id FROM reach WHERE address = 'ada'")
    first = int(await shop.one("SELECT count(*) FROM effect"))
    for number in range(first, first + count):
        owing = ledger.Owing(
            inbox=1, event_id=f"S{number}", person=person, now_us=shop.shop.clock()
        )
        action = Send(account="oa", openid="ada", text="您好")
        await shop.db.write(lambda tx, a=action, o=owing: ledger.owe(tx, a, o))  # type: ignore[misc]  # bound now
        await shop.perform_due()
    rows = await shop.rows(
        "SELECT state, count(*) AS n FROM effect WHERE key LIKE 'S%' GROUP BY state"
    )
    return {row["state"]: row["n"] for row in rows}


async def spoken(shop: Installed, number: int) -> None:
    await shop.deliver(said("ada", "随便说说", number, at_s=int(shop.hand.at_s)))
    await shop.decide_due()
    await shop.run("UPDATE effect SET state = 'done', carrier = 'response' WHERE state = 'ready'")


async def test_the_sixth_message_after_one_of_theirs_is_not_even_tried(shop: Installed) -> None:
    await spoken(shop, 1)
    assert await send(shop, 6) == {"done": 5, "skipped": 1}
    assert len(shop.platform.to("message/custom/send")) == 5
    meaning = await shop.one("SELECT meaning FROM effect WHERE state = 'skipped'")
    assert meaning == "顾客这次互动后已发满 5 条；等顾客下次发言"


async def test_what_they_write_next_opens_it_again(shop: Installed) -> None:
    await spoken(shop, 1)
    await send(shop, 5)
    shop.hand.move(60)
    await spoken(shop, 2)
    assert await send(shop, 1) == {"done": 6}


async def test_after_48_hours_nothing_is_sent(shop: Installed) -> None:
    await spoken(shop, 1)
    shop.hand.move(48 * 3600 + 1)
    assert await send(shop, 1) == {"skipped": 1}


async def test_after_a_follow_there_are_three_within_a_minute(shop: Installed) -> None:
    await shop.deliver(followed("ada"))
    await shop.decide_due()
    await shop.run("UPDATE effect SET state = 'done', carrier = 'response' WHERE state = 'ready'")
    assert await send(shop, 4) == {"done": 3, "skipped": 1}
    shop.hand.move(61)
    assert await send(shop, 1) == {"done": 3, "skipped": 2}


async def test_a_picture_opens_the_window_as_words_do(shop: Installed) -> None:
    await spoken(shop, 1)
    shop.hand.move(48 * 3600 + 1)
    assert await send(shop, 1) == {"skipped": 1}
    await shop.deliver(pictured("ada", 2, at_s=int(shop.hand.at_s)))
    await shop.settle_down()
    assert await send(shop, 6) == {"done": 5, "skipped": 2}


@pytest.mark.parametrize(
    "event", ["VIEW", "view_miniprogram", "pic_weixin", "location_select", "TEMPLATESENDJOBFINISH"]
)
async def test_what_the_sheet_does_not_count_opens_no_window(shop: Installed, event: str) -> None:
    await spoken(shop, 1)
    shop.hand.move(48 * 3600 + 1)
    await shop.deliver(happened("ada", event, at_s=int(shop.hand.at_s)))
    await shop.settle_down()
    assert await send(shop, 1) == {"skipped": 1}


@pytest.mark.parametrize("event", ["scancode_push", "scancode_waitmsg"])
async def test_a_tap_that_scans_opens_a_minute(shop: Installed, event: str) -> None:
    await spoken(shop, 1)
    shop.hand.move(48 * 3600 + 1)
    await shop.deliver(happened("ada", event, at_s=int(shop.hand.at_s)))
    await shop.settle_down()
    assert await send(shop, 4) == {"done": 3, "skipped": 1}


async def test_a_line_tapped_in_a_menu_message_is_answered_and_opens_no_window(
    shop: Installed,
) -> None:
    await spoken(shop, 1)
    shop.hand.move(48 * 3600 + 1)
    tapped = said("ada", "几点", 2, at_s=int(shop.hand.at_s))
    tapped = tapped.replace("</xml>", "<bizmsgmenuid>m1</bizmsgmenuid></xml>")
    answer = await shop.say("ada", tapped)
    assert answer is not None
    assert await send(shop, 1) == {"skipped": 1}


async def test_of_whom_nothing_was_heard_the_platform_decides(shop: Installed) -> None:
    assert await send(shop, 1) == {"done": 1}


async def test_a_platform_whose_clock_is_ahead_is_counted_all_the_same(shop: Installed) -> None:
    ahead = int(shop.hand.at_s) + 300
    await shop.deliver(said("ada", "随便说说", 1, at_s=ahead))
    await shop.decide_due()
    await shop.run("UPDATE effect SET state = 'done', carrier = 'response' WHERE state = 'ready'")
    assert await send(shop, 6) == {"done": 5, "skipped": 1}


async def test_what_was_said_before_a_restart_counts(shop: Installed) -> None:
    await spoken(shop, 1)
    await send(shop, 4)
    shop.performer = performer_of(shop)
    assert await send(shop, 2) == {"done": 5, "skipped": 1}


async def test_a_tap_counts_for_who_was_found_to_be_another_meanwhile(shop: Installed) -> None:
    await shop.deliver(followed("ada"))
    await shop.decide_due()
    await shop.run("UPDATE effect SET state = 'done', carrier = 'response' WHERE state = 'ready'")
    gone = await shop.one("SELECT person_id FROM reach WHERE address = 'ada'")
    await shop.deliver(said("eve", "随便说说", 9, at_s=int(shop.hand.at_s)))
    await shop.decide_due()
    keep = await shop.one("SELECT person_id FROM reach WHERE address = 'eve'")
    await shop.run("UPDATE reach SET person_id = ? WHERE address = 'ada'", keep)
    await shop.run("UPDATE inbox SET person_id = ? WHERE person_id = ?", keep, gone)
    shop.hand.move(59)
    windows = windows_of(shop)
    assert await windows.shut(Send(account="oa", openid="ada", text="您好"), gone) == ""
    shop.hand.move(2)
    assert "已太久" in await windows.shut(Send(account="oa", openid="ada", text="您好"), gone)


async def test_one_follower_of_two_accounts_has_a_window_at_each(shop: Installed) -> None:
    await spoken(shop, 1)
    assert await send(shop, 5) == {"done": 5}
    elsewhere = Send(account="oa2", openid="ada", text="您好")
    person = await shop.one("SELECT person_id FROM reach WHERE address = 'ada'")
    windows = windows_of(shop)
    assert await windows.shut(elsewhere, person) == ""
    assert "已发满" in await windows.shut(replace(elsewhere, account="oa"), person)
