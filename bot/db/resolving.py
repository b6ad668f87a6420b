"""An operator's word on effects whose outcome nobody can know: what it settles, and what not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.actions import State
from bot.db import ledger
from bot.db.tx import Tx

VERDICTS = ("done", "retry", "give_up")
ABSENT, OVERDUE = "absent", "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What an operator says of effects: they took place, are to be tried again, or given up."""

    verdict: str
    by: str
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Which effects a word settled, and why others are left as they were.

    A reason is ABSENT, OVERDUE for a retry after the deadline, or the state it is in, which is
    not unknown.
    """

    settled: Sequence[int]
    left: Mapping[int, str]

    @property
    def document(self) -> dict[str, object]:
        """Return it as programs read it; numbers are texts where they are names."""
        return {
            "settled": list(self.settled),
            "left": {str(one): why for one, why in self.left.items()},
        }


async def resolve(tx: Tx, effects: Sequence[int], word: Word) -> Resolved:
    """Settle those of the effects that are unknown. Repeating leaves what was settled before."""
    settled: list[int] = []
    left: dict[int, str] = {}
    for effect in dict.fromkeys(effects):
        if await ledger.resolve(tx, effect, word.verdict, word.at_us, word.by):
            settled.append(effect)
        else:
            left[effect] = await _why_left(tx, effect)
    return Resolved(settled=settled, left=left)


async def _why_left(tx: Tx, effect: int) -> str:
    row = await tx.one("SELECT state FROM effect WHERE id = ?", effect)
    if row is None:
        return ABSENT
    return OVERDUE if row["state"] == State.UNKNOWN else str(row["state"])


async def unknown(tx: Tx) -> Sequence[int]:
    """Return the numbers of all effects that are unknown now, the oldest first."""
    rows = await tx.all("SELECT id FROM effect WHERE state = 'unknown' ORDER BY id")
    return [row["id"] for row in rows]
