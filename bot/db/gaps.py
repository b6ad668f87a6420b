"""Reads what no rule knew: every saying, by whom, when, and on which account."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.db.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """A customer's words that no rule knew; `person` and `account` are "" once forgotten."""

    text: str
    person: str
    account: str
    at_us: int


async def sayings(tx: Tx) -> Sequence[Saying]:
    """Return every saying that is kept, the oldest first."""
    rows = await tx.all(
        "SELECT g.text, g.person_id, g.at_us, i.account FROM gap g"
        " LEFT JOIN inbox i ON i.id = g.inbox_id ORDER BY g.id"
    )
    return [
        Saying(
            text=row["text"],
            person=row["person_id"] or "",
            account=row["account"] or "",
            at_us=row["at_us"],
        )
        for row in rows
    ]
