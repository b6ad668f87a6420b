"""Makes one member of two, remembering every row that moved, so that it can be undone exactly."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson

from bot.db.shares import arrange, shares_of
from bot.db.tx import Row, Tx
from bot.errors import Contended

# Grants come first: which of them stands in a slot is decided before they change hands.
OWNED = (
    "coupon_grant", "alias", "tag", "reach", "talk", "seat", "invite", "rule_hit", "inbox",
    "effect", "trace", "gap", "link_token", "shop_order", "proposal",
)  # fmt: skip
# What is known of a name belongs to whoever bears that name, and so do names learnt with it.
_NAMED = {
    "alias": "beside IN (SELECT digest FROM alias WHERE person_id = ?)",
    "reach": "address IN (SELECT value FROM alias WHERE person_id = ?"
    " AND (kind = 'oa_openid') = (reach.channel = 'oa')"
    " AND kind IN ('oa_openid', 'external_userid', 'kf_id'))",
    "talk": "member IN (SELECT value FROM alias WHERE person_id = ?"
    " AND kind IN ('external_userid', 'kf_id'))",
    "seat": "member IN (SELECT value FROM alias WHERE person_id = ?"
    " AND kind IN ('external_userid', 'kf_id'))",
}
_BATCH = 500
_UNDER = (
    "WITH RECURSIVE under(id) AS ("
    " SELECT gone_id FROM merge_log WHERE keep_id = ? AND undone_us IS NULL"
    " UNION SELECT m.gone_id FROM merge_log m JOIN under u ON m.keep_id = u.id"
    " WHERE m.undone_us IS NULL) SELECT id FROM under"
)
Moved = dict[str, list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why two members are taken for one: how it was found out, in which event, and when."""

    how: str
    inbox: int
    at_us: int


async def hold_members(tx: Tx, *persons: str) -> None:
    """Hold members until the transaction ends, so that nobody else decides about them."""
    await tx.lock(*(f"member:{person}" for person in persons))


async def merge(tx: Tx, left: str, right: str, cause: Cause) -> str:
    """Make one member of two and return the survivor, the older one (DESIGN section 10).

    What the other had becomes the survivor's, and every row that moved is written down. Of two
    ways into one pool the survivor's stays; the other's link goes on working by itself. Raises
    Contended when one of them was merged meanwhile.
    """
    await hold_members(tx, left, right)
    for person in sorted((left, right)):
        held = "UPDATE person SET merged_into = NULL WHERE id = ? AND merged_into IS NULL"
        if await tx.run(held, person) != 1:
            raise Contended(f"member {person} was merged meanwhile")
    rows = await tx.all(
        "SELECT id, store FROM person WHERE id IN (?, ?) ORDER BY created_us, id", left, right
    )
    keep, gone = str(rows[0]["id"]), str(rows[1]["id"])
    borrows = not rows[0]["store"] or await _borrows(tx, keep)
    moved = await _move_all(tx, keep, gone)
    await tx.run(
        "INSERT INTO merge_log(keep_id, gone_id, how, moved, inbox_id, at_us) VALUES(?,?,?,?,?,?)",
        keep, gone, cause.how, _written(moved, borrows=borrows), cause.inbox, cause.at_us,
    )  # fmt: skip
    if borrows and not rows[0]["store"]:
        await _borrow(tx, keep)
    await tx.run(
        "UPDATE person SET merged_into = ? WHERE id = ? OR merged_into = ?", keep, gone, gone
    )
    return keep


async def _move_all(tx: Tx, keep: str, gone: str) -> Moved:
    mine, theirs = await shares_of(tx, keep), await shares_of(tx, gone)
    moved: Moved = {"coupon_grant": [share.id for share in theirs]}
    await arrange(tx, [*mine, *theirs], dict.fromkeys(moved["coupon_grant"], keep))
    for table in OWNED[1:]:
        condition = "person_id = ?"
        if table == "invite":
            condition += " AND pool NOT IN (SELECT pool FROM invite WHERE person_id = ?)"
        args = (gone, keep) if table == "invite" else (gone,)
        rows = await tx.all(f"SELECT id FROM {table} WHERE {condition} ORDER BY id", *args)  # noqa: S608  (our own names)
        moved[table] = [row["id"] for row in rows]
        await _give(tx, table, moved[table], keep)
    return moved


async def _give(tx: Tx, table: str, ids: Sequence[int], person: str) -> None:
    for batch in _batches(ids):
        marks = ",".join("?" * len(batch))
        given = f"UPDATE {table} SET person_id = ? WHERE id IN ({marks})"  # noqa: S608  (our own names)
        await tx.run(given, person, *batch)


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


def _written(moved: Mapping[str, Sequence[int]], *, borrows: bool) -> str:
    rows = {table: ids for table, ids in moved.items() if ids}
    return orjson.dumps({"rows": rows, "borrows": borrows}).decode()


# --- the store of one who had none ---


async def _borrows(tx: Tx, keep: str) -> bool:
    rows = await tx.all("SELECT moved FROM merge_log WHERE keep_id = ? AND undone_us IS NULL", keep)
    return any(orjson.loads(row["moved"])["borrows"] for row in rows)


async def _borrow(tx: Tx, keep: str) -> None:
    """Give a member without a store of their own that of the first who was found to be them."""
    await tx.run(
        "UPDATE person SET store = coalesce((SELECT g.store FROM merge_log m"
        " JOIN person g ON g.id = m.gone_id WHERE m.keep_id = person.id AND m.undone_us IS NULL"
        " AND g.store <> '' ORDER BY m.id LIMIT 1), '') WHERE id = ?",
        keep,
    )


