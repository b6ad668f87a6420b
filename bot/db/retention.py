"""Clears away what is older than it is kept, a few hundred rows at a time, sort by sort.

How far each sort is cleared stands in a row of its own, so that a restart goes on where it was.
Once a week each sort is looked through anew, for what was not settled when its turn came.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from bot.db.tx import Row, Tx
from bot.db.veil import without_content, without_request

AT_ONCE = 500  # rows
_ROUND_US = 7 * 24 * 3_600 * 1_000_000
_SETTLED = "state IN ('done', 'failed', 'expired', 'skipped')"
_DECIDED = "state IN ('done', 'ignored')"
_OWES_NOTHING = "NOT EXISTS (SELECT 1 FROM effect e WHERE e.inbox_id = inbox.id)"
_OVER = (
    "NOT EXISTS (SELECT 1 FROM effect e WHERE e.id = attempt.effect_id"
    " AND e.state IN ('ready', 'sending', 'unknown'))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """For how long what is kept, in microseconds (docs/reference/settings.md)."""

    bodies_us: int
    requests_us: int
    traces_us: int
    dedupe_us: int
    ledger_us: int

    @property
    def arrivals_us(self) -> int:
        """For how long a callback that led to nothing is known again: as long as any of it is."""
        return max(self.dedupe_us, self.bodies_us, self.traces_us)

    @property
    def books_us(self) -> int:
        """For how long the books are kept: never shorter than what they are about."""
        return max(self.ledger_us, self.arrivals_us, self.requests_us)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """One sort of rows that grow old: `content` of them is emptied, else they go whole."""

    name: str
    table: str
    aged: str
    kept: Callable[[Keeping], int]
    where: str = "1 = 1"
    content: bool = False


# What goes whole comes after what refers to it.
SORTS = (
    Sort(
        name="bodies", table="inbox", aged="received_us", kept=lambda k: k.bodies_us,
        where=_DECIDED, content=True,
    ),
    Sort(
        name="quarantined", table="inbox", aged="received_us", kept=lambda k: k.requests_us,
        where="state = 'quarantined'", content=True,
    ),
    Sort(
        name="requests", table="effect", aged="created_us", kept=lambda k: k.requests_us,
        where=_SETTLED, content=True,
    ),
    Sort(
        name="attempts", table="attempt", aged="began_us", kept=lambda k: k.requests_us,
        where=_OVER,
    ),
    Sort(name="refusals", table="refusal", aged="last_us", kept=lambda k: k.requests_us),
    Sort(name="phrases", table="gap", aged="at_us", kept=lambda k: k.traces_us),
    Sort(name="traces", table="trace", aged="at_us", kept=lambda k: k.traces_us),
    Sort(name="rule_hits", table="rule_hit", aged="at_us", kept=lambda k: k.books_us),
    Sort(name="links", table="link_token", aged="expires_us", kept=lambda k: k.bodies_us),
    Sort(
        name="arrivals", table="inbox", aged="received_us", kept=lambda k: k.arrivals_us,
        where=f"source = 'callback' AND {_DECIDED} AND {_OWES_NOTHING}",
    ),
    Sort(
        name="effects", table="effect", aged="created_us", kept=lambda k: k.books_us,
        where=_SETTLED,
    ),
    Sort(
        name="events", table="inbox", aged="received_us", kept=lambda k: k.books_us,
        where=f"{_DECIDED} AND {_OWES_NOTHING}",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """What one slice did. `more`: there is older to look at, so that the sort's turn goes on."""

    gone: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one sort stands: how many rows are gone, and since when what is left was kept."""

    name: str
    gone: int
    kept_since_us: int | None
    at_us: int


async def clear(
    tx: Tx, sort: Sort, keeping: Keeping, *, instance_key: bytes, now_us: int,
    limit: int = AT_ONCE,
) -> Cleared:  # fmt: skip
    """Clear the next slice of a sort, at most `limit` rows. Repeating it is safe."""
    upto, round_us = await _begun(tx, sort, now_us)
    rows = await tx.all(
        f"SELECT id, {sort.aged} AS aged FROM {sort.table} WHERE id > ? ORDER BY id LIMIT ?",  # noqa: S608  (ours)
        upto, limit,
    )  # fmt: skip
    before_us = now_us - sort.kept(keeping)
    old = [*takewhile(lambda row: row["aged"] is None or row["aged"] < before_us, rows)]
    if not old:
        kept_us = rows[0]["aged"] if rows else None
        anew = now_us - round_us >= _ROUND_US
        await tx.run(
            "UPDATE clearing SET kept_since_us = ?, at_us = ?, upto = ?, round_us = ?"
            " WHERE name = ?",
            kept_us, now_us, 0 if anew else upto, now_us if anew else round_us, sort.name,
        )  # fmt: skip
        return Cleared(gone=0, more=False)
    last = int(old[-1]["id"])
    gone = await _clear(tx, sort, instance_key, (upto, last))
    await tx.run(
        "UPDATE clearing SET upto = ?, gone = clearing.gone + ?, kept_since_us = ?, at_us = ?"
        " WHERE name = ?",
        last, gone, old[-1]["aged"], now_us, sort.name,
    )  # fmt: skip
    return Cleared(gone=gone, more=True)


async def _begun(tx: Tx, sort: Sort, now_us: int) -> tuple[int, int]:
    await tx.run(
        "INSERT INTO clearing(name, round_us) VALUES(?,?) ON CONFLICT(name) DO NOTHING",
        sort.name, now_us,
    )  # fmt: skip
    row = await tx.one("SELECT upto, round_us FROM clearing WHERE name = ?", sort.name)
    return (int(row["upto"]), int(row["round_us"])) if row else (0, now_us)


async def _clear(tx: Tx, sort: Sort, instance_key: bytes, within: tuple[int, int]) -> int:
    if not sort.content:
        return await tx.run(
            f"DELETE FROM {sort.table} WHERE id > ? AND id <= ? AND {sort.where}",  # noqa: S608  (ours)
            *within,
        )
    rows = await tx.all(
        f"SELECT id, body FROM {sort.table} WHERE id > ? AND id <= ? AND {sort.where}",  # noqa: S608  (ours)
        *within,
    )
    empty = _EMPTY[sort.table]
    return sum([await empty(tx, row, instance_key) for row in rows])


async def _empty_message(tx: Tx, row: Row, instance_key: bytes) -> int:
    body = bytes(row["body"])
    left = without_content(instance_key, body)
    if left == body:
        return 0
    return await tx.run("UPDATE inbox SET body = ?, answer = NULL WHERE id = ?", left, row["id"])


async def _empty_request(tx: Tx, row: Row, instance_key: bytes) -> int:
    left = without_request(instance_key, row["body"])
    if left == row["body"]:
        return 0
    return await tx.run("UPDATE effect SET body = ? WHERE id = ?", left, row["id"])


_EMPTY: Mapping[str, Callable[[Tx, Row, bytes], Awaitable[int]]] = {
    "inbox": _empty_message,
    "effect": _empty_request,
}


async def customers_wait(tx: Tx, now_us: int) -> bool:
    """Tell whether something of the first two lanes waits to be decided or sent just now."""
    row = await tx.one(
        "SELECT 1 AS found FROM inbox WHERE state = 'new' AND lane IN (0, 1) AND next_us <= ?"
        " UNION ALL SELECT 1 FROM effect WHERE state = 'ready' AND lane IN (0, 1) AND next_us <= ?"
        " LIMIT 1",
        now_us, now_us,
    )  # fmt: skip
    return row is not None


async def standings(tx: Tx) -> Sequence[Standing]:
    """Return how each sort stands; none before the first look."""
    return [
        Standing(
            name=row["name"],
            gone=row["gone"],
            kept_since_us=row["kept_since_us"],
            at_us=row["at_us"],
        )
        for row in await tx.all("SELECT * FROM clearing ORDER BY id")
    ]
