"""Coupons claimed side by side: never more than the stock, never fewer, one for each member."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bot.db import shelves
from bot.db.location import Location, SqliteFile
from bot.db.opening import connected
from bot.db.schema import migrate
from bot.db.tx import Database, Tx
from bot.errors import Contended
from bot.facts import Campaign
from tests.drills.engines import POSTGRES, SQLITE
from tests.drills.figures import none_of, noted, together
from tests.drills.registry import Finding, Options, drill
from tests.little_shop import LAST_EGG

_ROUNDS, _CLAIMS, _TWINS = 1_000, 64, 50
_PROCESSES = 4
_NOW_US = 1_795_000_000_000_000
_ISSUED = "SELECT count(*) AS n FROM coupon_grant WHERE campaign = ?"


@drill("G6", "64 claims at once on a stock of 1, 1,000 rounds; one member 50 times at once")
async def claims(options: Options, home: Path) -> Finding:
    """Claim as decisions do, on each engine; a claim that met another one looks again."""
    rounds = max(1, round(_ROUNDS * min(options.scale, 1)))
    found = []
    for engine in (SQLITE, POSTGRES):
        async with _databases(engine, home) as dbs:
            found += [await _last_coupons(engine, dbs, rounds), await _one_member(engine, dbs)]
    return together(*found)


@asynccontextmanager
async def _databases(engine: str, home: Path) -> AsyncIterator[Sequence[Database]]:
    """Open one database as several processes do; SQLite has one."""
    place: Location = SqliteFile(path=home / "claims.db")
    if engine == POSTGRES:
        from tests.servers import postgres  # noqa: PLC0415  (needed here only)

        place = postgres().new()
    await migrate(place)
    async with AsyncExitStack() as stack:
        count = _PROCESSES if engine == POSTGRES else 1
        yield [await stack.enter_async_context(connected(place)) for _ in range(count)]


async def _last_coupons(engine: str, dbs: Sequence[Database], rounds: int) -> Finding:
    wrong = 0
    for number in range(rounds):
        campaign = _campaign(f"last-{number}", stock=1)
        await dbs[0].write(lambda tx, one=campaign: shelves.stock_generated(tx, one))  # type: ignore[misc]  # bound now
        won = await asyncio.gather(
            *(_claim(dbs[n % len(dbs)], campaign, f"P{n}") for n in range(_CLAIMS))
        )
        row = await dbs[0].read(lambda tx, one=campaign: tx.one(_ISSUED, one.id))  # type: ignore[misc]  # bound now
        wrong += sum(won) != 1 or row is None or row["n"] != 1
    return together(
        noted(f"{engine}: {rounds} rounds of {_CLAIMS} claims"),
        none_of("not issued exactly once", wrong),
    )


async def _one_member(engine: str, dbs: Sequence[Database]) -> Finding:
    campaign = _campaign("one-member", stock=_TWINS)
    await dbs[0].write(lambda tx: shelves.stock_generated(tx, campaign))
    won = await asyncio.gather(*(_claim(dbs[n % len(dbs)], campaign, "ada") for n in range(_TWINS)))
    return none_of(f"{engine}: beyond the one of a member", abs(sum(won) - 1))


async def _claim(db: Database, campaign: Campaign, person: str) -> bool:
    """Claim until it is given or there is none; tell which."""

    async def work(tx: Tx) -> bool:
        facts = await shelves.campaign_facts(tx, campaign, person)
        if facts.mine or not facts.coupon:
            return False
        await shelves.claim(
            tx, campaign=campaign.id, person=person, ordinal=1, coupon=facts.coupon, inbox=1,
            at_us=_NOW_US, expires_us=_NOW_US + 1,
        )  # fmt: skip
        return True

    while True:
        try:
            return await db.write(work)
        except Contended:
            continue


def _campaign(name: str, stock: int) -> Campaign:
    return replace(LAST_EGG, id=name, stock=stock)
