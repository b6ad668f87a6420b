"""Erases a member from every table, and leaves the books even: what they hold goes on by an id.

What somebody was given, redeemed and bought keeps the random id of their row. Names, words and
everything said of them go, and what was owed to them is called off. Nothing of it can be undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import State
from bot.db import mentions, owned, withdrawing
from bot.db.merging import hold_members
from bot.db.people import alias_digest, aliases_of
from bot.db.tx import Tx
from bot.db.veil import mark, veil_of
from bot.errors import Contended

_LATE_US = 30 * 1_000_000  # longer than a decision takes, or a call
_STILL = "SELECT id FROM person WHERE id = ? OR merged_into = ? ORDER BY id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasing:
    """Who is to be erased, who wants it and why, and the key that marks are made with."""

    person: str
    instance_key: bytes
    now_us: int
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """A member as they were erased: every id of theirs, and how much of each thing went."""

    person: str
    people: tuple[str, ...]
    before: bool  # they had been erased already
    gone: owned.Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the list of erased members, which outlives a restored backup."""

    person: str
    at_us: int
    by: str
    reason: str
    digests: tuple[str, ...]


async def survivor(tx: Tx, person: str) -> str | None:
    """Return the member that an id stands for by now, None when there is no such member."""
    row = await tx.one("SELECT coalesce(merged_into, id) AS id FROM person WHERE id = ?", person)
    return str(row["id"]) if row else None


async def halves_of(tx: Tx, person: str) -> tuple[str, ...]:
    """Return the ids of a member and of everybody found to be them."""
    return tuple(str(row["id"]) for row in await tx.all(_STILL, person, person))


async def names_of(tx: Tx, people: Sequence[str]) -> frozenset[str]:
    """Return every name under which these members stand in any table."""
    found: set[str] = set()
    for person in people:
        found |= {alias.value for alias in await aliases_of(tx, person)}
        for table, column in (("reach", "address"), ("talk", "member"), ("seat", "member")):
            named = f"SELECT {column} AS name FROM {table} WHERE person_id = ?"  # noqa: S608  (ours)
            found |= {str(row["name"]) for row in await tx.all(named, person)}
    return frozenset(found)


async def call_off(tx: Tx, people: Sequence[str], now_us: int) -> int:
    """Skip what is owed to these members, and return how much of theirs is still under way."""
    for person in people:
        await tx.run(
            "UPDATE effect SET state = ?, done_us = ?, meaning = ? WHERE person_id = ?"
            " AND state = ?",
            State.SKIPPED, now_us, owned.CALLED_OFF, person, State.READY,
        )  # fmt: skip
    await withdrawing.withdraw(tx, await names_of(tx, people), now_us)
    marks = ",".join("?" * len(people))
    row = await tx.one(
        f"SELECT count(*) AS n FROM effect WHERE person_id IN ({marks}) AND state = 'sending'",  # noqa: S608  (marks)
        *people,
    )
    return int(row["n"]) if row else 0


async def erase(tx: Tx, wish: Erasing) -> Erased:
    """Erase a member with everybody found to be them; repeating it erases what came since.

    What stands in rows that are not theirs is left to `mentions.veil`. Raises LookupError when
    there is no such member, Contended when they became another while we waited.
    """
    people = await halves_of(tx, wish.person)
    if not people:
        raise LookupError(f"no member {wish.person}")
    aliases = [alias for one in people for alias in await aliases_of(tx, one)]
    await tx.lock(*(alias_digest(wish.instance_key, alias) for alias in aliases))
    await hold_members(tx, *people)
    if await halves_of(tx, wish.person) != people:
        raise Contended(f"member {wish.person} became another meanwhile")
    names = await names_of(tx, people)
    before = await _enter(tx, wish, people, names)
    await withdrawing.withdraw(tx, names, wish.now_us)
    gone = await owned.erase_rows(
        tx, people, owned.Cover(instance_key=wish.instance_key, names=names, now_us=wish.now_us)
    )
    return Erased(person=wish.person, people=people, before=before, gone=gone)


