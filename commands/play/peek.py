"""Looks at the bot's tables from outside, read-only, while it runs or lies dead."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.db.location import Location
from bot.db.reading import ask
from bot.db.tx import Row, Tx, Value


def rows(database: Location, sql: str, *args: Value) -> Sequence[Row]:
    """Return what a statement finds, on either engine. Raises DatabaseTrouble."""

    async def work(tx: Tx) -> Sequence[Row]:
        return await tx.all(sql, *args)

    return ask(database, work, any_schema=True)


def trace_of(database: Location, inner: str) -> Mapping[str, Any]:
    """Return the kept trace of the callback that said `inner`; empty when it is undecided."""
    found = rows(
        database,
        "SELECT t.body FROM trace t JOIN inbox i ON i.id = t.inbox_id WHERE i.body = ?",
        inner.encode(),
    )
    return json.loads(found[0]["body"]) if found else {}


def own_trace(database: Location, kind: str, member: str) -> Mapping[str, Any]:
    """Return the trace of the latest event of a kind that the bot told itself of a customer."""
    found = rows(
        database,
        "SELECT t.body, i.body AS told FROM trace t JOIN inbox i ON i.id = t.inbox_id"
        " WHERE i.kind = ? ORDER BY i.id DESC",
        kind,
    )
    named = (row["body"] for row in found if member.encode() in row["told"])
    trace: Mapping[str, Any] = json.loads(next(named, "{}"))
    return trace


def unfinished(database: Location) -> int:
    """Return how many inbox rows and effects are not settled yet."""
    (row,) = rows(
        database,
        "SELECT (SELECT count(*) FROM inbox WHERE state = 'new')"
        " + (SELECT count(*) FROM effect WHERE state IN ('ready', 'sending')) AS n",
    )
    return int(row["n"])


def notices(database: Location) -> list[str]:
    """Return what operators were shown."""
    return [row["text"] for row in rows(database, "SELECT text FROM notice ORDER BY id")]


def gaps(database: Location) -> list[str]:
    """Return the phrases no rule knew."""
    return [row["text"] for row in rows(database, "SELECT text FROM gap ORDER BY id")]


def welcome_of(database: Location, chat: str) -> str:
    """Return the template that holds a group's welcome, "" when there is none."""
    found = rows(database, "SELECT welcome FROM chat_group WHERE chat = ?", chat)
    return found[0]["welcome"] if found else ""


def campaign_of(database: Location, code: str) -> str:
    """Return the campaign a coupon code belongs to, "" for an unknown one."""
    found = rows(database, "SELECT campaign FROM coupon WHERE code = ?", code)
    return found[0]["campaign"] if found else ""
