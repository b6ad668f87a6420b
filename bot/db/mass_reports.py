"""Reads mass messages as reports tell them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from bot.actions import MakeMass
from bot.db.masses import LETTER, SELECTION
from bot.db.tx import Row, Tx
from bot.events import Letter, Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class PartReport:
    """One employee's part. `state` is the part's own, tapped, or unknown where nobody can know.

    `receivers` counts by what became of them.
    """

    part: str
    staff: str
    state: str
    msgid: str
    trouble: str
    tapped_us: int | None
    read_us: int | None
    receivers: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class MassReport:
    """A mass message; `left` counts who was left out by reason, `capped` lists those at the cap."""

    name: str
    account: str
    state: str
    at_us: int
    letter: Letter
    selection: Selection
    left: Mapping[str, int]
    parts: Sequence[PartReport]
    capped: Sequence[str] = ()

    def count(self, *states: str) -> int:
        """Return how many receivers stand at one of these."""
        return sum(part.receivers.get(state, 0) for part in self.parts for state in states)

    @property
    def waiting(self) -> int:
        """Return how many parts wait for their employee."""
        return sum(part.state == "made" for part in self.parts)


async def listed(tx: Tx, limit: int) -> Sequence[MassReport]:
    """Return the newest mass messages first."""
    rows = await tx.all("SELECT * FROM mass ORDER BY id DESC LIMIT ?", limit)
    return [await _report(tx, row) for row in rows]


async def of_name(tx: Tx, name: str, most_capped: int) -> MassReport | None:
    """Return one mass message, None when there is none; at most so many at the cap by id."""
    row = await tx.one("SELECT * FROM mass WHERE name = ?", name)
    if row is None:
        return None
    capped = await tx.all(
        "SELECT receiver FROM mass_receiver WHERE mass = ? AND state = 'left' ORDER BY id LIMIT ?",
        name, most_capped,
    )  # fmt: skip
    return await _report(tx, row, [one["receiver"] for one in capped])


async def _report(tx: Tx, row: Row, capped: Sequence[str] = ()) -> MassReport:
    counted = await tx.all(
        "SELECT part, state, count(*) AS n FROM mass_receiver WHERE mass = ? GROUP BY part, state",
        row["name"],
    )  # fmt: skip
    became: dict[str, dict[str, int]] = {}
    for one in counted:
        became.setdefault(one["part"], {})[one["state"]] = one["n"]
    parts = await tx.all(
        "SELECT p.*, coalesce(e.state, '') AS effect FROM mass_part p JOIN inbox i ON i.id = ?"
        " LEFT JOIN effect e ON e.key = i.event_id || ':' || ? || ':mass:' || p.mass || ':'"
        " || p.part WHERE p.mass = ? ORDER BY p.id",
        row["inbox_id"], MakeMass.kind, row["name"],
    )  # fmt: skip
    return MassReport(
        name=row["name"],
        account=row["account"],
        state=row["state"],
        at_us=row["at_us"],
        letter=LETTER.validate_json(row["letter"]),
        selection=SELECTION.validate_json(row["selection"]),
        left=orjson.loads(row["left_out"]),
        parts=[_part(one, became.get(one["part"], {})) for one in parts],
        capped=capped,
    )


def _part(row: Row, receivers: Mapping[str, int]) -> PartReport:
    return PartReport(
        part=row["part"],
        staff=row["staff"],
        state=_state(row),
        msgid=row["msgid"],
        trouble=row["trouble"],
        tapped_us=row["tapped_us"],
        read_us=row["read_us"],
        receivers=receivers,
    )


def _state(row: Row) -> str:
    if row["state"] == "made" and row["tapped_us"] is not None:
        return "tapped"
    if row["state"] == "owed" and row["effect"] in ("unknown", "failed"):
        return str(row["effect"])
    return str(row["state"])