async def _enter(
    tx: Tx, wish: Erasing, people: Sequence[str], names: frozenset[str]
) -> bool:  # fmt: skip
    """Enter members into the list of erased ones; return whether they stood there already."""
    added = 0
    for person in people:
        added += await tx.run(
            "INSERT INTO erasure(person_id, reason, by, at_us) VALUES(?,?,?,?)"
            " ON CONFLICT(person_id) DO NOTHING",
            person, wish.reason, wish.by, wish.now_us,
        )  # fmt: skip
    for name in sorted(names):
        await tx.run(
            "INSERT INTO erased_name(digest, person_id) VALUES(?,?)"
            " ON CONFLICT(digest, person_id) DO NOTHING",
            mark(wish.instance_key, name), wish.person,
        )  # fmt: skip
    return not added


# --- what a decision under way wrote, and what a restored backup brought back ---


async def erase_late(tx: Tx, instance_key: bytes, now_us: int) -> int:
    """Erase what was still written of members while they were erased; once for each of them."""
    rows = await tx.all(
        "SELECT person_id FROM erasure WHERE again_us IS NULL AND at_us < ? ORDER BY id LIMIT 50",
        now_us - _LATE_US,
    )
    for row in rows:
        person = str(row["person_id"])
        cover = owned.Cover(
            instance_key=instance_key, names=await names_of(tx, [person]), now_us=now_us
        )
        await owned.erase_rows(tx, [person], cover)
        await tx.run("UPDATE erasure SET again_us = ? WHERE person_id = ?", now_us, person)
    return len(rows)


async def entries(tx: Tx) -> tuple[Entry, ...]:
    """Return the list of erased members: save it before a backup takes this database's place."""
    rows = await tx.all("SELECT person_id, at_us, by, reason FROM erasure ORDER BY id")
    named = await tx.all("SELECT digest, person_id FROM erased_name ORDER BY id")
    digests: dict[str, list[str]] = {}
    for one in named:
        digests.setdefault(one["person_id"], []).append(one["digest"])
    return tuple(
        Entry(
            person=row["person_id"],
            at_us=row["at_us"],
            by=row["by"],
            reason=row["reason"],
            digests=tuple(digests.get(row["person_id"], ())),
        )
        for row in rows
    )


async def erase_again(
    tx: Tx, instance_key: bytes, now_us: int, known: Sequence[Entry] = ()
) -> int:  # fmt: skip
    """Erase everybody on the list again, after a backup from before was restored.

    `known` are the entries of the database whose place the backup takes; they join its list. Only
    while nothing else uses the database: every row is looked through. Return how many members of
    the list the backup had in it. Repeating it is safe.
    """
    for entry in known:
        await _join(tx, entry)
    found: set[str] = set()
    names: set[str] = set()
    for entry in await entries(tx):
        person = await survivor(tx, entry.person)
        if person is None:
            continue
        people = await halves_of(tx, person)
        names |= await names_of(tx, people)
        wish = Erasing(
            person=person, instance_key=instance_key, now_us=now_us, by=entry.by,
            reason=entry.reason,
        )  # fmt: skip
        await erase(tx, wish)
        found |= set(people)
    await mentions.veil_within(tx, veil_of(instance_key, names, anywhere=True))
    return len(found)


async def _join(tx: Tx, entry: Entry) -> None:
    await tx.run(
        "INSERT INTO erasure(person_id, reason, by, at_us) VALUES(?,?,?,?)"
        " ON CONFLICT(person_id) DO NOTHING",
        entry.person, entry.reason, entry.by, entry.at_us,
    )  # fmt: skip
    for digest in entry.digests:
        await tx.run(
            "INSERT INTO erased_name(digest, person_id) VALUES(?,?)"
            " ON CONFLICT(digest, person_id) DO NOTHING",
            digest, entry.person,
        )  # fmt: skip


async def erased_among(tx: Tx, instance_key: bytes, names: Sequence[str]) -> frozenset[str]:
    """Return which of some names belonged to members who were erased.

    For lists of a platform, which must not bring anybody back; whoever does something themselves
    is met as anybody new.
    """
    some = await tx.one("SELECT 1 AS found FROM erased_name LIMIT 1")
    if some is None:
        return frozenset()
    marks = {mark(instance_key, name): name for name in names}
    found: set[str] = set()
    listed = list(marks)
    for start in range(0, len(listed), 500):
        part = listed[start : start + 500]
        places = ",".join("?" * len(part))
        rows = await tx.all(
            f"SELECT digest FROM erased_name WHERE digest IN ({places})",  # noqa: S608  (marks)
            *part,
        )
        found |= {marks[row["digest"]] for row in rows}
    return frozenset(found)
