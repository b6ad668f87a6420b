"""Empties the rows of members who are erased, table by table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.actions import State
from bot.db.tx import Row, Tx
from bot.db.veil import Veil, mark, veil_of, without_content, without_request

CALLED_OFF = "会员已抹除，不再发送"
CLOSED = "会员已抹除；先前结果未知，不再追究"
Counts = Mapping[str, int]

# What is only about the member goes whole, by the word under which operators read of it.
_WHOLE = {
    "names": "alias",
    "tags": "tag",
    "ways": "reach",
    "talks": "talk",
    "seats": "seat",
    "invites": "invite",
    "rule_hits": "rule_hit",
    "links": "link_token",
    "unknown_phrases": "gap",
    "traces": "trace",
}
_STAYS = {"coupons": "coupon_grant", "orders": "shop_order"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What hides members: the names to hide, the key that marks are made with, and the moment."""

    instance_key: bytes
    names: frozenset[str]
    now_us: int

    @property
    def veil(self) -> Veil:
        """Return a veil over the names, for rows that are about these members alone."""
        return veil_of(self.instance_key, self.names)


async def counts(tx: Tx, people: Sequence[str]) -> Counts:
    """Count what these members have: what would go, and under `kept_…` what would stay."""
    found = {word: await _count(tx, table, people) for word, table in _WHOLE.items()}
    found["messages"] = await _count(tx, "inbox", people)
    found["effects"] = await _count(tx, "effect", people)
    found["owed"] = await _count(tx, "effect", people, " AND state IN ('ready', 'sending')")
    found["unknown"] = await _count(tx, "effect", people, " AND state = 'unknown'")
    found["proposals"] = await _count(tx, "proposal", people)
    kept = {f"kept_{word}": await _count(tx, table, people) for word, table in _STAYS.items()}
    return {**found, **kept}


async def _count(tx: Tx, table: str, people: Sequence[str], more: str = "") -> int:
    places = ",".join("?" * len(people))
    row = await tx.one(
        f"SELECT count(*) AS n FROM {table} WHERE person_id IN ({places}){more}",  # noqa: S608  (ours)
        *people,
    )
    return int(row["n"]) if row else 0


async def erase_rows(tx: Tx, people: Sequence[str], cover: Cover) -> Counts:
    """Empty every row of these members, and return what there was. Repeating it is safe."""
    found = await counts(tx, people)
    for person in people:
        await _effects(tx, person, cover)
        await _messages(tx, person, cover)
        await _books(tx, person, cover.now_us)
        for table in _WHOLE.values():
            await tx.run(f"DELETE FROM {table} WHERE person_id = ?", person)  # noqa: S608  (ours)
    await _undecided(tx, cover)
    await _named(tx, cover)
    return found


async def _messages(tx: Tx, person: str, cover: Cover) -> None:
    for row in await tx.all("SELECT id, body FROM inbox WHERE person_id = ?", person):
        await _empty(tx, row, cover)


async def _empty(tx: Tx, row: Row, cover: Cover) -> None:
    await tx.run(
        "UPDATE inbox SET body = ?, answer = NULL, error = NULL WHERE id = ?",
        without_content(cover.instance_key, bytes(row["body"])), row["id"],
    )  # fmt: skip


async def undecided_of(tx: Tx, names: Iterable[str]) -> Sequence[Row]:
    """Return what came of members with these names and is not decided: whose it is, no row says."""
    listed = sorted(names)
    whose = Veil({f'"value":"{name}"': "" for name in listed})
    from_them = Veil(
        {
            f"{field}>{opened}{name}": ""
            for name in listed
            for field in ("FromUserName", "ExternalUserID")
            for opened in ("", "<![CDATA[")
        }
    )

    def theirs(row: Row) -> bool:
        text = bytes(row["body"]).decode("utf-8", "replace")
        veil = whose if row["source"] == "internal" else from_them
        return veil.over(text) != text

    undecided = "SELECT * FROM inbox WHERE state IN ('new', 'quarantined') ORDER BY id"
    return [row for row in await tx.all(undecided) if theirs(row)]


async def _undecided(tx: Tx, cover: Cover) -> None:
    """Ignore what came of these members and was not decided: they are known by no name any more."""
    for row in await undecided_of(tx, cover.names):
        await _empty(tx, row, cover)
        await tx.run(
            "UPDATE inbox SET state = 'ignored', decided_us = ? WHERE id = ?",
            cover.now_us, row["id"],
        )  # fmt: skip


async def _effects(tx: Tx, person: str, cover: Cover) -> None:
    keys: set[str] = set()
    veil = cover.veil
    for row in await tx.all("SELECT * FROM effect WHERE person_id = ?", person):
        state, meaning = _ended(row, veil)
        keys.add(str(row["key"]))
        await tx.run(
            "UPDATE effect SET key = ?, order_key = ?, body = ?, state = ?, meaning = ?,"
            " done_us = coalesce(done_us, ?) WHERE id = ?",
            veil.over(row["key"]), veil.over(row["order_key"]),
            without_request(cover.instance_key, row["body"]), state, meaning, cover.now_us,
            row["id"],
        )  # fmt: skip
        await tx.run("UPDATE attempt SET meaning = '' WHERE effect_id = ?", row["id"])
    if not keys:
        return
    for row in await tx.all("SELECT id, value FROM memory"):  # what a report is awaited under
        if row["value"] in keys:
            await tx.run("DELETE FROM memory WHERE id = ?", row["id"])


def _ended(row: Row, veil: Veil) -> tuple[str, str]:
    match row["state"]:
        case State.READY:
            return State.SKIPPED, CALLED_OFF
        case State.SENDING | State.UNKNOWN:
            return State.FAILED, CLOSED
        case other:
            return str(other), veil.over(row["meaning"])


async def _books(tx: Tx, person: str, now_us: int) -> None:
    """Leave what the books need under the member's id, and nothing that leads to a person."""
    await tx.run("UPDATE coupon_grant SET device = '' WHERE person_id = ?", person)
    await tx.run(
        "DELETE FROM order_name WHERE order_id IN (SELECT id FROM shop_order WHERE person_id = ?)",
        person,
    )
    await tx.run(
        "UPDATE proposal SET text = '', response_code = '', done_us = coalesce(done_us, ?),"
        " state = CASE WHEN state = 'open' THEN 'skipped' ELSE state END WHERE person_id = ?",
        now_us, person,
    )  # fmt: skip
    await tx.run(
        "UPDATE person SET stage = 'visitor', store = '', misses = 0, told_us = NULL WHERE id = ?",
        person,
    )


async def _named(tx: Tx, cover: Cover) -> None:
    """Hide these members where rows go by a name of theirs and not by their id."""
    veil = cover.veil
    for name in sorted(cover.names):
        await tx.run("DELETE FROM sighting WHERE name = ?", name)
        await tx.run("DELETE FROM seat WHERE member = ?", name)
        await tx.run(
            "UPDATE mass_receiver SET receiver = ? WHERE receiver = ?",
            mark(cover.instance_key, name), name,
        )  # fmt: skip
        for row in await tx.all("SELECT id, name FROM gap_found WHERE member = ?", name):
            await tx.run(
                "UPDATE gap_found SET member = ?, name = ?, person_id = NULL WHERE id = ?",
                mark(cover.instance_key, name), veil.over(row["name"]), row["id"],
            )  # fmt: skip
