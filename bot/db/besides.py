"""Reads what is kept of a member besides what they said, were given and were sent.

What is counted, how conversations stand, what was undone, what only a comparison told.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.db import erasing
from bot.db.reports import Owed, owed_of
from bot.db.tx import Row, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A hit of a rule, or a meeting with it, kept to be counted for the rule's limits."""

    rule: str
    op: str
    store: str
    chat: str
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Talked:
    """A conversation in customer service, as it stands."""

    account: str
    kf: str
    state: str
    sent: int
    spoke_us: int | None
    staff_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A link made for the member to prove who they are; what it holds is not kept."""

    account: str
    made_us: int
    expires_us: int
    used_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A coupon that was taken in and given back."""

    code: str
    store: str
    at_us: int
    undone_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """Something of the member that only a comparison with the platform told."""

    account: str
    part: str
    what: str
    happened_us: int | None
    found_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Besides:
    """All of that, the oldest first."""

    counted: tuple[Counted, ...]
    talks: tuple[Talked, ...]
    links: tuple[Linked, ...]
    returned: tuple[Returned, ...]
    noticed: tuple[Noticed, ...]
    owed: tuple[Owed, ...]  # to them, because of what happened to somebody else


async def of_member(tx: Tx, people: Sequence[str]) -> Besides:
    """Return it for a member who has these ids."""
    return Besides(
        counted=tuple(_counted(row) for row in await _of(tx, "rule_hit", people)),
        talks=tuple(_talk(row) for row in await _of(tx, "talk", people)),
        links=tuple(_link(row) for row in await _of(tx, "link_token", people)),
        returned=await _returned(tx, people),
        noticed=await _noticed(tx, people),
        owed=await _owed(tx, people),
    )


async def _of(tx: Tx, table: str, people: Sequence[str]) -> Sequence[Row]:
    places = ",".join("?" * len(people))
    return await tx.all(
        f"SELECT * FROM {table} WHERE person_id IN ({places}) ORDER BY id",  # noqa: S608  (ours)
        *people,
    )


def _counted(row: Row) -> Counted:
    return Counted(
        rule=row["rule"],
        op=row["op"],
        store=row["store"],
        chat=row["chat"],
        at_us=row["at_us"],
    )


def _talk(row: Row) -> Talked:
    return Talked(
        account=row["account"],
        kf=row["kf"],
        state=row["state"],
        sent=row["sent"],
        spoke_us=row["spoke_us"],
        staff_us=row["staff_us"],
    )


def _link(row: Row) -> Linked:
    return Linked(
        account=row["account"],
        made_us=row["made_us"],
        expires_us=row["expires_us"],
        used_us=row["used_us"],
    )


async def _returned(tx: Tx, people: Sequence[str]) -> tuple[Returned, ...]:
    places = ",".join("?" * len(people))
    rows = await tx.all(
        "SELECT r.code, r.store, r.at_us, r.undone_us FROM redemption r"  # noqa: S608  (marks)
        " JOIN coupon_grant g ON g.coupon_id = r.coupon_id"
        f" WHERE r.undone <> 0 AND g.person_id IN ({places}) ORDER BY r.id",
        *people,
    )
    return tuple(
        Returned(code=r["code"], store=r["store"], at_us=r["at_us"], undone_us=r["undone_us"])
        for r in rows
    )


async def _noticed(tx: Tx, people: Sequence[str]) -> tuple[Noticed, ...]:
    names = sorted(await erasing.names_of(tx, people))
    ours, theirs = ",".join("?" * len(people)), ",".join("?" * len(names)) or "NULL"
    rows = await tx.all(
        "SELECT account, part, what, happened_us, found_us FROM gap_found"  # noqa: S608  (marks)
        f" WHERE person_id IN ({ours}) OR member IN ({theirs}) ORDER BY id",
        *people, *names,
    )  # fmt: skip
    return tuple(
        Noticed(
            account=row["account"],
            part=row["part"],
            what=row["what"],
            happened_us=row["happened_us"],
            found_us=row["found_us"],
        )
        for row in rows
    )


async def _owed(tx: Tx, people: Sequence[str]) -> tuple[Owed, ...]:
    places = ",".join("?" * len(people))
    rows = await tx.all(
        "SELECT e.*, i.event_id FROM effect e JOIN inbox i ON i.id = e.inbox_id"  # noqa: S608  (marks)
        f" WHERE e.person_id IN ({places}) AND coalesce(i.person_id, '') NOT IN ({places})"
        " ORDER BY e.id",
        *people, *people,
    )  # fmt: skip
    return tuple(owed_of(row) for row in rows)
