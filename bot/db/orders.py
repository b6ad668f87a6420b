"""Orders: kept as they stand, and found by their member, now or later.

An order belongs to the member of its strongest name that is known. It never merges anybody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.codec import event_to_json
from bot.db.inbox import Arrival, accept
from bot.db.order import Name, Order, Sums
from bot.db.tx import Row, Tx
from bot.events import OrdersMoved
from bot.ids import ulid

ACCOUNT = "orders"  # what has no source of its own is told under this name
LANE = 3  # a sheet of orders never holds up what customers wait for

_OWNER = (
    "SELECT a.person_id FROM order_name n JOIN alias a ON a.digest = n.digest"
    " WHERE n.order_id = o.id ORDER BY n.rank, n.id LIMIT 1"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An order in our tables, and whose it is; `person` is None while it waits."""

    id: int
    order: Order
    person: str | None


async def find(tx: Tx, source: str, number: str) -> Kept | None:
    """Return an order as we have it, or None."""
    row = await tx.one("SELECT * FROM shop_order WHERE source = ? AND number = ?", source, number)
    if row is None:
        return None
    names = await _names(tx, row["id"])
    return Kept(id=row["id"], order=_order(row, names), person=row["person_id"])


async def _names(tx: Tx, order: int) -> tuple[Name, ...]:
    rows = await tx.all(
        "SELECT digest, kind, rank FROM order_name WHERE order_id = ? ORDER BY rank, id", order
    )
    return tuple(Name(digest=r["digest"], kind=r["kind"], rank=r["rank"]) for r in rows)


def _order(row: Row, names: tuple[Name, ...]) -> Order:
    return Order(
        source=row["source"],
        number=row["number"],
        revision=row["revision"],
        state=row["state"],
        total_fen=row["total_fen"],
        refunded_fen=row["refunded_fen"],
        paid_us=row["paid_us"],
        paid_from=row["paid_from"],
        store=row["store"],
        store_from=row["store_from"],
        names=names,
        names_from=row["names_from"],
    )


async def owner(tx: Tx, names: Iterable[Name]) -> str | None:
    """Return the member of the strongest of these names that is known, or None."""
    for name in sorted(names, key=lambda one: one.rank):
        row = await tx.one("SELECT person_id FROM alias WHERE digest = ?", name.digest)
        if row is not None:
            return str(row["person_id"])
    return None


async def keep(tx: Tx, order: Order, *, person: str | None, inbox: int, at_us: int) -> None:
    """Write an order as it stands now, whole. Repeating it changes nothing."""
    row = await tx.one(
        "INSERT INTO shop_order(source, number, revision, state, total_fen, refunded_fen, paid_us,"
        " paid_from, store, store_from, names_from, person_id, inbox_id, told_us)"
        " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(source, number) DO UPDATE SET"
        " revision = excluded.revision, state = excluded.state, total_fen = excluded.total_fen,"
        " refunded_fen = excluded.refunded_fen, paid_us = excluded.paid_us,"
        " paid_from = excluded.paid_from, store = excluded.store,"
        " store_from = excluded.store_from, names_from = excluded.names_from,"
        " person_id = excluded.person_id, inbox_id = excluded.inbox_id RETURNING id",
        order.source, order.number, order.revision, order.state, order.total_fen,
        order.refunded_fen, order.paid_us, order.paid_from, order.store, order.store_from,
        order.names_from, person, inbox, at_us,
    )  # fmt: skip
    if row is None:
        raise RuntimeError("RETURNING returned nothing")
    await tx.run("DELETE FROM order_name WHERE order_id = ?", row["id"])
    for name in order.names:
        await tx.run(
            "INSERT INTO order_name(order_id, digest, kind, rank) VALUES(?,?,?,?)",
            row["id"], name.digest, name.kind, name.rank,
        )  # fmt: skip


async def rematch(tx: Tx, *persons: str) -> frozenset[str]:
    """Give each order that carries a name of these members to whom it belongs by now.

    Call it when a name became known, or moved to another member. Returns every member who got or
    lost an order by it. Repeating it changes nothing.
    """
    changed: set[str] = set()
    for person in persons:
        for row in await _misplaced(tx, person):
            await tx.run("UPDATE shop_order SET person_id = ? WHERE id = ?", row["due"], row["id"])
            changed |= {one for one in (row["was"], row["due"]) if one is not None}
    return frozenset(changed)


async def _misplaced(tx: Tx, person: str) -> Sequence[Row]:
    return await tx.all(
        "SELECT id, was, due FROM (SELECT o.id AS id, o.person_id AS was,"  # noqa: S608  (our own words)
        f" ({_OWNER}) AS due FROM shop_order o WHERE o.person_id = ? OR o.id IN"
        " (SELECT n.order_id FROM order_name n JOIN alias a ON a.digest = n.digest"
        "  WHERE a.person_id = ?)) AS each WHERE was IS DISTINCT FROM due ORDER BY id",
        person, person,
    )  # fmt: skip


async def tell_moved(tx: Tx, persons: Iterable[str], now_us: int) -> None:
    """Have each of these members looked at again: what they bought is not what it was."""
    for person in sorted(persons):
        event = OrdersMoved(account=ACCOUNT, person=person)
        arrival = Arrival(
            account=ACCOUNT,
            source="internal",
            dedupe=f"orders-moved:{ulid(now_us)}",  # it may happen to them any number of times
            kind=type(event).__name__,
            body=event_to_json(event),
            received_us=now_us,
            lane=LANE,
        )
        await accept(tx, arrival)


async def sums(tx: Tx, person: str, *, but: tuple[str, str] = ("", "")) -> Sums:
    """Return what a member's standing orders come to; the order `but` (source, number) aside."""
    row = await tx.one(
        "SELECT count(*) AS n, coalesce(sum(total_fen - refunded_fen), 0) AS fen,"
        " max(paid_us) AS last FROM shop_order"
        " WHERE person_id = ? AND state = 'paid' AND NOT (source = ? AND number = ?)",
        person, *but,
    )  # fmt: skip
    return Sums(count=row["n"], spend_fen=row["fen"], last_us=row["last"]) if row else Sums()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An order for a report: whose it is, "" while it waits, and by which kinds of names."""

    order: Order
    person: str
    told_us: int


async def listed(tx: Tx, limit: int, *, waiting: bool = False) -> Sequence[Listed]:
    """Return the orders heard of last, newest first; with `waiting`, those that have no member."""
    rows = await tx.all(
        "SELECT * FROM shop_order WHERE ? = 0 OR person_id IS NULL ORDER BY id DESC LIMIT ?",
        int(waiting), limit,
    )  # fmt: skip
    return [
        Listed(
            order=_order(row, await _names(tx, row["id"])),
            person=row["person_id"] or "",
            told_us=row["told_us"],
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many orders there are, how many of them wait for a member, how many are not read yet."""

    all: int
    waiting: int
    unread: int


async def counts(tx: Tx) -> Counts:
    """Return how many orders there are."""
    row = await tx.one(
        "SELECT count(*) AS n, count(*) - count(person_id) AS waiting, (SELECT count(*) FROM inbox"
        " WHERE state = 'new' AND kind = 'OrderTold') AS unread FROM shop_order"
    )
    if row is None:
        raise RuntimeError("count returned nothing")
    return Counts(all=row["n"], waiting=row["waiting"], unread=row["unread"])
