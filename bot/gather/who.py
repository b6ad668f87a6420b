"""Finds the member an event is about: by a name, by what a name leads to, by what a till holds."""

from dataclasses import dataclass

from bot.db import shelves
from bot.db.people import People
from bot.db.tx import Tx
from bot.events import Alias, AliasKind, Event, MemberJoined, ProfileRead, RedeemAsked
from bot.facts import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """The member an event is about; `linked` is a kind of name learnt just now, for the trace."""

    member: Member | None = None
    linked: str = ""


async def who_of(tx: Tx, people: People, event: Event, now_us: int) -> Who:
    """Return whom an event is about, made if need be, and linked by what it tells."""
    if isinstance(event, RedeemAsked):
        return Who(member=await _holder(tx, people, event, now_us))
    if event.who is None:
        return Who()
    unionid = event.unionid if isinstance(event, ProfileRead | MemberJoined) else ""
    other = Alias(AliasKind.UNIONID, "", unionid) if unionid else None
    person, new = await people.meet(tx, event.who, now_us, known_as=other)
    linked = ""
    if other:
        person = await people.link(tx, person, other)
        linked = other.kind
    return Who(member=await people.member(tx, person, now_us, new=new), linked=linked)


async def _holder(tx: Tx, people: People, event: RedeemAsked, now_us: int) -> Member | None:
    """Return the member whose coupon a till presents."""
    row = await shelves.find_coupon(tx, event.code)
    if row is None or row["person_id"] is None:
        return None
    return await people.member(tx, row["person_id"], now_us)
