"""Which entry codes a shop of this kind has, what each is called, and which rows are missing."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from config.rosters import Cells
from config.shop import MAX_STATE_CHARS

_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
_DIGEST_CHARS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of entry code: what it is printed on, and how long its key may be there."""

    id: str
    poster: str
    longest: int
    account: str  # the kind of account that makes its picture


KINDS: Mapping[str, Kind] = {
    one.id: one
    for one in (
        Kind(id="door", poster="门口海报", longest=64, account="oa"),  # oa/api.md section 3
        Kind(id="counter", poster="收银台立牌", longest=64, account="oa"),
        Kind(id="kf", poster="货架客服贴", longest=32, account="wecom"),  # wecom/kf.md section 1
        Kind(id="staff", poster="工牌", longest=MAX_STATE_CHARS, account="wecom"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a code belongs: a store, or an employee of one."""

    store: str
    name: str
    userid: str = ""


def key_of(kind: Kind, place: Place) -> str:
    """Return what this code is called at the platform; the same at every run.

    >>> key_of(KINDS["door"], Place(store="S012", name="良渚店"))
    'poster-S012-door'
    >>> key_of(KINDS["staff"], Place(store="S012", name="小王", userid="wang.xiao@shop"))
    'staff-bd90541f15fb'
    """
    if place.userid:
        key = f"staff-{place.userid}-{place.store}".removesuffix("-")
    else:
        key = f"poster-{place.store}-{kind.id}"
    if len(key) <= kind.longest and _PLAIN.fullmatch(key):
        return key
    digest = hashlib.sha256(f"{place.userid}\0{place.store}".encode()).hexdigest()[:_DIGEST_CHARS]
    return f"staff-{digest}" if place.userid else f"poster-{digest}-{kind.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One entry code of a kind; `row` is its row of the sheet, `fresh` when it was not there."""

    kind: Kind
    row: Cells
    fresh: bool

    @property
    def key(self) -> str:
        """What it is called at the platform."""
        return self.row["key"]


def codes_of(
    kinds: Sequence[str], places: Sequence[Place], rows: Sequence[Cells]
) -> Iterator[Code]:
    """Yield the code of each kind at each place it fits, as the sheet has it or as it would be.

    A sheet may call a code otherwise: the same employee, or the same store and poster, is the
    same code.
    """
    known = {name: row for row in reversed(rows) for name in _meanings(row)}
    for kind in (KINDS[name] for name in kinds):
        for place in places:
            if bool(place.userid) != (kind.id == "staff"):
                continue
            row = _row(kind, place)
            found = next((known[name] for name in _meanings(row) if name in known), None)
            yield Code(kind=kind, row=found or row, fresh=found is None)


def missing_rows(
    kinds: Sequence[str], places: Sequence[Place], rows: Sequence[Cells]
) -> tuple[Cells, ...]:
    """Return the rows that a sheet lacks for these kinds at these places."""
    return tuple(code.row for code in codes_of(kinds, places, rows) if code.fresh)


def _row(kind: Kind, place: Place) -> Cells:
    poster = f"{place.name}的{kind.poster}" if place.userid else kind.poster
    return {
        "key": key_of(kind, place),
        "store": place.store,
        "poster": poster,
        "staff": place.userid,
    }


def _meanings(row: Cells) -> Iterator[tuple[str, ...]]:
    yield ("key", row.get("key", ""))
    if row.get("staff"):
        yield ("staff", row["staff"], row.get("store", ""))
    elif row.get("store") and row.get("poster"):
        yield ("poster", row["store"], row["poster"])
