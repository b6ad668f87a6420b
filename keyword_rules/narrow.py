"""What holds where two sets of conditions both do: a file's `only` and a rule's `where`."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from keyword_rules.rule import Dates, Hours, Where
from keyword_rules.where import MINUTES_A_DAY

_One = TypeVar("_One")
Clash = tuple[str, str, str]  # the condition, what the file asks for, what the rule asks for


def narrowed(where: Where, only: Where) -> tuple[Where, tuple[Clash, ...]]:
    """The rule's conditions under the file's, and those under which nothing is left.

    >>> narrowed(Where(store=("S001",)), Where(store=("S001", "S002"), channel=("oa",)))[0]
    ... # doctest: +ELLIPSIS
    Where(channel=('oa',), store=('S001',), ...)
    """
    changes: dict[str, tuple[object, ...]] = {
        "tagged": (*dict.fromkeys(only.tagged + where.tagged),),
        "not_tagged": (*dict.fromkeys(only.not_tagged + where.not_tagged),),
    }
    clashes: list[Clash] = []
    for name, both in _MEETS.items():
        theirs, ours = getattr(only, name), getattr(where, name)
        changes[name] = both(ours, theirs) if ours and theirs else ours or theirs
        if ours and theirs and not changes[name]:
            clashes.append((name, _told(theirs), _told(ours)))
    return _with(where, changes), tuple(clashes)


def _with(where: Where, changes: dict[str, tuple[object, ...]]) -> Where:
    return replace(where, **changes)  # type: ignore[arg-type]  # each has its condition's type


def _told(wanted: Iterable[object]) -> str:
    return "、".join(map(str, wanted))


def _shared(ours: tuple[_One, ...], theirs: tuple[_One, ...]) -> tuple[_One, ...]:
    return tuple(one for one in ours if one in theirs)


def _hours(ours: tuple[Hours, ...], theirs: tuple[Hours, ...]) -> tuple[Hours, ...]:
    both = (
        (max(a_start, b_start), min(a_end, b_end))
        for a_start, a_end in _stretches(ours)
        for b_start, b_end in _stretches(theirs)
    )
    return tuple(Hours(start=start, end=end) for start, end in both if start < end)


def _stretches(hours: Iterable[Hours]) -> Iterable[tuple[int, int]]:
    """The same times, none of which crosses midnight."""
    for one in hours:
        if one.start < one.end:
            yield one.start, one.end
        else:
            yield 0, one.end
            yield one.start, MINUTES_A_DAY


def _dates(ours: tuple[Dates, ...], theirs: tuple[Dates, ...]) -> tuple[Dates, ...]:
    both = (
        Dates(
            first=max(filter(None, (a.first, b.first)), default=None),
            last=min(filter(None, (a.last, b.last)), default=None),
        )
        for a in ours
        for b in theirs
    )
    return tuple(one for one in both if not (one.first and one.last and one.first > one.last))


_MEETS: dict[str, Callable[..., tuple[object, ...]]] = {
    "channel": _shared,
    "store": _shared,
    "group": _shared,
    "stage": _shared,
    "hours": _hours,
    "weekdays": _shared,
    "dates": _dates,
}
