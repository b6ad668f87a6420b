"""Many decisions at once by two processes: a row once, a coupon once, a stock to its last."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.db import shelves
from bot.db.tx import Tx, Work
from bot.decide import Decider
from config.nouns import Campaign
from tests import servers
from tests.callbacks import said
from tests.crossings import processes
from tests.little_shop import NEWCOMER, NOW_US

PAIRS = 50


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What these tests make the program say is wanted by nobody."""
    with capture_logs():
        yield


@pytest.fixture(autouse=True)
def on_postgres(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every database is on the server, whatever the engine of this test run."""
    monkeypatch.setenv(servers.ENGINE, "postgres")
    servers.postgres()


async def test_rows_that_two_processes_decide_at_once_are_decided_once(tmp_path: Path) -> None:
    async with processes(tmp_path) as two:
        for number in range(PAIRS):
            await two.shop.deliver(said(f"fan{number}", "领券", number))
        deciders = [Decider(db, two.shop.shop) for db in (two.shop.db, two.other)]
        found = await asyncio.gather(
            *(one.decide(number, wait=True) for number in range(1, PAIRS + 1) for one in deciders)
        )
        assert sum(decided is not None for decided in found) == PAIRS
        assert await two.shop.one("SELECT count(*) FROM trace") == PAIRS
        assert await two.shop.one("SELECT count(*) FROM coupon_grant") == NEWCOMER.stock


@pytest.mark.parametrize(("stock", "wanted"), [(1, 64), (100, 500)])
async def test_a_stock_is_given_to_its_last_and_no_further(
    tmp_path: Path, stock: int, wanted: int
) -> None:
    campaign = Campaign(id="spring", name="春券", stock=stock, terms="满10减1")
    async with processes(tmp_path) as two:
        await two.shop.db.write(lambda tx: shelves.stock_generated(tx, campaign))
        dbs = (two.shop.db, two.other)
        got = await asyncio.gather(
            *(dbs[number % 2].write(claiming(campaign, f"P{number}")) for number in range(wanted))
        )
        assert sum(got) == stock
        assert await two.shop.one("SELECT count(DISTINCT coupon_id) FROM coupon_grant") == stock
        left = "SELECT count(*) FROM coupon WHERE campaign = 'spring' AND state <> 'granted'"
        assert await two.shop.one(left) == 0


def claiming(campaign: Campaign, person: str) -> Work[bool]:
    async def work(tx: Tx) -> bool:
        facts = await shelves.campaign_facts(tx, campaign, person)
        if facts.coupon:
            await shelves.claim(
                tx, campaign=campaign.id, person=person, ordinal=1, coupon=facts.coupon,
                inbox=1, at_us=NOW_US, expires_us=NOW_US * 2,
            )  # fmt: skip
        return facts.coupon > 0

    return work
