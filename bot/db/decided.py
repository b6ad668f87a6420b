"""Reads what was decided in a span of time: traces in their order, and what the books say of it."""

from collections.abc import Sequence

from bot.db.rule_hits import HIT
from bot.db.tx import Row, Tx

_MARKS = 400  # of one statement; SQLite takes 500 and more


async def traces(tx: Tx, *, after: int, since_us: int, until_us: int, limit: int) -> Sequence[Row]:
    """Return the next traces after the row `after`: `id person_id body at_us event_id account`."""
    return await tx.all(
        "SELECT t.id, t.person_id, t.body, t.at_us, i.event_id, i.account"
        " FROM trace t JOIN inbox i ON i.id = t.inbox_id"
        " WHERE t.id > ? AND t.at_us >= ? AND t.at_us < ? ORDER BY t.id LIMIT ?",
        after, since_us, until_us, limit,
    )  # fmt: skip


async def cleared(tx: Tx, since_us: int, until_us: int) -> int:
    """Return how many events were decided in the span whose traces are no longer kept."""
    row = await tx.one(
        "SELECT count(*) AS n FROM inbox i WHERE i.decided_us >= ? AND i.decided_us < ?"
        " AND NOT EXISTS (SELECT 1 FROM trace t WHERE t.inbox_id = i.id)",
        since_us, until_us,
    )  # fmt: skip
    return int(row["n"]) if row else 0


async def hits_of(tx: Tx, rules: Sequence[str], before_us: int) -> Sequence[Row]:
    """Return the counted hits of these rules before a moment: `rule person_id store chat at_us`."""
    found: list[Row] = []
    for start in range(0, len(rules), _MARKS):
        some = rules[start : start + _MARKS]
        marks = ", ".join("?" * len(some))
        found += await tx.all(
            "SELECT rule, person_id, store, chat, at_us FROM rule_hit"  # noqa: S608  (ours)
            f" WHERE op = ? AND at_us < ? AND rule IN ({marks}) ORDER BY at_us",
            HIT, before_us, *some,
        )  # fmt: skip
    return found


async def granted(tx: Tx, campaign: str, before_us: int) -> dict[str, int]:
    """Return how many shares of a campaign each member had before a moment."""
    rows = await tx.all(
        "SELECT person_id, count(*) AS n FROM coupon_grant"
        " WHERE campaign = ? AND granted_us < ? AND ordinal IS NOT NULL GROUP BY person_id",
        campaign, before_us,
    )  # fmt: skip
    return {row["person_id"]: int(row["n"]) for row in rows}


async def on_shelf(tx: Tx, campaign: str) -> int:
    """Return how many shares of a campaign are still to be given."""
    row = await tx.one(
        "SELECT count(*) AS n FROM coupon WHERE campaign = ? AND state = 'shelf'", campaign
    )
    return int(row["n"]) if row else 0


async def seated(tx: Tx, chats: Sequence[str], before_us: int) -> frozenset[str]:
    """Return the members who sit in one of these groups since before a moment."""
    found: set[str] = set()
    for chat in chats:
        rows = await tx.all(
            "SELECT person_id FROM seat"
            " WHERE chat = ? AND joined_us < ? AND left_us IS NULL AND person_id <> ''",
            chat, before_us,
        )  # fmt: skip
        found |= {row["person_id"] for row in rows}
    return frozenset(found)
