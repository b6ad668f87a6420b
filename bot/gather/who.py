"""Finds the member an event is about: by a name, by what a name leads to, by what a till holds."""

from dataclasses import dataclass

from bot.db.merging import survivor
from bot.db.order import STRENGTH
from bot.db.people import Linked, People
from bot.db.tx import Tx
from bot.events import (
    AddFound,
    Alias,
    AliasKind,
    CouponOpened,
    Event,
    FollowFound,
    MemberJoined,
    MergeUndone,
    NamesTold,
    ProfileRead,
    RedeemAsked,
    RedeemUndone,
)
from bot.facts import Member, Passphrase
from bot.gather.coupon import presented
from bot.gather.proofs import Arrived, by_passphrase, by_token, group_called, token_of

_TELLS_UNIONID = (ProfileRead, MemberJoined, AddFound, FollowFound)


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """The member an event is about; `linked` is how a link was learnt just now, for the trace."""

    member: Member | None = None
    linked: str = ""
    passphrase: Passphrase | None = None


async def who_of(tx: Tx, arrived: Arrived) -> Who:
    """Return whom an event is about, made if need be, and linked by what it tells."""
    event, people, now_us = arrived.event, arrived.people, arrived.now_us
    match event:
        case RedeemAsked() | RedeemUndone() | CouponOpened():
            return Who(member=await _holder(tx, people, event, now_us))
        case NamesTold():
            return await _told(tx, arrived, event)
        case MergeUndone(merge=merge):
            keep = await survivor(tx, merge)
            return Who(member=await people.member(tx, keep, now_us) if keep else None)
    return Who() if event.who is None else await _known(tx, arrived, event.who)


async def _known(tx: Tx, arrived: Arrived, name: Alias) -> Who:
    event, people = arrived.event, arrived.people
    unionid = event.unionid if isinstance(event, _TELLS_UNIONID) else ""
    other = Alias(AliasKind.UNIONID, "", unionid) if unionid else None
    met, new = await people.meet(tx, name, arrived.now_us, known_as=other)
    linked, how, passphrase = Linked(person=met), "", None
    if other:
        cause, how = arrived.cause(other.kind), other.kind
        linked = await people.link(tx, met, other, cause, by=name)
    elif token := token_of(event):
        linked = await by_token(tx, arrived, met, token)
        how = "token" if linked.learnt else ""
    elif called := group_called(arrived.shop.content(), event):
        linked, passphrase = await by_passphrase(tx, arrived, met, called)
        how = "passphrase" if linked.learnt else ""
    member = await people.member(tx, linked.person, arrived.now_us, new=new)
    return Who(member=member, linked=how, passphrase=passphrase)


async def _told(tx: Tx, arrived: Arrived, event: NamesTold) -> Who:
    """Return the member of the strongest known name, with every other that may be theirs."""
    people = arrived.people
    names = sorted(dict.fromkeys(event.names), key=lambda name: STRENGTH.index(name.kind))
    if not names:
        return Who()
    by, cause = await people.anchor(tx, names), arrived.cause("told")
    person, new = await people.meet(tx, by, arrived.now_us)
    learnt = []
    for name in names:
        linked = await people.link(tx, person, name, cause, by=by, overrule=event.overrule)
        person = linked.person
        learnt += [name.kind] if linked.learnt else []
    member = await people.member(tx, person, arrived.now_us, new=new)
    return Who(member=member, linked="、".join(learnt))


async def _holder(tx: Tx, people: People, event: Event, now_us: int) -> Member | None:
    """Return the member whose coupon is presented."""
    row = await presented(tx, event)
    if row is None or row["person_id"] is None:
        return None
    return await people.member(tx, row["person_id"], now_us)
