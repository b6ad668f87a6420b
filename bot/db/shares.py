"""Coupons of people who turn out to be one, or two: one slot, one live code, one redemption.

Of several grants in one slot the earliest stands, and the other codes become names of it: no code
that a customer has seen dies, and together they redeem once (DESIGN section 10). Which code stands
follows from the grants alone, so the order in which people were linked leaves no trace.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.db.tx import Row, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A grant with the slot that it or the code it is a name of fills."""

    id: int
    campaign: str
    person: str
    coupon: int
    slot: int
    granted_us: int
    ordinal: int | None
    same_as: int | None


async def shares_of(tx: Tx, person: str) -> Sequence[Share]:
    """Return every grant of a member, second names included."""
    rows = await tx.all(
        "SELECT g.id, g.campaign, g.person_id, g.coupon_id, g.granted_us, g.ordinal, g.same_as,"
        " coalesce(g.ordinal, r.ordinal) AS slot FROM coupon_grant g"
        " LEFT JOIN coupon_grant r ON r.coupon_id = g.same_as WHERE g.person_id = ? ORDER BY g.id",
        person,
    )
    return [
        Share(
            id=r["id"],
            campaign=r["campaign"],
            person=r["person_id"],
            coupon=r["coupon_id"],
            slot=r["slot"],
            granted_us=r["granted_us"],
            ordinal=r["ordinal"],
            same_as=r["same_as"],
        )
        for r in rows
    ]


async def arrange(tx: Tx, shares: Sequence[Share], owner: Mapping[int, str]) -> None:
    """Give each share to its owner, named by the share's id; whoever is not named keeps theirs.

    Repeating it changes nothing.
    """
    wanted = _arranged([replace(s, person=owner.get(s.id, s.person)) for s in shares])
    before = {share.id: share for share in shares}
    changed = [share for share in wanted if share != before[share.id]]
    for share in changed:  # out of everybody's way first: a slot holds one
        await tx.run("UPDATE coupon_grant SET ordinal = NULL WHERE id = ?", share.id)
    for share in changed:
        await tx.run(
            "UPDATE coupon_grant SET person_id = ?, ordinal = ?, same_as = ? WHERE id = ?",
            share.person, share.ordinal, share.same_as, share.id,
        )  # fmt: skip
    await _follow(tx, wanted)


def _arranged(shares: Iterable[Share]) -> Sequence[Share]:
    slots: dict[tuple[str, str, int], list[Share]] = defaultdict(list)
    for share in shares:
        slots[share.person, share.campaign, share.slot].append(share)
    found = []
    for together in slots.values():
        first, *others = sorted(together, key=lambda s: (s.granted_us, s.id))
        found.append(replace(first, ordinal=first.slot, same_as=None))
        found += [replace(s, ordinal=None, same_as=first.coupon) for s in others]
    return found


async def _follow(tx: Tx, shares: Sequence[Share]) -> None:
    """Let redemptions that stand follow the coupon they were made by to the code that stands.

    Spent under one name is spent under all; where several were, one counts and the others stay
    with their own code.
    """
    root = {s.coupon: s.same_as or s.coupon for s in shares}
    taken: set[int] = set()
    moves: dict[int, int] = {}
    for row in sorted(
        await _standing(tx, list(root)),
        key=lambda r: (r["own"] != root.get(r["own"]), r["at_us"], r["id"]),
    ):
        target = root.get(row["own"], row["own"])
        target = row["own"] if target in taken else target
        taken.add(target)
        if target != row["coupon_id"]:
            moves[row["id"]] = target
    for number in moves:  # two may change places: one coupon is spent once at any moment
        await tx.run("UPDATE redemption SET coupon_id = -id WHERE id = ?", number)
    for number, target in moves.items():
        await tx.run("UPDATE redemption SET coupon_id = ? WHERE id = ?", target, number)


async def _standing(tx: Tx, coupons: Sequence[int]) -> Sequence[Row]:
    found: list[Row] = []
    for coupon in coupons:
        found += await tx.all(
            "SELECT r.id, r.coupon_id, r.at_us, c.id AS own FROM redemption r"
            " JOIN coupon c ON c.code = r.code WHERE r.coupon_id = ? AND r.undone = 0",
            coupon,
        )
    return found
