"""How the work stands, for metrics and for whoever watches: lags, counts, stock, what is shut.

Every question is led by an index, so that asking is cheap however much lies in the tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.actions import State
from bot.db.tx import Tx

_CLOSED = "closed:"  # as bot.db.blocks names what it remembers


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """An API of an account, or with `*` the whole account, that is closed until a moment."""

    account: str
    api: str
    until_us: int
    code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A campaign's coupon codes: how many are left on the shelf, and how many there ever were."""

    left: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges:
    """How the work stood at one moment. `next_deadline_us`: None while nothing owed has one.

    `rulesets`: by how many versions of the rules the living processes go. `rule_problems`: mistakes
    in the rule files, as the process that sees most of them sees them.
    """

    at_us: int
    lag_us: Mapping[int, int] = field(default_factory=dict)  # by lane, of rows that are due
    next_deadline_us: int | None = None
    effects: Mapping[str, int] = field(default_factory=dict)  # by state: owed, under way, unknown
    quarantined: int = 0
    closings: tuple[Closing, ...] = ()
    shelves: Mapping[str, Shelf] = field(default_factory=dict)
    paused: int = 0
    rulesets: int = 0
    rule_problems: int = 0


async def gauges(tx: Tx, now_us: int) -> Gauges:
    """Return how the work stands. Reads only."""
    rulesets, rule_problems = await _rules(tx)
    return Gauges(
        at_us=now_us,
        lag_us=await _lags(tx, now_us),
        next_deadline_us=await _next_deadline(tx),
        effects=await _unsettled(tx),
        quarantined=await _quarantined(tx),
        closings=await _closings(tx, now_us),
        shelves=await _shelves(tx),
        paused=await _paused(tx),
        rulesets=rulesets,
        rule_problems=rule_problems,
    )


async def _lags(tx: Tx, now_us: int) -> dict[int, int]:
    rows = await tx.all(
        "SELECT lane, min(CASE WHEN next_us > received_us THEN next_us ELSE received_us END) AS us"
        " FROM inbox WHERE state = 'new' AND next_us <= ? GROUP BY lane",
        now_us,
    )
    return {row["lane"]: max(0, now_us - row["us"]) for row in rows}


async def _next_deadline(tx: Tx) -> int | None:
    row = await tx.one(
        "SELECT deadline_us FROM effect WHERE state = ? AND deadline_us IS NOT NULL"
        " ORDER BY deadline_us LIMIT 1",
        State.READY,
    )
    return row["deadline_us"] if row else None


async def _unsettled(tx: Tx) -> dict[str, int]:
    open_states = (State.READY, State.SENDING, State.UNKNOWN)
    found = dict.fromkeys(map(str, open_states), 0)
    rows = await tx.all(
        "SELECT state, count(*) AS n FROM effect WHERE state IN (?, ?, ?) GROUP BY state",
        *open_states,
    )
    return found | {row["state"]: row["n"] for row in rows}


async def _quarantined(tx: Tx) -> int:
    row = await tx.one("SELECT count(*) AS n FROM inbox WHERE state = 'quarantined'")
    return int(row["n"]) if row else 0


async def _closings(tx: Tx, now_us: int) -> tuple[Closing, ...]:
    rows = await tx.all(
        "SELECT account, name, value FROM memory WHERE name LIKE ? AND value <> ''"
        " ORDER BY account, name",
        f"{_CLOSED}%",
    )
    found = []
    for row in rows:
        since_us, until_us, _, code = map(int, row["value"].split())
        if since_us <= now_us < until_us:
            api = row["name"].removeprefix(_CLOSED)
            found.append(Closing(account=row["account"], api=api, until_us=until_us, code=code))
    return tuple(found)


async def _shelves(tx: Tx) -> dict[str, Shelf]:
    rows = await tx.all(
        "SELECT campaign, count(*) AS size, sum(CASE WHEN state = 'shelf' THEN 1 ELSE 0 END) AS n"
        " FROM coupon WHERE state <> 'quarantined' GROUP BY campaign"
    )
    return {r["campaign"]: Shelf(left=int(r["n"]), size=int(r["size"])) for r in rows}


async def _paused(tx: Tx) -> int:
    row = await tx.one("SELECT count(*) AS n FROM pause")
    return int(row["n"]) if row else 0


async def _rules(tx: Tx) -> tuple[int, int]:
    row = await tx.one(
        "SELECT count(DISTINCT nullif(ruleset, '')) AS n, coalesce(max(rule_problems), 0) AS wrong"
        " FROM worker WHERE until_us > ?",
        await tx.clock_us(),
    )
    return (int(row["n"]), int(row["wrong"])) if row else (0, 0)
