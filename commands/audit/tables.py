"""The bot's tables as the auditor reads them: a copy of a file opened read-only."""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bot.actions import REMOTE
from bot.db.schema import UNIQUE
from commands.audit.messages import Identity, identity

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


def read_tables(database: Path) -> Tables:
    """Copy what the audit needs; the server may run or be stopped. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("BEGIN")  # one moment for all tables, also while the bot writes
        return Tables(
            inbox=_inbox(connection),
            effects=_effects(connection),
            coupons={
                row["code"]: Coupon(**row)
                for row in _all(connection, "SELECT id, campaign, code, state FROM coupon")
            },
            grants=[
                Grant(**row)
                for row in _all(
                    connection,
                    "SELECT g.campaign, coalesce(c.code, '') AS code, g.coupon_id AS coupon,"
                    " g.person_id AS person, g.ordinal, coalesce(g.same_as, g.coupon_id) AS root"
                    " FROM coupon_grant g"
                    " LEFT JOIN coupon c ON c.id = g.coupon_id ORDER BY g.id",
                )
            ],
            redeemed=[
                row["coupon_id"]
                for row in _all(connection, "SELECT coupon_id FROM redemption WHERE undone = 0")
            ],
            orders=[Order(**row) for row in _all(connection, _ORDERS)],
            owners=_owners(connection),
            missing_guards=_missing_guards(connection),
            plans=_plans(connection),
        )


def _all(connection: sqlite3.Connection, sql: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(sql)]


def _inbox(connection: sqlite3.Connection) -> list[InboxRow]:
    sql = (
        "SELECT id, event_id, account, source, kind, body, state, attempts, duplicates,"
        " coalesce(error, '') AS error FROM inbox ORDER BY id"
    )
    return [InboxRow(**row) for row in _all(connection, sql)]


def _effects(connection: sqlite3.Connection) -> list[EffectRow]:
    sql = (
        "SELECT key, inbox_id, kind, klass, state, carrier, attempts, sent_us, meaning, body,"
        " account FROM effect ORDER BY id"
    )
    return [
        EffectRow(**{**row, "body": orjson.loads(row["body"])}) for row in _all(connection, sql)
    ]


def _plans(connection: sqlite3.Connection) -> dict[int, Counter[str]]:
    remote = {one.kind for one in REMOTE}
    return {
        row["inbox_id"]: Counter(
            one["kind"] for one in orjson.loads(row["body"])["actions"] if one["kind"] in remote
        )
        for row in _all(connection, "SELECT inbox_id, body FROM trace")
    }


def _owners(connection: sqlite3.Connection) -> dict[str, str]:
    merged = {row["id"]: row["merged_into"] for row in _all(connection, "SELECT * FROM person")}
    found = {}
    for row in _all(connection, "SELECT value, person_id FROM alias"):
        person = row["person_id"]
        while merged.get(person):
            person = merged[person]
        found[row["value"]] = person
    return found


def _missing_guards(connection: sqlite3.Connection) -> list[str]:
    return [
        f"{table}({', '.join(columns)})"
        for table, guards in UNIQUE.items()
        for columns in guards
        if columns not in _unique(connection, table)
    ]


def _unique(connection: sqlite3.Connection, table: str) -> set[tuple[str, ...]]:
    indexes = _all(connection, f'PRAGMA index_list("{table}")')
    return {
        tuple(row["name"] for row in _all(connection, f'PRAGMA index_info("{index["name"]}")'))
        for index in indexes
        if index["unique"]
    }
