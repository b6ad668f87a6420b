"""Deadlines order the work: the dead are not called, the living go earliest first, none starves."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.accept import _MOST_WAITING, Acceptor
from bot.actions import Label, Remote, Send, WelcomeContact
from bot.clock import Skew
from bot.db import ledger
from bot.errors import Overloaded
from tests.callbacks import contact_added, followed, said, unfollowed
from tests.front import front
from tests.little_shop import NOW_S, NOW_US
from tests.rooms import Installed, installed, post_of
from tests.test_worker import until, working
from tests.test_worker_trouble import Gate

S = 1_000_000


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What these tests make the program say is wanted by nobody."""
    with capture_logs():
        yield


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


async def owe(shop: Installed, name: str, action: Remote, at_us: int = NOW_US) -> None:
    owing = ledger.Owing(inbox=1, event_id=name, person=None, now_us=at_us)
    await shop.db.write(lambda tx: ledger.owe(tx, action, owing))


@pytest.mark.parametrize("outage_s", [10, 14, 18])
async def test_after_an_outage_the_dead_are_not_called_and_the_living_go_earliest_first(
    shop: Installed, outage_s: int
) -> None:
    born = {f"W{n}": NOW_S + (n * 7) % outage_s for n in range(60)}
    for second in range(100):
        then_us = NOW_US - second * 1_000_000
        shop.shop.skew.note(then_us, then_us)
    shop.hand.move(outage_s + 3)
    now_s = NOW_S + outage_s + 3
    for number, (code, at_s) in enumerate(born.items()):  # the platform's retries
        await shop.deliver(contact_added(f"m{number}", code=code, at_s=at_s))
    await shop.decide_due()
    async with working(shop):
        await until(
            shop, "SELECT count(*) FROM effect WHERE kind = 'wecom_welcome'"
            " AND state IN ('done', 'expired')", 60,
        )  # fmt: skip
    sent = [one.body["welcome_code"] for one in shop.platform.to("send_welcome_msg")]
    saved = [code for code, at_s in born.items() if now_s < at_s + 18]
    assert sorted(sent) == sorted(saved)
    assert [born[code] for code in sent] == sorted(born[code] for code in sent)
    dead = await shop.rows("SELECT meaning FROM effect WHERE state = 'expired'")
    assert len(dead) == 60 - len(saved)
    assert all(row["meaning"] for row in dead)


async def test_what_waited_a_minute_is_not_starved_by_answers(shop: Installed) -> None:
    gate = Gate(shop)
    for number in range(40):
        label = Label(account="corp", member=f"m{number}", staff="bo", add=("老客",))
        await owe(shop, f"L{number}", label)
    shop.hand.move(61)
    for number in range(200):
        await owe(shop, f"S{number}", Send(account="oa", openid=f"fan{number}", text="您好"))
    async with working(shop):
        await until(shop, "SELECT count(*) FROM effect WHERE state = 'sending'", 16)
        assert await shop.one("SELECT count(*) FROM effect WHERE attempts > 0 AND lane = 1") == 16
        gate.open.set()
        await until(shop, "SELECT count(*) FROM effect WHERE lane = 2 AND state = 'done'", 40)
        # Answers had most of the slots all the while.
        assert await shop.one("SELECT count(*) FROM effect WHERE lane = 1 AND attempts > 0") > 40
        await until(shop, "SELECT count(*) FROM effect WHERE state = 'done'", 240)


async def test_what_has_just_come_due_waits_for_answers(shop: Installed) -> None:
    for number in range(20):
        label = Label(account="corp", member=f"m{number}", staff="bo", add=("老客",))
        await owe(shop, f"L{number}", label)
    for number in range(100):
        await owe(shop, f"S{number}", Send(account="oa", openid=f"fan{number}", text="您好"))
    async with working(shop):
        await until(shop, "SELECT count(*) FROM effect WHERE state = 'done'", 120)
    apis = [one.api for one in shop.platform.effects()]
    assert apis.index("mark_tag") > 60


