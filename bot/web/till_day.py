"""What a store took in today, as the cashier's page lists it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from bot.clock import micros, micros_of, moment
from bot.db import till
from bot.db.tx import Row, Tx
from bot.facts import Store
from bot.web.keys import Rooms

_TAIL_CHARS = 4
_FEN_PER_YUAN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: a coupon taken in, or taken back. `undo` is what to take back, 0 for nothing."""

    at: datetime
    tail: str
    name: str
    value: str
    taken_back: bool = False  # this line takes one back
    void: bool = False  # this one was taken back later
    undo: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A store's day so far: the newest lines first, and what stands of all."""

    lines: tuple[Line, ...]
    listed: int
    count: int
    total: str

    @property
    def whole(self) -> bool:
        """Tell whether the lines are all there are."""
        return self.listed < till.MOST_LISTED


def yuan(fen: int) -> str:
    """Return money as people read it.

    >>> yuan(500), yuan(1290)
    ('5.00', '12.90')
    """
    return f"{fen // _FEN_PER_YUAN}.{fen % _FEN_PER_YUAN:02d}"


async def day_of(rooms: Rooms, store: Store, *, manager: bool) -> Day:
    """Return what a store took in since its midnight. A manager's lines may be taken back."""
    zone = rooms.shop.zone
    now = moment(rooms.clock()).astimezone(zone)
    midnight = datetime.combine(now.date(), time.min, zone)
    since_us = micros(midnight)
    rows, standing = await rooms.db.read(lambda tx: _read(tx, store, since_us))
    lines = [line for row in rows for line in _lines(rooms, row, since_us, manager=manager)]
    return Day(
        lines=tuple(sorted(lines, key=lambda line: line.at, reverse=True)),
        listed=len(rows),
        count=sum(row["taken"] for row in standing),
        total=yuan(sum(row["taken"] * _value_fen(rooms, row) for row in standing)),
    )


async def _read(tx: Tx, store: Store, since_us: int) -> tuple[Sequence[Row], Sequence[Row]]:
    return (
        await till.redemptions_since(tx, store.id, since_us),
        await till.standing_since(tx, store.id, since_us),
    )


def _lines(rooms: Rooms, row: Row, since_us: int, *, manager: bool) -> Iterator[Line]:
    zone = rooms.shop.zone
    known = rooms.shop.content().campaigns.get(row["campaign"])
    tail, name = row["code"][-_TAIL_CHARS:], known.name if known else row["campaign"]
    fen = _value_fen(rooms, row)
    value = f"{yuan(fen)} 元" if fen else ""
    age_us = rooms.clock() - row["at_us"]
    in_time = age_us <= micros_of(rooms.shop.tills.undo_within)
    if row["undone"]:
        at = moment(row["undone_us"]).astimezone(zone)
        yield Line(at=at, tail=tail, name=name, value=value, taken_back=True)
    if row["at_us"] >= since_us:
        yield Line(
            at=moment(row["at_us"]).astimezone(zone),
            tail=tail,
            name=name,
            value=value,
            void=bool(row["undone"]),
            undo=row["id"] if manager and in_time and not row["undone"] else 0,
        )


def _value_fen(rooms: Rooms, row: Row) -> int:
    known = rooms.shop.content().campaigns.get(row["campaign"])
    return known.value_fen if known else 0
