"""The bot's tables as the auditor reads them: one moment of all of them, read-only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import orjson

from bot.actions import REMOTE
from bot.db.location import Location
from bot.db.reading import ask
from bot.db.schema import missing_guards
from bot.db.tx import Row, Tx
from commands.audit.messages import Identity, identity

_INBOX = (
    "SELECT id, event_id, account, source, kind, body, state, attempts, duplicates,"
    " coalesce(error, '') AS error FROM inbox ORDER BY id"
)
_EFFECTS = (
    "SELECT key, inbox_id, kind, klass, state, carrier, attempts, sent_us, meaning, body, account"
    " FROM effect ORDER BY id"
)
_COUPONS = "SELECT id, campaign, code, state FROM coupon"
_GRANTS = (
    "SELECT g.campaign, coalesce(c.code, '') AS code, g.coupon_id AS coupon,"
    " g.person_id AS person, g.ordinal, coalesce(g.same_as, g.coupon_id) AS root"
    " FROM coupon_grant g LEFT JOIN coupon c ON c.id = g.coupon_id ORDER BY g.id"
)
_FORMER = "SELECT digest, person_id FROM erased_name ORDER BY id"
_ORDERS = (
    "SELECT number, state, total_fen, refunded_fen, coalesce(person_id, '') AS person"
    " FROM shop_order ORDER BY id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One accepted callback or event of the bot's own."""

    id: int
    event_id: str
    account: str
    source: str
    kind: str
    body: bytes
    state: str
    attempts: int
    duplicates: int
    error: str

    def identity(self) -> Identity:
        """Return which message this row holds."""
        return identity(self.account, self.body.decode("utf-8", "replace"))


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRow:
    """One owed effect with its stored body."""

    key: str
    inbox_id: int
    kind: str
    klass: str
    state: str
    carrier: str
    attempts: int
    sent_us: int | None
    meaning: str
    body: Mapping[str, Any]
    account: str = ""

    def text(self) -> str:
        """Return the words it carries."""
        return str(self.body.get("text", ""))

    def words(self) -> str:
        """Return everything a customer would read of it: the text and the cards."""
        cards = self.body.get("attachments") or []
        parts = [str(part) for card in cards for part in card.values()]
        return "\n".join([self.text(), *parts])

    def field(self, name: str) -> str:
        """Return a field of the body as text."""
        return str(self.body.get(name, ""))

    def names(self, name: str) -> tuple[str, ...]:
        """Return a list of the body."""
        return tuple(str(one) for one in self.body.get(name) or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One coupon code that left the shelf, and to whom.

    `ordinal` None: a second name of a share, which is redeemed as the coupon `root`.
    """

    campaign: str
    code: str
    coupon: int
    person: str
    ordinal: int | None
    root: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
    """One coupon code on the shelf or off it."""

    id: int
    campaign: str
    code: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order as its newest revision stands, and the member row it found, if any."""

    number: str
    state: str
    total_fen: int
    refunded_fen: int
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Everything the audit compares with the book."""

    inbox: Sequence[InboxRow]
    effects: Sequence[EffectRow]
    coupons: Mapping[str, Coupon]  # by code
    grants: Sequence[Grant]
    redeemed: Sequence[int]  # coupon ids as often as they were taken in and not back
    orders: Sequence[Order]
    owners: Mapping[str, str]  # openid, external_userid or unionid -> surviving person
    missing_guards: Sequence[str]
    plans: Mapping[int, Mapping[str, int]]  # inbox row -> effects that its trace planned, by kind
    former: Mapping[str, str] = field(default_factory=dict)  # a name, or its mark -> erased person


def read_tables(database: Location) -> Tables:
    """Copy what the audit needs; the server may run or be stopped. Raises DatabaseTrouble."""
    return ask(database, _tables, any_schema=True)


async def _tables(tx: Tx) -> Tables:
    coupons = [Coupon(**_named(row, Coupon)) for row in await tx.all(_COUPONS)]
    taken_in = await tx.all("SELECT coupon_id FROM redemption WHERE undone = 0")
    return Tables(
        inbox=[InboxRow(**_named(row, InboxRow)) for row in await tx.all(_INBOX)],
        effects=[_effect(row) for row in await tx.all(_EFFECTS)],
        coupons={one.code: one for one in coupons},
        grants=[Grant(**_named(row, Grant)) for row in await tx.all(_GRANTS)],
        redeemed=[row["coupon_id"] for row in taken_in],
        orders=[Order(**_named(row, Order)) for row in await tx.all(_ORDERS)],
        owners=await _owners(tx),
        missing_guards=await missing_guards(tx),
        plans=await _plans(tx),
        former={row["digest"]: row["person_id"] for row in await tx.all(_FORMER)},
    )


def _named(row: Row, kind: type) -> dict[str, Any]:
    return {field.name: row[field.name] for field in fields(kind)}


def _effect(row: Row) -> EffectRow:
    return EffectRow(**{**_named(row, EffectRow), "body": orjson.loads(row["body"])})


async def _plans(tx: Tx) -> dict[int, Counter[str]]:
    remote = {one.kind for one in REMOTE}
    return {
        row["inbox_id"]: Counter(
            one["kind"] for one in orjson.loads(row["body"])["actions"] if one["kind"] in remote
        )
        for row in await tx.all("SELECT inbox_id, body FROM trace")
    }


async def _owners(tx: Tx) -> dict[str, str]:
    people = await tx.all("SELECT id, merged_into FROM person")
    merged = {row["id"]: row["merged_into"] for row in people}
    found = {}
    for row in await tx.all("SELECT value, person_id FROM alias"):
        person = row["person_id"]
        while merged.get(person):
            person = merged[person]
        found[row["value"]] = person
    return found
