"""What a store's employees ask about their day: who came, what was given, what waits.

Times are UTC microseconds. Of members only the tail of the id leaves.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.clock import moment
from bot.db.tx import Row, Tx, Value
from bot.facts import Newcomer, Tally, Unsaid

_SHOWN = 20
_TAIL = 4  # of a ULID: random, and enough to find the member by
_CAME = (
    " FROM tag t JOIN person p ON p.id = t.person_id AND p.store = ?"
    " WHERE t.name = ? AND t.op = 'add' AND t.at_us >= ? AND t.at_us < ?"
)
_WITHOUT = (
    " AND NOT EXISTS (SELECT 1 FROM coupon_grant g WHERE g.person_id = t.person_id"
    " AND (g.campaign = ? OR ? = ''))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The day `[since, until)` of one store.

    Whoever comes gets the tag `tag`, and one that begins with `source` and names the entry code.
    `campaign` is what newcomers get; "" = anything.
    """

    store: str
    since: int
    until: int
    tag: str
    source: str
    campaign: str

    @property
    def visits(self) -> tuple[Value, ...]:
        """Return what the statement of visits asks for, in its order."""
        return (self.store, self.tag, self.since, self.until)


async def came(tx: Tx, day: Day) -> int:
    """Count the store's members who came by a code of the store."""
    row = await tx.one(f"SELECT count(DISTINCT t.person_id) AS n{_CAME}", *day.visits)
    return int(row["n"]) if row else 0


async def unclaimed(tx: Tx, day: Day) -> int:
    """Count those who came and hold nothing of the day's campaign."""
    row = await tx.one(
        f"SELECT count(DISTINCT t.person_id) AS n{_CAME}{_WITHOUT}",
        *day.visits, day.campaign, day.campaign,
    )  # fmt: skip
    return int(row["n"]) if row else 0


async def newcomers(tx: Tx, day: Day) -> tuple[Newcomer, ...]:
    """Return the first 20 of `unclaimed`, each with the entry code they came by."""
    rows = await tx.all(
        "SELECT f.person_id, f.at_us, i.account, coalesce((SELECT max(c.name) FROM tag c"  # noqa: S608  (ours)
        " WHERE c.inbox_id = f.inbox_id AND c.person_id = f.person_id AND c.op = 'add'"
        " AND substr(c.name, 1, ?) = ?), '') AS source"
        " FROM (SELECT t.person_id, min(t.at_us) AS at_us, min(t.inbox_id) AS inbox_id"
        f"{_CAME}{_WITHOUT} GROUP BY t.person_id) f JOIN inbox i ON i.id = f.inbox_id"
        " ORDER BY f.at_us, f.person_id LIMIT ?",
        len(day.source), day.source, *day.visits, day.campaign, day.campaign, _SHOWN,
    )  # fmt: skip
    return tuple(
        Newcomer(
            tail=r["person_id"][-_TAIL:],
            at=moment(r["at_us"]),
            key=r["source"][len(day.source) :],
            account=r["account"],
        )
        for r in rows
    )


async def tallies(tx: Tx, day: Day) -> tuple[Tally, ...]:
    """Return the day's coupons by campaign; what was taken back at the till does not count."""
    given = await _counted(
        tx, day,
        "SELECT g.campaign, count(*) AS n FROM coupon_grant g JOIN person p ON p.id = g.person_id"
        " WHERE g.granted_us >= ? AND g.granted_us < ? AND p.store = ? AND g.ordinal IS NOT NULL"
        " GROUP BY g.campaign",
    )  # fmt: skip
    redeemed = await _counted(
        tx, day,
        "SELECT c.campaign, count(*) AS n FROM redemption r JOIN coupon c ON c.id = r.coupon_id"
        " WHERE r.at_us >= ? AND r.at_us < ? AND r.store = ? AND r.undone = 0 GROUP BY c.campaign",
    )  # fmt: skip
    return tuple(
        Tally(campaign=one, given=given.get(one, 0), redeemed=redeemed.get(one, 0))
        for one in sorted(given.keys() | redeemed.keys())
    )


async def _counted(tx: Tx, day: Day, sql: str) -> dict[str, int]:
    rows = await tx.all(sql, day.since, day.until, day.store)
    return {r["campaign"]: r["n"] for r in rows}


async def unsaid(tx: Tx, staff: Iterable[str], since_us: int) -> tuple[Unsaid, ...]:
    """Return the open proposals made since a moment that wait for these employees.

    The oldest first, at most 20.
    """
    found: list[Row] = []
    for userid in staff:
        found += await tx.all(
            "SELECT chat, staff, person_id, at_us FROM proposal WHERE state = 'open' AND staff = ?"
            " AND at_us > ? ORDER BY id LIMIT ?",
            userid, since_us, _SHOWN,
        )  # fmt: skip
    waiting = [
        Unsaid(
            chat=r["chat"], staff=r["staff"], tail=r["person_id"][-_TAIL:], at=moment(r["at_us"])
        )
        for r in found
    ]
    return tuple(sorted(waiting, key=lambda one: one.at)[:_SHOWN])


async def contacts(tx: Tx, staff: Iterable[str], day: Day) -> dict[str, int]:
    """Count, for each of these employees, the customers who became their friends and still are."""
    counts = {}
    for userid in staff:
        row = await tx.one(
            "SELECT count(*) AS n FROM reach WHERE staff = ? AND changed_us >= ?"
            " AND changed_us < ? AND is_on = 1",
            userid, day.since, day.until,
        )  # fmt: skip
        if row and row["n"]:
            counts[userid] = int(row["n"])
    return counts
