"""Members: one person behind many names, their tags and the ways to reach them."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from bot.clock import moment
from bot.db import journal, talks
from bot.db.merging import Cause, apart, hold_members, merge
from bot.db.tx import Tx
from bot.events import Alias, AliasKind
from bot.facts import Member, Reach
from bot.ids import ulid


def alias_digest(instance_key: bytes, alias: Alias) -> str:
    """Return the keyed hash under which an alias is looked up."""
    text = f"{alias.kind}\0{alias.scope}\0{alias.value}".encode()
    return hmac.new(instance_key, b"alias\0" + text, hashlib.sha256).hexdigest()


# Nobody follows one account six times: a phone or card of so many is a till's, or a placeholder.
_MOST_ALIKE = 5
_SHARED = f"同类的身份会超过 {_MOST_ALIKE} 个，像是公用或充数的号码"


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Who bears a name now; `apart` says why two were not made one, "" when nothing stood between.

    `learnt`: the name was new, or two became one.
    """

    person: str
    learnt: bool = False
    apart: str = ""


class People:
    """Finds, makes, links and merges members; every call runs inside the caller's transaction."""

    def __init__(self, instance_key: bytes) -> None:
        self._key = instance_key

    async def find(self, tx: Tx, alias: Alias) -> str | None:
        """Return the id of the member known by `alias`, or None."""
        row = await tx.one(
            "SELECT person_id FROM alias WHERE digest = ?", alias_digest(self._key, alias)
        )
        return row["person_id"] if row else None

    async def meet(
        self, tx: Tx, alias: Alias, now_us: int, *, known_as: Alias | None = None
    ) -> tuple[str, bool]:
        """Return the member known by `alias`, making one if need be, and whether it is new.

        `known_as` is another name of the same person: a member known by it gets `alias` too.
        """
        known = await self.find(tx, alias)
        if known:
            return known, False
        if known_as and (known := await self.find(tx, known_as)):
            await self._name(tx, alias, known, known_as)
            return known, False
        person = ulid(now_us)
        await tx.run("INSERT INTO person(id, created_us) VALUES(?,?)", person, now_us)
        await self._name(tx, alias, person)
        return person, True

    async def _name(self, tx: Tx, alias: Alias, person: str, beside: Alias | None = None) -> None:
        await tx.run(
            "INSERT INTO alias(digest, kind, scope, value, beside, person_id) VALUES(?,?,?,?,?,?)",
            alias_digest(self._key, alias), alias.kind, alias.scope, alias.value,
            alias_digest(self._key, beside) if beside else "", person,
        )  # fmt: skip

    async def anchor(self, tx: Tx, names: Sequence[Alias]) -> Alias:
        """Return the name of one person that their others are linked to: the first that is known.

        It is the first of all when none is, or when that is a unionid and theirs is another.
        """
        for name in names:
            if person := await self.find(tx, name):
                taken = names[0].kind is AliasKind.UNIONID and await _unionids(tx, person)
                return names[0] if taken else name
        return names[0]

    async def link(
        self, tx: Tx, person: str, alias: Alias, cause: Cause, *, by: Alias, overrule: bool = False
    ) -> Linked:
        """Give `person` another name; merge when it is another member's, the older survives.

        `by` is the name of theirs that it was learnt with: undoing a merge, the two stay together.
        Two who bear different unionids are two people, and a pair that was told apart stays apart,
        unless an operator means to `overrule` that: then nothing is linked, and operators see it.
        Repeating it changes nothing.
        """
        other = await self.find(tx, alias)
        if other == person:
            return Linked(person=person)
        if other is not None:
            return await self.unite(tx, person, other, cause, overrule=overrule)
        if alias.kind is AliasKind.UNIONID and await _unionids(tx, person):
            return await _refused(tx, person, "", "会员已有另一个 unionid", cause)
        if not overrule and await _alike(tx, person, alias) >= _MOST_ALIKE:
            return await _refused(tx, person, "", _SHARED, cause)
        await self._name(tx, alias, person, by)
        return Linked(person=person, learnt=True)

    async def unite(
        self, tx: Tx, person: str, other: str, cause: Cause, *, overrule: bool = False
    ) -> Linked:
        """Make one member of two, on the terms of `link`; one and the same stays as it is."""
        if person == other:
            return Linked(person=person)
        await hold_members(tx, person, other)  # what is read of both below stays true
        if len(await _unionids(tx, person) | await _unionids(tx, other)) > 1:
            return await _refused(tx, person, other, "两人各有自己的 unionid", cause)
        if not overrule and (undone := await apart(tx, person, other)):
            return await _refused(tx, person, other, f"第 {undone} 号合并撤销过", cause)
        if not overrule and (crowd := await _crowd(tx, person, other)):
            return await _refused(tx, person, "", _SHARED, cause, about=crowd)
        return Linked(person=await merge(tx, person, other, cause), learnt=True)

    async def member(self, tx: Tx, person: str, now_us: int, *, new: bool = False) -> Member:
        """Return everything a planner may know of a member."""
        row = await tx.one("SELECT * FROM person WHERE id = ?", person)
        if row is None:
            raise LookupError(f"no member {person}")
        return Member(
            id=person,
            aliases=frozenset(await aliases_of(tx, person)),
            tags=await tags_of(tx, person, now_us),
            stage=row["stage"],
            store=row["store"],
            reaches=tuple(await _reaches(tx, person)),
            talks=tuple(await talks.of_member(tx, person)),
            misses=row["misses"],
            told_auto=moment(row["told_us"]) if row["told_us"] else None,
            new=new,
        )


