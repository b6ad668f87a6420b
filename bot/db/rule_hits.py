"""How often rules hit, and how often members met them: written by decisions, counted for limits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.db.tx import Tx, Value

HIT, MET = "hit", "met"
_AT_ONCE = 100  # counts in one statement; SQLite takes 500
_LONGEST = 10_000  # rows that one count looks at


class Whose(StrEnum):
    """Whose hits are counted, by the column that says so."""

    MEMBER = "person_id"
    STORE = "store"
    GROUP = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What is to be counted: hits of a rule, or meetings with it, of one of `whose` since then.

    No more than `most` are counted: whether there are that many is all a limit asks.
    """

    rule: str
    whose: Whose
    id: str
    since_us: int = 0
    op: str = HIT
    most: int = _LONGEST


async def note(
    tx: Tx, *, person: str, rule: str, op: str, at_us: int, store: str = "", chat: str = ""
) -> None:
    """Keep one hit, or one meeting; the decision that does so closes its event."""
    await tx.run(
        "INSERT INTO rule_hit(person_id, rule, op, store, chat, at_us) VALUES(?,?,?,?,?,?)",
        person, rule, op, store, chat, at_us,
    )  # fmt: skip


async def counts(tx: Tx, asked: Sequence[Tally]) -> tuple[int, ...]:
    """Return how many there are of each, in one statement for each hundred."""
    found: dict[int, int] = {}
    for start in range(0, len(asked), _AT_ONCE):
        batch = asked[start : start + _AT_ONCE]
        selects = " UNION ALL ".join(_select(start + place, one) for place, one in enumerate(batch))
        args = [value for one in batch for value in _values(one)]
        found |= {int(row["place"]): int(row["n"]) for row in await tx.all(selects, *args)}
    return tuple(found[place] for place in range(len(asked)))


def _select(place: int, tally: Tally) -> str:
    counted = (
        f"SELECT 1 FROM rule_hit WHERE {tally.whose.value} = ? AND rule = ? AND op = ?"  # noqa: S608  (ours)
        " AND at_us >= ? LIMIT ?"
    )
    return f"SELECT {place} AS place, count(*) AS n FROM ({counted}) AS counted"  # noqa: S608  (ours)


def _values(tally: Tally) -> Iterator[Value]:
    yield from (tally.id, tally.rule, tally.op, tally.since_us, min(tally.most, _LONGEST))