async def test_a_welcome_goes_at_once_while_answers_and_labels_fill_the_slots(
    shop: Installed,
) -> None:
    gate = Gate(shop)
    for number in range(60):
        await owe(shop, f"S{number}", Send(account="oa", openid=f"fan{number}", text="您好"))
    async with working(shop):
        await until(shop, "SELECT count(*) FROM effect WHERE state = 'sending'", 16)
        await owe(shop, "W", WelcomeContact(account="corp", code="WC", text="欢迎"))
        await until(shop, "SELECT state FROM effect WHERE lane = 0", "sending")
        gate.open.set()


async def test_too_many_callbacks_at_once_are_sent_away_at_once_and_taken_later(
    shop: Installed,
) -> None:
    going, usual = asyncio.Event(), shop.db.write

    async def stuck(work, **how):  # type: ignore[no-untyped-def]  # the writer, held up
        await going.wait()
        return await usual(work, **how)

    shop.db.write = stuck  # type: ignore[method-assign]  # a slow disk
    waiting = [
        asyncio.ensure_future(shop.deliver(said(f"fan{n}", "在吗", n)))
        for n in range(_MOST_WAITING)
    ]
    await asyncio.sleep(0.05)
    message = post_of(said("ada", "领券", 9999))
    async with front(shop) as client:
        got = await client.post("/callback/oa", params=message.query, data=message.body)
        assert got.status == 503
        with pytest.raises(Overloaded):
            await shop.deliver(said("bo", "领券", 10_000))
        going.set()
        await asyncio.gather(*waiting)
        got = await client.post("/callback/oa", params=message.query, data=message.body)
        assert got.status == 200
    assert await shop.one("SELECT count(*) FROM inbox") == _MOST_WAITING + 1


async def test_whatever_order_a_members_callbacks_come_in_the_end_is_the_same(
    shop: Installed,
) -> None:
    told = (followed, unfollowed, followed)
    for number, order in enumerate(permutations(range(len(told)))):
        who = f"fan{number}"
        for turn in order:
            await shop.deliver(told[turn](who, at_s=NOW_S + turn * 10))
        await shop.decide_due()
    rows = await shop.rows("SELECT address, is_on FROM reach WHERE channel = 'oa'")
    assert {row["is_on"] for row in rows} == {1}
    assert len(rows) == 6


async def test_one_members_work_for_later_holds_up_neither_theirs_nor_anybodys(
    shop: Installed,
) -> None:
    for number in range(3):
        who = "ada" if number < 2 else "bo"
        label = Label(account="corp", member=who, staff="bo", add=(f"标签{number}",))
        await owe(shop, f"L{number}", label)
    await shop.run("UPDATE effect SET next_us = ? WHERE id = 1", NOW_US + 3600 * S)
    assert await shop.perform_due() == 2
    rows = await shop.rows("SELECT id FROM effect WHERE state = 'done' ORDER BY id")
    assert [row["id"] for row in rows] == [2, 3]


async def test_sixty_members_who_want_the_last_one_at_once_get_one(shop: Installed) -> None:
    accepted = [await shop.deliver(said(f"fan{number}", "鸡蛋", number)) for number in range(60)]
    await asyncio.gather(*(shop.worker.decide_now(one.id) for one in accepted))
    granted = await shop.rows("SELECT campaign FROM coupon_grant WHERE campaign = 'egg'")
    assert len(granted) == 1
    assert await shop.one("SELECT count(*) FROM inbox WHERE state = 'done'") == 60


async def test_a_member_who_asks_fifty_times_at_once_gets_one(shop: Installed) -> None:
    accepted = [await shop.deliver(said("ada", "领券", number)) for number in range(50)]
    await asyncio.gather(*(shop.worker.decide_now(one.id) for one in accepted))
    assert await shop.one("SELECT count(*) FROM coupon_grant") == 1


async def test_a_process_that_just_started_knows_the_platforms_clock_from_the_callbacks_of_others(
    shop: Installed,
) -> None:
    for number in range(6):
        await shop.deliver(said("ada", "在吗", number, at_s=NOW_S + number))
        shop.hand.move(1)
    fresh = replace(shop.shop, skew=Skew())
    await Acceptor(shop.db, fresh).hear()
    assert fresh.skew.behind_us() == 0