async def _alike(tx: Tx, person: str, alias: Alias) -> int:
    row = await tx.one(
        "SELECT count(*) AS n FROM alias WHERE person_id = ? AND kind = ? AND scope = ?",
        person, alias.kind, alias.scope,
    )  # fmt: skip
    return int(row["n"]) if row else 0


async def _crowd(tx: Tx, person: str, other: str) -> str:
    """Return who of two has more names, when they have too many alike to be one; else ""."""
    alike = await tx.one(
        "SELECT 1 AS found FROM alias WHERE person_id IN (?, ?) GROUP BY kind, scope"
        " HAVING count(*) > ? LIMIT 1",
        person, other, _MOST_ALIKE,
    )  # fmt: skip
    row = alike and await tx.one(
        "SELECT person_id FROM alias WHERE person_id IN (?, ?) GROUP BY person_id"
        " ORDER BY count(*) DESC, person_id LIMIT 1",
        person, other,
    )  # fmt: skip
    return str(row["person_id"]) if row else ""


async def _unionids(tx: Tx, person: str) -> set[str]:
    rows = await tx.all(
        "SELECT value FROM alias WHERE person_id = ? AND kind = ?", person, AliasKind.UNIONID
    )
    return {row["value"] for row in rows}


async def _refused(
    tx: Tx, person: str, other: str, why: str, cause: Cause, *, about: str = ""
) -> Linked:
    """Tell operators, once, why two were not made one, or why somebody got no other name."""
    people = sorted(filter(None, (about or person, other)))
    text = (
        f"会员 {' 与 '.join(people)} 没有合并（{why}，线索 {cause.how}）："
        "是同一个人就用 member import --again 合并"
    )
    await journal.notice(tx, f"apart:{':'.join(people)}:{why}", text, cause.at_us)
    return Linked(person=person, apart=why)


async def aliases_of(tx: Tx, person: str) -> Sequence[Alias]:
    """Return the names of a member."""
    rows = await tx.all(
        "SELECT kind, scope, value FROM alias WHERE person_id = ? ORDER BY id", person
    )
    return [Alias(AliasKind(r["kind"]), r["scope"], r["value"]) for r in rows]


async def tags_of(tx: Tx, person: str, now_us: int) -> dict[str, str]:
    """Return the current tags of a member: the last line of each name, unless it has expired."""
    rows = await tx.all(
        "SELECT name, value, op FROM tag WHERE id IN"
        " (SELECT max(id) FROM tag WHERE person_id = ? GROUP BY name)"
        " AND (expires_us IS NULL OR expires_us > ?) ORDER BY name",
        person, now_us,
    )  # fmt: skip
    return {r["name"]: r["value"] for r in rows if r["op"] == "add"}


async def _reaches(tx: Tx, person: str) -> Sequence[Reach]:
    rows = await tx.all("SELECT * FROM reach WHERE person_id = ? ORDER BY id", person)
    return [
        Reach(
            account=r["account"],
            channel=r["channel"],
            address=r["address"],
            staff=r["staff"],
            on=bool(r["is_on"]),
            spoke=moment(r["spoke_us"]) if r["spoke_us"] else None,
        )
        for r in rows
    ]
