"""What operators have stopped until further notice, on every process, whatever the files say.

A pause has a name: `all-sending`, or the kind and the id of the one thing that it stops, as in
`rule:ID`.
"""

from dataclasses import dataclass

from bot.db.tx import Row, Tx
from bot.pausing import ALL_SENDING, word_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """One thing that is stopped: by which name, why, by whom, and since when."""

    name: str
    reason: str
    by: str
    at_us: int

    @property
    def told(self) -> str:
        """Return it as receipts and reports say it."""
        why = f"（{self.reason}）" if self.reason else ""
        return f"已暂停{word_of(self.name)}{why}"


async def pause(tx: Tx, wanted: Pause) -> bool:
    """Stop something; False when it is stopped already, which keeps its first reason."""
    changed = await tx.run(
        "INSERT INTO pause(name, reason, by, at_us) VALUES(?,?,?,?) ON CONFLICT(name) DO NOTHING",
        wanted.name, wanted.reason, wanted.by, wanted.at_us,
    )  # fmt: skip
    return changed == 1


async def lift(tx: Tx, name: str, *, by: str = "") -> bool:
    """Let something go on, with `by` only what that one stopped; False when nothing stops it."""
    if by:
        return await tx.run("DELETE FROM pause WHERE name = ? AND by = ?", name, by) == 1
    return await tx.run("DELETE FROM pause WHERE name = ?", name) == 1


async def standing(tx: Tx) -> tuple[Pause, ...]:
    """Return everything that is stopped, by name."""
    rows = await tx.all("SELECT name, reason, by, at_us FROM pause ORDER BY name")
    return tuple(map(_pause_of, rows))


async def names(tx: Tx) -> tuple[str, ...]:
    """Return the names of everything that is stopped; read in every decision, so it holds at once.

    The table holds a handful of rows: looking costs less than knowing how old a copy of it is.
    """
    return tuple(row["name"] for row in await tx.all("SELECT name FROM pause"))


async def sending(tx: Tx) -> Pause | None:
    """Return what stops all sending, None when nothing does."""
    row = await tx.one("SELECT name, reason, by, at_us FROM pause WHERE name = ?", ALL_SENDING)
    return _pause_of(row) if row else None


def _pause_of(row: Row) -> Pause:
    return Pause(name=row["name"], reason=row["reason"], by=row["by"], at_us=row["at_us"])
