"""Processes side by side on PostgreSQL: nothing decided twice, no order under way twice."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.actions import Label, Receipt, State
from bot.db import claims, inbox, ledger
from bot.db.claims import Claim
from bot.db.location import Postgres
from bot.db.opening import connected
from bot.db.tx import Database, Row, Tx
from bot.lease import Lease
from tests import servers
from tests.callbacks import said
from tests.little_shop import NOW_US
from tests.rooms import Installed, installed

WORKERS, ORDERS, EACH = 4, 10, 6


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What these tests make the program say is wanted by nobody."""
    with capture_logs():
        yield


@pytest.fixture
def place() -> Postgres:
    return servers.postgres().migrated()


@pytest.fixture
async def dbs(place: Postgres) -> AsyncIterator[list[Database]]:
    """The connections of several processes to one database."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(connected(place)) for _ in range(WORKERS)]


@pytest.fixture
async def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Installed]:
    monkeypatch.setenv(servers.ENGINE, "postgres")
    servers.postgres()
    async with installed(tmp_path) as one:
        yield one


async def owe_labels(db: Database) -> None:
    async def work(tx: Tx) -> None:
        for number in range(ORDERS * EACH):
            label = Label(
                account="corp", member=f"m{number % ORDERS}", staff="bo", add=(f"标签{number}",)
            )
            owing = ledger.Owing(inbox=1, event_id=f"E{number}", person=None, now_us=NOW_US)
            await ledger.owe(tx, label, owing)

    await db.write(work)


class Watch:
    """Notes which orders are under way, and that none is twice."""

    def __init__(self) -> None:
        self.orders: set[str] = set()
        self.begun: list[int] = []

    def begin(self, row: Row) -> None:
        """Note that an effect was begun."""
        assert row["order_key"] not in self.orders
        self.orders.add(row["order_key"])
        self.begun.append(row["id"])

    def end(self, row: Row) -> None:
        """Note that an effect is no more under way; before that is written down."""
        self.orders.remove(row["order_key"])


async def work_off(db: Database, watch: Watch) -> None:
    idle = 0
    while idle < 5:
        rows = await db.write(lambda tx: claims.claim(tx, NOW_US, Claim(limit=3, owner="me")))
        idle = 0 if rows else idle + 1
        for row in rows:
            watch.begin(row)
        await asyncio.sleep(0.001)
        for row in rows:
            watch.end(row)
            done = Receipt(state=State.DONE)
            await db.write(lambda tx, r=row, d=done: ledger.settle(tx, r, d, NOW_US))  # type: ignore[misc]  # bound now


async def test_two_of_one_order_are_never_under_way_whoever_claims(dbs: list[Database]) -> None:
    await owe_labels(dbs[0])
    watch = Watch()
    await asyncio.gather(*(work_off(db, watch) for db in dbs for _ in range(2)))
    assert sorted(watch.begun) == sorted(set(watch.begun))
    assert len(watch.begun) == ORDERS * EACH
    for order in range(ORDERS):  # oldest first
        mine = [one for one in watch.begun if (one - 1) % ORDERS == order]
        assert mine == sorted(mine)


async def test_a_lease_goes_by_the_servers_clock_and_is_extended_by_beats(
    dbs: list[Database],
) -> None:
    one, other = Lease(dbs[0], "work"), Lease(dbs[1], "work")
    await one.enter()
    await other.enter()
    assert one.covers(one.id)
    rows = await dbs[2].read(lambda tx: tx.all("SELECT id FROM worker WHERE until_us > 0"))
    assert {row["id"] for row in rows} == {one.id, other.id}
    await dbs[2].write(lambda tx: tx.run("UPDATE worker SET until_us = 1 WHERE id = ?", one.id))
    before = one.id
    await one.beat()
    assert one.id != before
    assert one.covers(one.id)
    assert not one.covers(before)


async def test_a_row_that_is_being_decided_is_left_to_whoever_decides_it(
    shop: Installed,
) -> None:
    accepted = await shop.deliver(said("ada", "领券", 1))
    held, going = asyncio.Event(), asyncio.Event()

    async def deciding(tx: Tx) -> None:
        assert await inbox.take(tx, accepted.id)
        held.set()
        await going.wait()

    other = asyncio.ensure_future(shop.db.write(deciding))
    await held.wait()
    assert await shop.decider.decide(accepted.id) is None
    undisturbed = await shop.db.write(
        lambda tx: inbox.waiting(tx, NOW_US * 2, 10, undisturbed=True)
    )
    assert list(undisturbed) == []
    going.set()
    await other
    assert await shop.decider.decide(accepted.id) is not None


async def test_a_delivery_whose_first_copy_is_being_decided_shares_its_answer(
    shop: Installed,
) -> None:
    first = await shop.deliver(said("ada", "领券", 1))
    again = await shop.deliver(said("ada", "领券", 1))
    one, two = await asyncio.gather(shop.worker.answer(first), shop.worker.answer(again))
    assert one == two
    assert one is not None
    assert await shop.one("SELECT count(*) FROM coupon_grant") == 1


async def test_a_delivery_whose_first_copy_died_undecided_resumes_it(shop: Installed) -> None:
    first = await shop.deliver(said("ada", "领券", 1))
    held = asyncio.Event()

    async def dying(tx: Tx) -> None:
        assert await inbox.take(tx, first.id)
        held.set()
        await asyncio.sleep(0.2)
        raise ConnectionError("the process is no more")

    other = asyncio.ensure_future(shop.db.write(dying))
    await held.wait()
    again = await shop.deliver(said("ada", "领券", 1))
    assert again.duplicate
    assert await shop.worker.answer(again) is not None
    await asyncio.gather(other, return_exceptions=True)
    assert await shop.one("SELECT state FROM inbox") == "done"
