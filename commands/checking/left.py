"""What a shop has left to give, and which rules were of use lately, as its database tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from bot.db import reading
from bot.db.location import Location
from bot.db.seats import pool_facts
from bot.db.tx import Tx
from bot.errors import DatabaseTrouble
from config.nouns import Content

UNUSED_DAYS = 30
_DAY_US = 86_400_000_000
_AT_ONCE = 2_000  # traces read into memory at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Coupon codes by campaign and seats by pool. `hit` are the rules that hit lately.

    `hit` is None when the traces are younger than that.
    """

    codes: Mapping[str, int] = field(default_factory=dict)
    seats: Mapping[str, int] = field(default_factory=dict)
    hit: frozenset[str] | None = None


def left_in(database: Location, content: Content, now_us: int, *, hits: bool) -> Left | None:
    """Ask the database, `hits` too where wanted; None when it is not there or cannot be read."""

    async def work(tx: Tx) -> Left:
        return Left(
            codes=await _codes(tx),
            seats={
                pool.id: sum(
                    max(one.group.capacity - one.members - one.held, 0)
                    for one in (await pool_facts(tx, pool, None, now_us)).groups
                    if one.state == "open" and not one.group.closed
                )
                for pool in content.pools.values()
            },
            hit=await _hit(tx, now_us) if hits else None,
        )

    try:
        return reading.ask(database, work) if reading.there(database) else None
    except DatabaseTrouble:
        return None  # what is wrong with it is told by who looks after it


async def _codes(tx: Tx) -> Mapping[str, int]:
    """Count the codes on each shelf; a campaign whose codes are all given counts 0."""
    rows = await tx.all(
        "SELECT campaign, sum(CASE WHEN state = 'shelf' THEN 1 ELSE 0 END) AS n"
        " FROM coupon GROUP BY campaign"
    )
    return {row["campaign"]: int(row["n"]) for row in rows}


async def _hit(tx: Tx, now_us: int) -> frozenset[str] | None:
    since = now_us - UNUSED_DAYS * _DAY_US
    if await tx.one("SELECT 1 AS found FROM trace WHERE at_us < ? LIMIT 1", since) is None:
        return None
    rules: set[str] = set()
    last = 0
    while rows := await tx.all(
        "SELECT id, body FROM trace WHERE id > ? AND at_us >= ? ORDER BY id LIMIT ?",
        last, since, _AT_ONCE,
    ):  # fmt: skip
        last = rows[-1]["id"]
        rules.update(hit["rule"] for row in rows for hit in orjson.loads(row["body"])["hits"])
    return frozenset(rules)
