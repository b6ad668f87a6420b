"""What an Official Account may still say is counted before it is said."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.actions import Send
from bot.db import ledger
from bot.db.windows import Window, Windows
from bot.perform import Performer
from tests.callbacks import followed, said
from tests.rooms import INSTANCE_KEY, Installed, installed

HOUR_US = 3_600_000_000


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        windows = Windows(
            one.db, one.shop.clock, message=Window(messages=5, span_us=48 * HOUR_US),
            tap=Window(messages=3, span_us=60_000_000),
        )  # fmt: skip
        doors = {name: replace(door, windows=windows) for name, door in one.doors.items()}
        one.performer = Performer(one.db, doors, one.shop.clock, INSTANCE_KEY)
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
    await shop.deliver(said("ada", "随便说说", number))
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


async def test_of_whom_nothing_was_heard_the_platform_decides(shop: Installed) -> None:
    assert await send(shop, 1) == {"done": 1}
