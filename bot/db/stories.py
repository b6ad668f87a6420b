"""Reads one member's whole story: who they are, what happened, what it led to, how that ended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.db.people import aliases_of
from bot.db.reports import Owed, owed_of
from bot.db.tx import Row, Tx
from bot.events import Alias

_LOOKED_THROUGH, _AT_ONCE = 20_000, 500  # rows: a bound on the time, and one on the memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One inbox row with its trace and the remote effects it led to. Times are UTC microseconds."""

    event_id: str
    account: str
    source: str
    kind: str
    body: bytes
    state: str
    error: str
    duplicates: int
    happened_us: int  # by the platform's clock where it told, else when it reached us
    decided_us: int | None
    answer: bytes
    person: str
    trace: str  # JSON (docs/reference/trace.md); "" while undecided
    effects: tuple[Owed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worn:
    """A tag a member has now."""

    name: str
    value: str
    since_us: int
    expires_us: int | None
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A coupon a member was given; `same_as` is the code it redeems together with."""

    code: str
    campaign: str
    granted_us: int
    expires_us: int
    same_as: str
    redeemed_us: int | None
    redeemed_store: str
    cashier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sat:
    """A group a member sits or sat in."""

    chat: str
    name: str
    joined_us: int
    left_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Biography:
    """What is known of one member now."""

    id: str
    created_us: int
    stage: str
    store: str
    aliases: tuple[Alias, ...]
    tags: tuple[Worn, ...]
    coupons: tuple[Held, ...]
    groups: tuple[Sat, ...]
    merged: tuple[str, ...]  # members found to be this one


async def members_called(tx: Tx, what: str) -> tuple[str, ...]:
    """Return the members that a member id (merged or not), an alias or a coupon code names."""
    rows = await tx.all(
        "SELECT coalesce(merged_into, id) AS id FROM person WHERE id = ?"
        " UNION SELECT person_id FROM alias WHERE value = ?"
        " UNION SELECT g.person_id FROM coupon c JOIN coupon_grant g ON g.coupon_id = c.id"
        " WHERE c.code = ?",
        what, what, what,
    )  # fmt: skip
    return tuple(row["id"] for row in rows)


async def biography(tx: Tx, person: str, now_us: int) -> Biography:
    """Return what is known of a member. Raises LookupError when there is no such member."""
    row = await tx.one("SELECT * FROM person WHERE id = ?", person)
    if row is None:
        raise LookupError(f"no member {person}")
    merged = await tx.all("SELECT id FROM person WHERE merged_into = ? ORDER BY id", person)
    return Biography(
        id=person,
        created_us=row["created_us"],
        stage=row["stage"],
        store=row["store"],
        aliases=tuple(await aliases_of(tx, person)),
        tags=await _tags(tx, person, now_us),
        coupons=await _coupons(tx, person),
        groups=await _groups(tx, person),
        merged=tuple(r["id"] for r in merged),
    )


async def _tags(tx: Tx, person: str, now_us: int) -> tuple[Worn, ...]:
    rows = await tx.all(
        "SELECT name, value, at_us, expires_us, rule FROM tag WHERE op = 'add' AND id IN"
        " (SELECT max(id) FROM tag WHERE person_id = ? GROUP BY name)"
        " AND (expires_us IS NULL OR expires_us > ?) ORDER BY name",
        person, now_us,
    )  # fmt: skip
    return tuple(
        Worn(
            name=r["name"],
            value=r["value"],
            since_us=r["at_us"],
            expires_us=r["expires_us"],
            rule=r["rule"],
        )
        for r in rows
    )


async def _coupons(tx: Tx, person: str) -> tuple[Held, ...]:
    rows = await tx.all(
        "SELECT c.code, c.campaign, g.granted_us, g.expires_us, s.code AS same_as,"
        " r.at_us AS redeemed_us, r.store, r.cashier FROM coupon_grant g"
        " JOIN coupon c ON c.id = g.coupon_id LEFT JOIN coupon s ON s.id = g.same_as"
        " LEFT JOIN redemption r ON r.coupon_id = coalesce(g.same_as, g.coupon_id)"
        " AND r.undone = 0"
        " WHERE g.person_id = ? ORDER BY g.granted_us, g.id",
        person,
    )
    return tuple(
        Held(
            code=r["code"],
            campaign=r["campaign"],
            granted_us=r["granted_us"],
            expires_us=r["expires_us"],
            same_as=r["same_as"] or "",
            redeemed_us=r["redeemed_us"],
            redeemed_store=r["store"] or "",
            cashier=r["cashier"] or "",
        )
        for r in rows
    )


async def _groups(tx: Tx, person: str) -> tuple[Sat, ...]:
    rows = await tx.all(
        "SELECT s.chat, coalesce(g.name, '') AS name, s.joined_us, s.left_us FROM seat s"
        " LEFT JOIN chat_group g ON g.chat = s.chat WHERE s.person_id = ? ORDER BY s.joined_us",
        person,
    )
    return tuple(
        Sat(chat=r["chat"], name=r["name"], joined_us=r["joined_us"], left_us=r["left_us"])
        for r in rows
    )


async def happenings(tx: Tx, ulid: str) -> Sequence[Happening]:
    """Return all that happened to the member of this id, or the one event of it; oldest first."""
    rows = await tx.all(
        "SELECT i.*, coalesce(i.event_us, i.received_us) AS happened_us, t.body AS trace"
        " FROM inbox i LEFT JOIN trace t ON t.inbox_id = i.id"
        " WHERE i.person_id = ? OR i.event_id = ? ORDER BY happened_us, i.id",
        ulid, ulid,
    )  # fmt: skip
    owed = await tx.all(
        "SELECT e.*, i.event_id FROM effect e JOIN inbox i ON i.id = e.inbox_id"
        " WHERE i.person_id = ? OR i.event_id = ? ORDER BY e.id",
        ulid, ulid,
    )  # fmt: skip
    effects: dict[int, list[Owed]] = {}
    for row in owed:
        effects.setdefault(row["inbox_id"], []).append(owed_of(row))
    return [_happening(row, effects.get(row["id"], [])) for row in rows]


async def events_saying(
    tx: Tx, says: Callable[[bytes], bool], account: str = ""
) -> tuple[str, ...]:
    """Return the ids of events whose message `says` accepts, as it was decrypted; oldest first.

    Looks through the newest 20,000 rows of the inbox, of one account when named.
    """
    newest = await tx.one("SELECT max(id) AS id FROM inbox")
    last = int(newest["id"] or 0) if newest else 0
    found: list[str] = []
    for upto in range(last, max(last - _LOOKED_THROUGH, 0), -_AT_ONCE):
        rows = await tx.all(
            "SELECT event_id, account, body FROM inbox WHERE id <= ? AND id > ? ORDER BY id DESC",
            upto, upto - _AT_ONCE,
        )  # fmt: skip
        found += [
            row["event_id"]
            for row in rows
            if account in ("", row["account"]) and says(bytes(row["body"]))
        ]
    return tuple(reversed(found))


def _happening(row: Row, effects: list[Owed]) -> Happening:
    return Happening(
        event_id=row["event_id"],
        account=row["account"],
        source=row["source"],
        kind=row["kind"],
        body=row["body"],
        state=row["state"],
        error=row["error"] or "",
        duplicates=row["duplicates"],
        happened_us=row["happened_us"],
        decided_us=row["decided_us"],
        answer=row["answer"] or b"",
        person=row["person_id"] or "",
        trace=row["trace"] or "",
        effects=tuple(effects),
    )
