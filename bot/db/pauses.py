"""What operators have stopped until further notice, on every process, whatever the files say.

A pause has a name: `all-sending` now; one that stops a single thing names its kind and it, as in
`rule:ID`.
"""

from dataclasses import dataclass

from bot.db.tx import Row, Tx

ALL_SENDING = "all-sending"
NAMES = (ALL_SENDING,)


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
        return f"已暂停全部发送（{self.reason}）" if self.reason else "已暂停全部发送"


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


async def sending(tx: Tx) -> Pause | None:
    """Return what stops all sending, None when nothing does."""
    row = await tx.one("SELECT name, reason, by, at_us FROM pause WHERE name = ?", ALL_SENDING)
    return _pause_of(row) if row else None


def _pause_of(row: Row) -> Pause:
    return Pause(name=row["name"], reason=row["reason"], by=row["by"], at_us=row["at_us"])
