"""Hides erased members in rows that are not theirs: lists, notices, questions about many.

Every row is looked through, a few at a time, so that nobody who writes meanwhile has to wait.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, TypeVar

from bot.db.tx import Database, Row, Tx, Value, Work
from bot.db.veil import Veil

_AT_ONCE = 500  # rows
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where somebody may be mentioned; rows of `but` are still to be carried out as they are.

    `owned`: its rows say whose they are.
    """

    table: str
    columns: tuple[str, ...]
    but: str = "1 = 0"
    owned: bool = False


_PLACES = (
    _Place(table="inbox", columns=("body",), but="state = 'new'", owned=True),
    _Place(
        table="effect", columns=("body", "key", "order_key", "meaning"),
        but="state IN ('ready', 'sending')", owned=True,
    ),
    _Place(table="trace", columns=("body",), owned=True),
    _Place(table="notice", columns=("name", "text")),
    _Place(table="memory", columns=("name", "value")),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """In how many rows somebody was hidden, and up to which row of each table."""

    changed: int
    upto: Mapping[str, int]


async def veil_everywhere(
    db: Database, veil: Veil, *, but: Sequence[str] = (), after: Looked | None = None
) -> Looked:
    """Put marks in the place of names in every row; repeating is safe.

    `but`: not in rows of these members, which are emptied as they are. `after`: only in rows that
    came since that look. A million rows take about ten seconds.
    """
    since = after.upto if after else {}
    looked = [await _veil(place, veil, db, but, since.get(place.table, 0)) for place in _PLACES]
    upto = {place.table: one for place, (_, one) in zip(_PLACES, looked, strict=True)}
    return Looked(changed=sum(changed for changed, _ in looked), upto=upto)


async def veil_within(tx: Tx, veil: Veil) -> int:
    """Do the same in one transaction, while nobody else uses the database."""
    return (await veil_everywhere(_Within(tx), veil)).changed


class _Within:
    """A database that is one transaction."""

    alone: ClassVar[bool] = True

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    async def write(self, work: Work[T], *, soon: bool = False) -> T:
        return await work(self._tx)

    async def read(self, work: Work[T]) -> T:
        return await work(self._tx)


async def _veil(
    place: _Place, veil: Veil, db: Database, but: Sequence[str], upto: int
) -> tuple[int, int]:  # fmt: skip
    changed = 0
    while True:
        rows = await db.read(partial(_slice, place=place, but=but, upto=upto))
        if not rows:
            return changed, upto
        upto = int(rows[-1]["id"])
        hidden = {row["id"]: _hidden(row, place, veil) for row in rows}
        named = {number: values for number, values in hidden.items() if values}
        if named:
            await db.write(partial(_put, place=place, named=named))
            changed += len(named)


async def _slice(tx: Tx, *, place: _Place, but: Sequence[str], upto: int) -> Sequence[Row]:
    columns = ", ".join(place.columns)
    places = ",".join("?" * len(but))
    others = f" AND coalesce(person_id, '') NOT IN ({places})" if place.owned and but else ""
    return await tx.all(
        f"SELECT id, {columns} FROM {place.table} WHERE id > ? AND NOT ({place.but}){others}"  # noqa: S608  (ours)
        " ORDER BY id LIMIT ?",
        upto, *(but if others else ()), _AT_ONCE,
    )  # fmt: skip


def _hidden(row: Row, place: _Place, veil: Veil) -> tuple[Value, ...]:
    """Return the columns as they should be, none when they are so already."""
    before = tuple(row[column] for column in place.columns)
    after = tuple(_over(veil, value) for value in before)
    return () if after == before else after


def _over(veil: Veil, value: str | bytes) -> str | bytes:
    if isinstance(value, str):
        return veil.over(value)
    try:
        return veil.over(value.decode()).encode()
    except UnicodeDecodeError:  # nothing that we decrypt, and no name of anybody's in it
        return value


async def _put(tx: Tx, *, place: _Place, named: Mapping[int, tuple[Value, ...]]) -> None:
    columns = ", ".join(f"{column} = ?" for column in place.columns)
    for number, values in named.items():
        await tx.run(f"UPDATE {place.table} SET {columns} WHERE id = ?", *values, number)  # noqa: S608  (ours)
