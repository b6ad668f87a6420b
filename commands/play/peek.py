"""Looks at the bot's tables from outside, read-only, while it runs or lies dead."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def reading(database: Path) -> Iterator[sqlite3.Connection]:
    """Open a database that cannot be written this way."""
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as found:
        found.row_factory = sqlite3.Row
        yield found


def trace_of(database: Path, inner: str) -> Mapping[str, Any]:
    """Return the kept trace of the callback that said `inner`; empty when it is undecided."""
    with reading(database) as connection:
        row = connection.execute(
            "SELECT t.body FROM trace t JOIN inbox i ON i.id = t.inbox_id WHERE i.body = ?",
            (inner.encode(),),
        ).fetchone()
    return json.loads(row["body"]) if row else {}


def own_trace(database: Path, kind: str, member: str) -> Mapping[str, Any]:
    """Return the trace of the latest event of a kind that the bot told itself of a customer."""
    with reading(database) as connection:
        row = connection.execute(
            "SELECT t.body FROM trace t JOIN inbox i ON i.id = t.inbox_id"
            " WHERE i.kind = ? AND instr(i.body, ?) ORDER BY i.id DESC LIMIT 1",
            (kind, member.encode()),
        ).fetchone()
    return json.loads(row["body"]) if row else {}


def unfinished(database: Path) -> int:
    """Return how many inbox rows and effects are not settled yet."""
    with reading(database) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'new')"
            " + (SELECT count(*) FROM effect WHERE state IN ('ready', 'sending')) AS n"
        ).fetchone()
    return int(row["n"])


def notices(database: Path) -> list[str]:
    """Return what operators were shown."""
    with reading(database) as connection:
        return [r["text"] for r in connection.execute("SELECT text FROM notice ORDER BY id")]


def gaps(database: Path) -> list[str]:
    """Return the phrases no rule knew."""
    with reading(database) as connection:
        return [r["text"] for r in connection.execute("SELECT text FROM gap ORDER BY id")]


def welcome_of(database: Path, chat: str) -> str:
    """Return the template that holds a group's welcome, "" when there is none."""
    with reading(database) as connection:
        row = connection.execute(
            "SELECT welcome FROM chat_group WHERE chat = ?", (chat,)
        ).fetchone()
    return row["welcome"] if row else ""


def campaign_of(database: Path, code: str) -> str:
    """Return the campaign a coupon code belongs to, "" for an unknown one."""
    with reading(database) as connection:
        row = connection.execute("SELECT campaign FROM coupon WHERE code = ?", (code,)).fetchone()
    return row["campaign"] if row else ""
