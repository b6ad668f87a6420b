"""Reads everything kept of one member, through everybody found to be them, and of nobody else.

Employees are left out: who served, who redeemed, whose words an employee should say.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.db import besides, erasing, owned
from bot.db.besides import Besides
from bot.db.merged import Merged, merges
from bot.db.stories import Biography, Happening, biography, happenings
from bot.db.tx import Row, Tx

_MOST_MERGES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TagLine:
    """One line of the tag journal: a tag put on or taken off."""

    name: str
    value: str
    op: str
    at_us: int
    expires_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way by which the member can or could be reached."""

    account: str
    channel: str
    address: str
    on: bool
    spoke_us: int | None
    changed_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """An order as it stands."""

    source: str
    number: str
    state: str
    total_fen: int
    refunded_fen: int
    store: str
    paid_us: int | None
    told_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """Words that an employee should say to the member in a group."""

    chat: str
    text: str
    state: str
    at_us: int
    done_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Massed:
    """A mass message that was meant for the member, and what became of it."""

    mass: str
    letter: str  # JSON
    state: str
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The way into a group that the member was shown."""

    pool: str
    chat: str
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words of the member that no rule knew."""

    text: str
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything kept of one member."""

    member: Biography
    people: tuple[str, ...]
    tags: tuple[TagLine, ...]
    ways: tuple[Way, ...]
    orders: tuple[Bought, ...]
    proposals: tuple[Proposed, ...]
    masses: tuple[Massed, ...]
    shown: tuple[Shown, ...]
    phrases: tuple[Phrase, ...]
    besides: Besides
    merged: Sequence[Merged]
    happened: tuple[Happening, ...]


async def dossier(tx: Tx, person: str, now_us: int) -> Dossier:
    """Return everything kept of a member. Raises LookupError when there is no such member."""
    people = await erasing.halves_of(tx, person)
    happened = [one for half in people for one in await happenings(tx, half)]
    for row in await owned.undecided_of(tx, await erasing.names_of(tx, people)):
        if row["person_id"] not in people:
            happened += await happenings(tx, str(row["event_id"]))
    return Dossier(
        member=await biography(tx, person, now_us),
        people=people,
        tags=tuple(_tag(row) for row in await _of(tx, "tag", people)),
        ways=tuple(_way(row) for row in await _of(tx, "reach", people)),
        orders=tuple(_order(row) for row in await _of(tx, "shop_order", people)),
        proposals=tuple(_proposal(row) for row in await _of(tx, "proposal", people)),
        masses=await _masses(tx, people),
        shown=tuple(
            Shown(pool=row["pool"], chat=row["chat"], at_us=row["at_us"])
            for row in await _of(tx, "invite", people)
        ),
        phrases=tuple(
            Phrase(text=row["text"], at_us=row["at_us"]) for row in await _of(tx, "gap", people)
        ),
        besides=await besides.of_member(tx, people),
        merged=await merges(tx, _MOST_MERGES, person),
        happened=tuple(sorted(happened, key=lambda one: one.happened_us)),
    )


async def _of(tx: Tx, table: str, people: Sequence[str]) -> Sequence[Row]:
    places = ",".join("?" * len(people))
    return await tx.all(
        f"SELECT * FROM {table} WHERE person_id IN ({places}) ORDER BY id",  # noqa: S608  (ours)
        *people,
    )


def _tag(row: Row) -> TagLine:
    return TagLine(
        name=row["name"],
        value=row["value"],
        op=row["op"],
        at_us=row["at_us"],
        expires_us=row["expires_us"],
    )


def _way(row: Row) -> Way:
    return Way(
        account=row["account"],
        channel=row["channel"],
        address=row["address"],
        on=bool(row["is_on"]),
        spoke_us=row["spoke_us"],
        changed_us=row["changed_us"],
    )


def _order(row: Row) -> Bought:
    return Bought(
        source=row["source"],
        number=row["number"],
        state=row["state"],
        total_fen=row["total_fen"],
        refunded_fen=row["refunded_fen"],
        store=row["store"],
        paid_us=row["paid_us"],
        told_us=row["told_us"],
    )


def _proposal(row: Row) -> Proposed:
    return Proposed(
        chat=row["chat"],
        text=row["text"],
        state=row["state"],
        at_us=row["at_us"],
        done_us=row["done_us"],
    )


async def _masses(tx: Tx, people: Sequence[str]) -> tuple[Massed, ...]:
    names = sorted(await erasing.names_of(tx, people))
    places = ",".join("?" * len(names))
    rows = await tx.all(
        "SELECT r.mass, m.letter, r.state, r.at_us FROM mass_receiver r"  # noqa: S608  (marks)
        f" JOIN mass m ON m.name = r.mass WHERE r.receiver IN ({places or 'NULL'}) ORDER BY r.id",
        *names,
    )
    return tuple(
        Massed(mass=row["mass"], letter=row["letter"], state=row["state"], at_us=row["at_us"])
        for row in rows
    )
