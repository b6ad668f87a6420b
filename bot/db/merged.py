"""Reads merges as reports tell them."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from bot.db.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Two members taken for one. `rows` counts what moved; `undone_us` is None while it stands."""

    number: int
    keep: str
    gone: str
    how: str
    event_id: str
    rows: int
    at_us: int
    undone_us: int | None
    undone_by: str


async def merges(tx: Tx, limit: int, person: str = "") -> Sequence[Merged]:
    """Return the newest merges first, those that a member took part in when one is named."""
    rows = await tx.all(
        "SELECT m.*, coalesce(i.event_id, '') AS event_id FROM merge_log m"
        " LEFT JOIN inbox i ON i.id = m.inbox_id"
        " WHERE ? = '' OR m.keep_id = ? OR m.gone_id = ? ORDER BY m.id DESC LIMIT ?",
        person, person, person, limit,
    )  # fmt: skip
    return [
        Merged(
            number=row["id"],
            keep=row["keep_id"],
            gone=row["gone_id"],
            how=row["how"],
            event_id=row["event_id"],
            rows=sum(len(ids) for ids in orjson.loads(row["moved"])["rows"].values()),
            at_us=row["at_us"],
            undone_us=row["undone_us"],
            undone_by=row["undone_by"],
        )
        for row in rows
    ]
