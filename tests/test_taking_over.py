"""Who may carry an effect out, and who takes over what a process left that is gone or slept."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import Label, Remote, Send, State
from bot.clock import Clock
from bot.db import ledger, orphans, pauses, workers
from bot.db.pauses import Pause
from bot.db.sqlite import SqliteDatabase
from bot.errors import DatabaseTrouble
from bot.lease import Lease
from bot.pausing import ALL_SENDING
from bot.perform import Performer, Terms
from tests.little_shop import NOW_US
from tests.rooms import INSTANCE_KEY, Hand, Installed, installed

SECOND = 1_000_000
LEASE_S, CALL_S = 20.0, 8.0
LABEL = Label(account="corp", member="ada", staff="bo", add=("老客",))
SEND = Send(account="oa", openid="ada", text="您好")


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


async def owe(shop: Installed, action: Remote) -> None:
    owing = ledger.Owing(inbox=1, event_id="E1", person=None, now_us=NOW_US)
    await shop.db.write(lambda tx: ledger.owe(tx, action, owing))


async def lease_of(shop: Installed, monkeypatch: pytest.MonkeyPatch, hand: Hand) -> Lease:
    """Enter a process that shares its database with others, and goes by this clock."""
    monkeypatch.setattr(SqliteDatabase, "alone", False)
    lease = Lease(shop.db, "work", lease_s=LEASE_S, call_s=CALL_S, steady=hand)
    await lease.enter()
    return lease


def performer_of(shop: Installed, lease: Lease) -> Performer:
    return Performer(
        shop.db, shop.doors, Clock(shop.hand), INSTANCE_KEY, Terms(lease=lease, settle_s=15)
    )


async def test_a_process_that_slept_through_its_lease_sends_nothing(
    shop: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand()
    performer = performer_of(shop, await lease_of(shop, monkeypatch, hand))
    await owe(shop, SEND)
    (row,) = await performer.claim(1, (0, 9))
    hand.move(60)
    receipt = await performer.perform(row)
    assert (receipt.state, receipt.tried) == (State.READY, False)
    assert shop.platform.effects() == []
    assert await performer.claim(1, (0, 9)) == []


async def test_a_call_that_would_outlast_the_lease_is_not_begun(
    shop: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand()
    lease = await lease_of(shop, monkeypatch, hand)
    hand.move(LEASE_S - CALL_S)
    assert lease.covers(lease.id)
    hand.move(1)
    assert not lease.covers(lease.id)


async def test_what_a_living_process_is_at_is_nobody_elses(
    shop: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = await lease_of(shop, monkeypatch, Hand())
    await owe(shop, LABEL)
    await performer_of(shop, lease).claim(1, (0, 9))
    assert await shop.db.write(lambda tx: orphans.recover(tx, NOW_US)) == 0
    await lease.leave()
    assert await shop.db.write(lambda tx: orphans.recover(tx, NOW_US)) == 1


async def test_a_row_that_ended_is_not_extended(shop: Installed) -> None:
    entry = workers.Entry(id="W1", host="here", machine="m", pid=1, role="work")
    await shop.db.write(lambda tx: workers.enter(tx, entry, SECOND, alone=False))
    assert await shop.db.write(lambda tx: workers.beat(tx, "W1", SECOND))
    await shop.run("UPDATE worker SET until_us = 1")
    assert not await shop.db.write(lambda tx: workers.beat(tx, "W1", SECOND))


async def test_what_is_read_back_waits_until_a_cut_request_can_no_longer_be_carried_out(
    shop: Installed,
) -> None:
    await owe(shop, LABEL)
    await shop.performer.claim(1, (0, 9))
    await shop.run("UPDATE effect SET klass = 'D', owner = 'gone'")
    assert await shop.db.write(lambda tx: orphans.recover(tx, NOW_US, 15 * SECOND)) == 1
    assert await shop.one("SELECT next_us FROM effect") == NOW_US + 15 * SECOND


async def test_while_all_sending_is_paused_nothing_is_claimed(shop: Installed) -> None:
    stopped = Pause(name=ALL_SENDING, reason="盘点", by="Bo", at_us=NOW_US)
    await shop.db.write(lambda tx: pauses.pause(tx, stopped))
    await owe(shop, SEND)
    assert await shop.perform_due() == 0
    await shop.db.write(lambda tx: pauses.lift(tx, ALL_SENDING))
    assert await shop.perform_due() == 1


async def test_what_was_claimed_before_a_pause_is_held_back(shop: Installed) -> None:
    stopped = Pause(name=ALL_SENDING, reason="盘点", by="Bo", at_us=NOW_US)
    await owe(shop, SEND)
    (row,) = await shop.performer.claim(1, (0, 9))
    await shop.db.write(lambda tx: pauses.pause(tx, stopped))
    await shop.performer.claim(1, (0, 9))  # by which it hears of the pause
    assert not (await shop.performer.perform(row)).tried
    assert shop.platform.effects() == []


async def test_a_sweep_that_could_not_run_says_so(
    shop: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_work: object, **_how: object) -> None:
        raise DatabaseTrouble("the disk is full")

    monkeypatch.setattr(shop.db, "write", full)
    with pytest.raises(ExceptionGroup, match="sweep"):
        await shop.worker.sweep()
