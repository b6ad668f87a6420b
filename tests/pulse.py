"""The pulse of an installation under test, and what Prometheus would see of it."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.db.identity import Answered
from bot.vitals import Body, Vitals
from tests.front import Client
from tests.promql import Scrape, scrape
from tests.rooms import Installed


def pulse(shop: Installed, home: Path, **changes: Any) -> Vitals:
    """Return the pulse of an installation whose gauges are read on its own connection."""
    body = Body(
        db=shop.db, look=shop.db.read, shop=shop.shop, home=home, able=shop.worker.able.is_set
    )
    return Vitals(replace(body, **changes), Answered())


async def scraped(client: Client, *, after_s: float = 0) -> Scrape:
    """Scrape /metrics, as it will be called so many seconds from now."""
    got = await client.get("/metrics")
    assert got.status == 200
    return scrape(await got.text(), time.time() + after_s)
