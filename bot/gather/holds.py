"""What a decision holds while it is made, so that no other process decides about the same.

On SQLite there is one writer and nothing to hold. On PostgreSQL two processes decide side by side:
whoever comes second waits for the first, then reads what the first left.
"""

from collections.abc import Iterator

from bot.db import orders
from bot.db.merging import hold_members, members_of
from bot.db.order import order_of
from bot.db.people import People, alias_digest
from bot.db.tx import Tx
from bot.errors import Contended
from bot.events import (
    ANSWERS,
    FOUND,
    AddFound,
    Alias,
    AliasKind,
    Event,
    FollowFound,
    MassAsked,
    MassDue,
    MassMade,
    MassNudged,
    MassRead,
    MassStopped,
    MemberJoined,
    MergeUndone,
    NamesTold,
    OrdersMoved,
    OrderTold,
    ProfileRead,
    ReconcileDue,
)
from bot.gather.coupon import presented

_TELLS_UNIONID = (ProfileRead, MemberJoined, AddFound, FollowFound)
_OF_MASSES = (MassAsked, MassMade, MassRead, MassDue, MassNudged, MassStopped)
_OF_COMPARING = (*ANSWERS, *FOUND, ReconcileDue)


async def hold(tx: Tx, people: People, instance_key: bytes, event: Event) -> None:
    """Hold what an event is about until the transaction ends: its names, then their members.

    Raises Contended when a name went over to another member while we waited.
    """
    await tx.lock(*_nouns(event), *(alias_digest(instance_key, name) for name in _names(event)))
    await tx.lock(*await _told_before(tx, event))
    before = await _members(tx, people, instance_key, event)
    await hold_members(tx, *before)
    if await _members(tx, people, instance_key, event) != before:
        raise Contended("a member became another while their turn was awaited")


async def hold_pools(tx: Tx, *pools: str) -> None:
    """Hold pools until the transaction ends: a seat is promised to one."""
    await tx.lock(*(f"pool:{pool}" for pool in pools))


def _nouns(event: Event) -> Iterator[str]:
    if chat := str(getattr(event, "chat", "")):
        yield f"chat:{chat}"
    if isinstance(event, OrderTold):
        yield f"order:{event.source}:{event.order}"
    if isinstance(event, _OF_MASSES):
        yield f"mass:{event.account}"
    if isinstance(event, _OF_COMPARING):
        yield f"comparison:{event.account}"


def _names(event: Event) -> tuple[Alias, ...]:
    names = event.names if isinstance(event, NamesTold | OrderTold) else ()
    if event.who is not None:
        names = (event.who, *names)
    if isinstance(event, _TELLS_UNIONID) and event.unionid:
        names = (*names, Alias(AliasKind.UNIONID, "", event.unionid))
    return tuple(dict.fromkeys(names))


async def _told_before(tx: Tx, event: Event) -> Iterator[str]:
    """Return the names, as digests, that an order has from earlier tellings."""
    if not isinstance(event, OrderTold):
        return iter(())
    known = await orders.find(tx, event.source, event.order)
    return (name.digest for name in (known.order.names if known else ()))


async def _members(tx: Tx, people: People, instance_key: bytes, event: Event) -> tuple[str, ...]:
    found = {await people.find(tx, name) for name in _names(event)}
    match event:
        case MergeUndone(merge=merge):
            found |= set(await members_of(tx, merge))
        case OrdersMoved(person=person):
            found.add(person)
        case OrderTold():
            known = await orders.find(tx, event.source, event.order)
            names = order_of(event, instance_key).names
            found |= {known.person if known else None, await orders.owner(tx, names)}
        case _:
            coupon = await presented(tx, event)
            found.add(coupon["person_id"] if coupon else None)
    return tuple(sorted(person for person in found if person))