# --- undoing ---


async def undo(tx: Tx, number: int, by: str, at_us: int) -> bool:
    """Make two members of one again, each with what was theirs; tell whether anything changed.

    What was written since the merge stays with the survivor, except what is known of a name that
    goes back. A coupon takes its redemption along. The two are kept apart from now on (`apart`).
    Merges may be undone in any order; undoing twice changes nothing.
    """
    log = await tx.one("SELECT * FROM merge_log WHERE id = ? AND undone_us IS NULL", number)
    if log is None:
        return False
    await tx.run(
        "UPDATE merge_log SET undone_us = ?, undone_by = ? WHERE id = ?", at_us, by, number
    )
    above = await _above(tx, log["keep_id"])
    holders = [str(log["keep_id"]), *(str(row["keep_id"]) for row in above)]
    await _give_back(tx, log, holders, above)
    gone = str(log["gone_id"])
    await tx.run("UPDATE person SET merged_into = NULL WHERE id = ?", gone)
    follow = f"UPDATE person SET merged_into = ? WHERE id IN ({_UNDER})"  # noqa: S608  (our own)
    await tx.run(follow, gone, gone)
    for row in (log, *above):
        if orjson.loads(row["moved"])["borrows"]:
            await _borrow(tx, row["keep_id"])
    return True


async def _above(tx: Tx, person: str) -> Sequence[Row]:
    """Return the standing merges by which a member became another, and that one another."""
    found: list[Row] = []
    while row := await tx.one(
        "SELECT * FROM merge_log WHERE gone_id = ? AND undone_us IS NULL", person
    ):
        found.append(row)
        person = row["keep_id"]
    return found


async def _give_back(tx: Tx, log: Row, holders: Sequence[str], above: Sequence[Row]) -> None:
    moved, gone = orjson.loads(log["moved"])["rows"], str(log["gone_id"])
    back = {table: await _still(tx, table, ids, holders) for table, ids in moved.items()}
    shares = [share for holder in holders for share in await shares_of(tx, holder)]
    await arrange(tx, shares, dict.fromkeys(back.get("coupon_grant", ()), gone))
    for table in OWNED[1:]:
        await _give(tx, table, back.get(table, ()), gone)
    for table in _NAMED:
        while named := await _named(tx, table, gone, holders):
            await _give(tx, table, named, gone)
            back[table] = [*back.get(table, ()), *named]
    for later in above:
        await _forget(tx, later, back)


async def _still(tx: Tx, table: str, ids: Sequence[int], holders: Sequence[str]) -> Sequence[int]:
    """Return those of some rows that somebody of `holders` has."""
    found: list[int] = []
    people = ",".join("?" * len(holders))
    for batch in _batches(ids):
        marks = ",".join("?" * len(batch))
        had = f"SELECT id FROM {table} WHERE id IN ({marks}) AND person_id IN ({people})"  # noqa: S608  (our own names)
        found += [row["id"] for row in await tx.all(had, *batch, *holders)]
    return found


async def _named(tx: Tx, table: str, person: str, holders: Sequence[str]) -> Sequence[int]:
    people = ",".join("?" * len(holders))
    borne = f"SELECT id FROM {table} WHERE person_id IN ({people}) AND {_NAMED[table]}"  # noqa: S608  (our own names)
    return [row["id"] for row in await tx.all(borne, *holders, person)]


async def _forget(tx: Tx, log: Row, back: Mapping[str, Sequence[int]]) -> None:
    """Take rows that went back to their owner off the list of a later merge that moved them too."""
    kept = orjson.loads(log["moved"])
    rows = {
        table: sorted(set(ids) - set(back.get(table, ()))) for table, ids in kept["rows"].items()
    }
    written = _written(rows, borrows=kept["borrows"])
    await tx.run("UPDATE merge_log SET moved = ? WHERE id = ?", written, log["id"])


async def members_of(tx: Tx, number: int) -> tuple[str, ...]:
    """Return who the two of a merge are now: one while it stands, two once it is undone."""
    rows = await tx.all(
        "SELECT DISTINCT coalesce(p.merged_into, p.id) AS id FROM merge_log m"
        " JOIN person p ON p.id IN (m.keep_id, m.gone_id) WHERE m.id = ? ORDER BY 1",
        number,
    )
    return tuple(str(row["id"]) for row in rows)


async def survivor(tx: Tx, number: int) -> str | None:
    """Return who the two of a merge are now, or the one who stayed; None when there is no merge."""
    row = await tx.one(
        "SELECT coalesce(p.merged_into, p.id) AS id FROM merge_log m"
        " JOIN person p ON p.id = m.keep_id WHERE m.id = ?",
        number,
    )
    return str(row["id"]) if row else None


async def apart(tx: Tx, one: str, other: str) -> int:
    """Return the number of the undone merge that keeps two members apart; 0 = none does."""
    row = await tx.one(
        "SELECT m.id FROM merge_log m JOIN person k ON k.id = m.keep_id"
        " JOIN person g ON g.id = m.gone_id WHERE m.undone_us IS NOT NULL"
        " AND ((coalesce(k.merged_into, k.id) = ? AND coalesce(g.merged_into, g.id) = ?)"
        " OR (coalesce(k.merged_into, k.id) = ? AND coalesce(g.merged_into, g.id) = ?))"
        " ORDER BY m.id DESC LIMIT 1",
        one, other, other, one,
    )  # fmt: skip
    return int(row["id"]) if row else 0
