"""Many processes: who was paused sends nothing that somebody else took over, and is told so."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot import metrics
from bot.actions import Remark, Remote, Send, State, WelcomeContact
from bot.db import claims, ledger, workers
from bot.db.claims import Claim
from bot.db.tx import Tx, Work
from bot.errors import DatabaseTrouble
from bot.lease import Lease
from bot.neighbours import gone, machine
from bot.perform import Performer, Terms
from bot.platforms.wire import Answer
from bot.worker import Staffing, Worker
from tests.crowd import LEASE_S, Crowd, Crowded, Process
from tests.little_shop import NOW_US
from tests.platform import Asked, fine
from tests.rooms import INSTANCE_KEY, Installed, installed

REMARK = Remark(account="corp", staff="bo", member="m1", text="良渚店-Ada")
SEND = Send(account="oa", openid="ada", text="您好")
WELCOME = WelcomeContact(account="corp", code="WC", text="欢迎")


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


@pytest.fixture
def crowd(shop: Installed) -> Crowd:
    return Crowd(shop=shop)


async def owe(shop: Installed, *actions: Remote) -> None:
    owing = ledger.Owing(inbox=1, event_id="E1", person=None, now_us=NOW_US)
    for action in actions:
        await shop.db.write(lambda tx, a=action: ledger.owe(tx, a, owing))  # type: ignore[misc]  # bound now


async def states(shop: Installed) -> dict[str, str]:
    return {row["kind"]: row["state"] for row in await shop.rows("SELECT kind, state FROM effect")}


def rejected() -> float:
    return float(metrics.FENCE_REJECTED._value.get())


async def taken_over(crowd: Crowd, stale: Process) -> Process:
    """Pause a process for a minute; another one settles what it had and carries it out."""
    other = await crowd.join()
    await crowd.sleep(60, stale)
    await other.sweep.orphans()
    await other.perform_due()
    return other


async def test_a_process_paused_for_a_minute_sends_nothing_that_was_taken_over(
    shop: Installed, crowd: Crowd
) -> None:
    stale = await crowd.join()
    await owe(shop, WELCOME, REMARK, SEND)
    rows = await stale.performer.claim(10, (0, 9))
    await taken_over(crowd, stale)
    before = rejected()
    for row in rows:
        assert (await stale.performer.perform(row)).tried is False
    assert rejected() == before + 3
    assert await states(shop) == {
        "wecom_welcome": "done", "wecom_remark": "done", "oa_send": "unknown",
    }  # fmt: skip
    assert len(shop.platform.to("send_welcome_msg")) == 1
    assert len(shop.platform.to("remark")) == 1
    assert shop.platform.to("message/custom/send") == []


async def test_a_process_paused_right_before_the_bytes_leave_sends_none(
    shop: Installed, crowd: Crowd
) -> None:
    stale = await crowd.join()
    await owe(shop, REMARK)
    (row,) = await stale.performer.claim(1, (0, 9))

    def paused(_asked: Asked) -> Answer:
        stale.hand.move(60)
        return fine(access_token="T", expires_in=7200)

    shop.platform.answers["gettoken"] = paused
    assert (await stale.performer.perform(row)).tried is False
    assert shop.platform.to("remark") == []
    assert await shop.one("SELECT attempts FROM effect") == 0


async def test_the_outcome_of_a_process_that_lost_its_effect_is_thrown_away(
    shop: Installed, crowd: Crowd
) -> None:
    stale = await crowd.join()
    await owe(shop, REMARK)
    (row,) = await stale.performer.claim(1, (0, 9))
    await taken_over(crowd, stale)
    stale.hand.move(-60)  # a process that does not know how long it was paused
    before = rejected()
    assert (await stale.performer.perform(row)).state is State.DONE
    assert rejected() == before + 1
    assert len(await shop.rows("SELECT id FROM attempt WHERE phase = 'answered'")) == 2
    assert await shop.one("SELECT fence FROM effect") == 2


async def test_a_process_that_comes_back_enters_under_a_new_name_and_works_on(
    shop: Installed, crowd: Crowd
) -> None:
    stale = await crowd.join()
    await owe(shop, REMARK)
    (row,) = await stale.performer.claim(1, (0, 9))
    old = stale.lease.id
    await crowd.sleep(60, stale)
    assert await stale.performer.claim(1, (0, 9)) == []
    await stale.lease.beat()
    assert stale.lease.id != old
    assert not stale.lease.covers(row["owner"])
    assert await stale.sweep.orphans() == 1  # its own, of before
    assert await stale.perform_due() == 1
    assert await shop.one("SELECT state FROM effect") == "done"


async def test_a_living_process_keeps_what_it_has_under_way(shop: Installed, crowd: Crowd) -> None:
    slow, other = await crowd.join(), await crowd.join()
    await owe(shop, SEND)
    (row,) = await slow.performer.claim(1, (0, 9))
    await crowd.sleep(300)
    assert await other.sweep.orphans() == 0
    assert (await slow.performer.perform(row)).state is State.DONE


async def test_no_call_is_begun_that_might_outlive_the_lease(shop: Installed, crowd: Crowd) -> None:
    one = await crowd.join()
    one.hand.move(LEASE_S - 8)
    assert one.lease.covers(one.lease.id)
    one.hand.move(0.1)
    assert not one.lease.covers(one.lease.id)
    await one.lease.beat()
    assert one.lease.covers(one.lease.id)


async def test_a_lease_lasts_twice_as_long_as_a_call_may_take(
    shop: Installed, crowd: Crowd
) -> None:
    lease = Lease(shop.db, "work", lease_s=5, call_s=30)
    await lease.enter()
    rows = await shop.rows("SELECT role, host, pid, until_us - started_us AS span FROM worker")
    assert rows[0]["role"] == "work"
    assert lease._lease_s == 60


class LateBeat(Lease):
    """One whose last beat has reached the database by the time it is told to end."""

    async def keep(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.05)
            stretch = "UPDATE worker SET until_us = until_us + 60000000 WHERE id = ?"
            await self._db.write(lambda tx: tx.run(stretch, self.id))


async def test_a_beat_that_is_on_its_way_does_not_outlive_its_process(shop: Installed) -> None:
    lease = LateBeat(shop.db, "serve")
    terms = Terms(lease=lease)
    performer = Performer(shop.db, shop.doors, shop.shop.clock, INSTANCE_KEY, terms)
    staffing = Staffing(
        db=shop.db, acceptor=shop.acceptor, decider=shop.worker._decider, performer=performer
    )
    worker = Worker(staffing, shop.shop.clock, shop.shop.times)
    await worker.recover()
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(0.05)
    await worker.stop()
    await running
    await asyncio.sleep(0.2)
    assert await shop.db.read(lambda tx: workers.others(tx, "")) == 0


async def test_who_enters_a_database_of_its_own_ends_every_other(shop: Installed) -> None:
    if not shop.db.alone:
        pytest.skip("only SQLite has one process")
    first, second = Lease(shop.db, "serve"), Lease(shop.db, "serve")
    await first.enter()
    assert await shop.db.read(lambda tx: workers.others(tx, "")) == 1
    await second.enter()
    assert await shop.db.read(lambda tx: workers.others(tx, second.id)) == 0
    await second.leave()
    assert await shop.db.read(lambda tx: workers.others(tx, "")) == 0


async def test_a_claim_whose_commit_was_not_heard_of_is_taken_back_untried(
    shop: Installed, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await crowd.join()
    await owe(shop, SEND)
    db = one.performer._db
    usual = db.write

    async def deaf(work: Work[object]) -> object:
        await usual(work)
        raise DatabaseTrouble("the connection broke after the commit")

    with monkeypatch.context() as patch:
        patch.setattr(db, "write", deaf)
        with pytest.raises(DatabaseTrouble):
            await one.performer.claim(1, (0, 9))
    assert await states(shop) == {"oa_send": "sending"}
    (row,) = await one.performer.claim(1, (0, 9))
    assert (row["attempts"], row["fence"]) == (1, 2)
    assert (await one.performer.perform(row)).state is State.DONE


async def test_twenty_starts_that_end_at_once_spend_no_try(shop: Installed) -> None:
    await owe(shop, SEND, REMARK, WELCOME)
    for _ in range(20):
        assert await shop.worker.recover() == 0
    assert await shop.one("SELECT sum(attempts) FROM effect") == 0
    await shop.perform_due()
    assert set((await states(shop)).values()) == {"done"}


async def running_elsewhere(pid: int, crowd: Crowd) -> str:
    """Enter a process that is not this one, on this machine; return its id."""
    entry = workers.Entry(
        id=f"W{pid}", host="here", machine=machine(), pid=pid, role="work",
    )  # fmt: skip
    db = Crowded(crowd.shop.db, crowd.hand)
    await db.write(lambda tx: workers.enter(tx, entry, 20_000_000, alone=False))
    return entry.id


def a_process() -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])


@pytest.mark.parametrize("reaped", [True, False])
async def test_a_process_killed_on_this_machine_is_not_waited_for(
    shop: Installed, crowd: Crowd, reaped: bool
) -> None:
    if not machine():
        pytest.skip("this machine does not tell who sees whose processes")
    one = await crowd.join()
    with a_process() as other:
        name = await running_elsewhere(other.pid, crowd)
        await owe(shop, REMARK)
        claim = Claim(limit=1, owner=name)
        await shop.db.write(lambda tx: claims.claim(tx, NOW_US, claim))
        await one.sweep.once()
        assert await states(shop) == {"wecom_remark": "sending"}
        other.kill()
        while not gone(other.pid):  # noqa: ASYNC110  (it dies within milliseconds)
            await asyncio.sleep(0.01)
        if reaped:
            other.wait()
        with capture_logs():
            await one.sweep.once()
        assert await states(shop) == {"wecom_remark": "ready"}


async def test_a_process_of_another_machine_is_waited_for(shop: Installed, crowd: Crowd) -> None:
    one = await crowd.join()
    name = await running_elsewhere(2**22 + 1, crowd)  # a pid that nobody has
    await shop.run("UPDATE worker SET machine = 'another' WHERE id = ?", name)
    await one.sweep.bury()
    db = Crowded(shop.db, crowd.hand)
    assert await db.read(lambda tx: workers.others(tx, one.lease.id)) == 1


async def count(tx: Tx) -> int:
    rows = await tx.all("SELECT id FROM worker")
    return len(rows)


async def test_rows_of_processes_that_ended_long_ago_are_cleared_away(
    shop: Installed, crowd: Crowd
) -> None:
    await crowd.join()
    crowd.hand.move(2 * 86_400)
    await crowd.join()
    assert await shop.db.read(count) == 1
