"""Members: one person behind many names, their tags and the ways to reach them."""

import hashlib
import hmac
from collections.abc import Sequence

from bot.clock import moment
from bot.db import talks
from bot.db.tx import Tx
from bot.events import Alias, AliasKind
from bot.facts import Member, Reach
from bot.ids import ulid


def alias_digest(instance_key: bytes, alias: Alias) -> str:
    """Return the keyed hash under which an alias is looked up."""
    text = f"{alias.kind}\0{alias.scope}\0{alias.value}".encode()
    return hmac.new(instance_key, b"alias\0" + text, hashlib.sha256).hexdigest()


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
            await self._name(tx, alias, known)
            return known, False
        person = ulid(now_us)
        await tx.run("INSERT INTO person(id, created_us) VALUES(?,?)", person, now_us)
        await self._name(tx, alias, person)
        return person, True

    async def _name(self, tx: Tx, alias: Alias, person: str) -> None:
        await tx.run(
            "INSERT INTO alias(digest, kind, scope, value, person_id) VALUES(?,?,?,?,?)",
            alias_digest(self._key, alias), alias.kind, alias.scope, alias.value, person,
        )  # fmt: skip

    async def link(self, tx: Tx, person: str, alias: Alias) -> str:
        """Give `person` another name; merge when it is another member's. Return who survives.

        Repeating it changes nothing. The older member survives a merge.
        """
        other = await self.find(tx, alias)
        if other is None:
            await self._name(tx, alias, person)
            return person
        if other == person:
            return person
        return await merge(tx, person, other)

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
            new=new,
        )


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


async def merge(tx: Tx, left: str, right: str) -> str:
    """Make one member of two and return the survivor, the older one (DESIGN section 10).

    Of two grants in one slot the earlier stays and the later code becomes its second name, so that
    no code a customer has seen dies and the pair still redeems once.
    """
    rows = await tx.all(
        "SELECT id FROM person WHERE id IN (?, ?) ORDER BY created_us, id", left, right
    )
    keep, gone = rows[0]["id"], rows[1]["id"]
    await _merge_grants(tx, keep, gone)
    # Of two ways into one pool the later stays with the merged name: its link goes on working.
    await tx.run(
        "UPDATE invite SET person_id = ? WHERE person_id = ? AND pool NOT IN"
        " (SELECT pool FROM invite WHERE person_id = ?)",
        keep, gone, keep,
    )  # fmt: skip
    for table in (
        "alias",
        "tag",
        "reach",
        "talk",
        "seat",
        "rule_hit",
        "inbox",
        "effect",
        "trace",
        "gap",
    ):
        moved = f"UPDATE {table} SET person_id = ? WHERE person_id = ?"  # noqa: S608  (our own names)
        await tx.run(moved, keep, gone)
    await tx.run(
        "UPDATE person SET store = (SELECT store FROM person WHERE id = ?)"
        " WHERE id = ? AND store = ''",
        gone, keep,
    )  # fmt: skip
    await tx.run("UPDATE person SET merged_into = ? WHERE id = ?", keep, gone)
    await tx.run("UPDATE person SET merged_into = ? WHERE merged_into = ?", keep, gone)
    return str(keep)


async def _merge_grants(tx: Tx, keep: str, gone: str) -> None:
    pairs = await tx.all(
        "SELECT k.id AS k_id, k.coupon_id AS k_coupon, k.granted_us AS k_at,"
        " g.id AS g_id, g.coupon_id AS g_coupon, g.granted_us AS g_at"
        " FROM coupon_grant k JOIN coupon_grant g"
        " ON k.campaign = g.campaign AND k.ordinal = g.ordinal"
        " WHERE k.person_id = ? AND g.person_id = ?",
        keep, gone,
    )  # fmt: skip
    for pair in pairs:
        first, second = ("k", "g") if pair["k_at"] <= pair["g_at"] else ("g", "k")
        await tx.run("UPDATE coupon_grant SET ordinal = NULL WHERE id = ?", pair[f"{second}_id"])
        await _name_twin(tx, pair[f"{first}_coupon"], pair[f"{second}_coupon"])
    await tx.run("UPDATE coupon_grant SET person_id = ? WHERE person_id = ?", keep, gone)


async def _name_twin(tx: Tx, first: int, second: int) -> None:
    """Make coupon `second`, and every coupon that it stands for, another name of `first`."""
    await tx.run(
        "UPDATE coupon_grant SET same_as = ? WHERE coupon_id = ? OR same_as = ?",
        first, second, second,
    )  # fmt: skip
    # Spent under one name is spent under both; where both were, the first's own record stays.
    await tx.run(
        "UPDATE redemption SET coupon_id = ? WHERE coupon_id = ?"
        " AND NOT EXISTS (SELECT 1 FROM redemption WHERE coupon_id = ?)",
        first, second, first,
    )  # fmt: skip
