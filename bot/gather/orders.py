"""Reads what a member bought, and whose an order is that was just told."""

from dataclasses import dataclass
from datetime import timedelta

from bot.clock import micros_of, moment
from bot.db import orders
from bot.db.order import Order, Sums, fold, order_of
from bot.db.people import People
from bot.db.tx import Tx
from bot.events import Event, OrdersMoved, OrderTold
from bot.facts import Member, OrderFacts
from bot.gather.who import Who

_FRESH = timedelta(hours=48)  # tills tell at once or by night; what is older is history


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """The order an event tells of, as it stands with that; `person` is None while it waits."""

    order: Order
    person: str | None
    new: bool


async def bought(tx: Tx, instance_key: bytes, event: Event) -> Bought | None:
    """Return the order an event tells of, None when it tells of none."""
    if not isinstance(event, OrderTold):
        return None
    known = await orders.find(tx, event.source, event.order)
    order = fold(known.order if known else None, order_of(event, instance_key))
    return Bought(order=order, person=await orders.owner(tx, order.names), new=known is None)


async def buyer(
    tx: Tx, people: People, event: Event, order: Bought | None, now_us: int
) -> Who | None:
    """Return whom an event of orders is about, None when it is not about orders."""
    if isinstance(event, OrdersMoved):
        person = await _alive(tx, event.person)
        return Who(member=await people.member(tx, person, now_us))
    if order is None:
        return None
    member = await people.member(tx, order.person, now_us) if order.person else None
    return Who(member=member)


async def _alive(tx: Tx, person: str) -> str:
    row = await tx.one("SELECT coalesce(merged_into, id) AS id FROM person WHERE id = ?", person)
    return str(row["id"]) if row else person


async def follow(tx: Tx, event: Event, member: Member | None, now_us: int) -> None:
    """Let orders follow what was just learnt of a member; whoever else it concerns is told."""
    if member is not None and not isinstance(event, OrderTold):  # an order teaches no names
        changed = await orders.rematch(tx, member.id)
        await orders.tell_moved(tx, changed - {member.id}, now_us)


async def order_facts(
    tx: Tx, member: Member | None, order: Bought | None, now_us: int
) -> OrderFacts:
    """Return what the member bought, with the event's own order as it stands now."""
    if member is None:
        return OrderFacts(waiting=order is not None)
    if order is None:
        return _facts(await orders.sums(tx, member.id))
    aside = (order.order.source, order.order.number)
    found = await orders.sums(tx, member.id, but=aside)
    return _facts(found.plus(order.order), fresh=fresh(order, now_us))


def _facts(found: Sums, *, fresh: bool = False) -> OrderFacts:
    last = None if found.last_us is None else moment(found.last_us)
    return OrderFacts(count=found.count, spend_fen=found.spend_fen, last=last, fresh=fresh)


def fresh(order: Bought | None, now_us: int) -> bool:
    """Tell whether an order is heard of for the first time, within 48 hours of being paid."""
    if order is None or not order.new or not order.order.stands or order.order.paid_us is None:
        return False
    return now_us - order.order.paid_us < micros_of(_FRESH)
