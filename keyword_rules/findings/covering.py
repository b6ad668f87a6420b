"""Whether one thing holds wherever another does: what makes «never» a proof and not a guess."""

from collections.abc import Callable, Iterable, Mapping

from keyword_rules.rule import Dates, Hours, Mode, Phrase, Share, Where
from keyword_rules.words import comparable

_DAY = 24 * 60
_LITERAL = frozenset({Mode.EQUALS, Mode.CONTAINS, Mode.PREFIX, Mode.SUFFIX, Mode.WORD})

Fold = Callable[[str], str]


def implies(said: Phrase, asked: Phrase, fold: Fold = comparable) -> bool:
    """Whether every text in which `said` is found holds `asked` too. False when in doubt."""
    if said == asked:
        return True
    if Mode.REGEX in {said.mode, asked.mode}:
        return False
    modes, holds = _IMPLIED[asked.mode]
    return said.mode in modes and holds(fold(said.text), fold(asked.text))


def _contains(there: str, wanted: str) -> bool:
    return wanted in there


# By the mode of what is asked: in which modes the other may be said, and how the two must relate.
_IMPLIED: Mapping[Mode, tuple[frozenset[Mode], Callable[[str, str], bool]]] = {
    Mode.CONTAINS: (_LITERAL, _contains),
    Mode.SOUND: (_LITERAL | {Mode.SOUND}, _contains),
    Mode.PREFIX: (frozenset({Mode.PREFIX, Mode.EQUALS}), str.startswith),
    Mode.SUFFIX: (frozenset({Mode.SUFFIX, Mode.EQUALS}), str.endswith),
    Mode.WORD: (frozenset({Mode.WORD, Mode.EQUALS}), str.__eq__),
    Mode.EQUALS: (frozenset({Mode.EQUALS}), str.__eq__),
}


def covers(wide: Where, narrow: Where) -> bool:
    """Whether `wide` holds whenever `narrow` does. False when in doubt.

    A limit or an `nth` of the wide one never covers: it ends, and then the other's turn comes.
    """
    return (
        not wide.limits
        and wide.nth is None
        and _names_covered(wide, narrow)
        and set(wide.tagged) <= set(narrow.tagged)
        and set(wide.not_tagged) <= set(narrow.not_tagged)
        and _hours_covered(wide.hours, narrow.hours)
        and _dates_covered(wide.dates, narrow.dates)
        and _share_covered(wide.share, narrow.share)
    )


def _names_covered(wide: Where, narrow: Where) -> bool:
    pairs: tuple[tuple[tuple[object, ...], tuple[object, ...]], ...] = (
        (wide.channel, narrow.channel),
        (wide.store, narrow.store),
        (wide.group, narrow.group),
        (wide.stage, narrow.stage),
        (wide.weekdays, narrow.weekdays),
        (wide.days, narrow.days),
    )
    return all(not allowed or (asked and set(asked) <= set(allowed)) for allowed, asked in pairs)


def _hours_covered(wide: Iterable[Hours], narrow: Iterable[Hours]) -> bool:
    allowed = _minutes(wide)
    return not allowed or not (_minutes(narrow) or set(range(_DAY))) - allowed


def _minutes(hours: Iterable[Hours]) -> set[int]:
    return {minute for one in hours for minute in _inside(one)}


def _inside(hours: Hours) -> Iterable[int]:
    if hours.start < hours.end:
        return range(hours.start, hours.end)
    return (*range(hours.start, _DAY), *range(hours.end))


def _dates_covered(wide: tuple[Dates, ...], narrow: tuple[Dates, ...]) -> bool:
    if not wide:
        return True
    return bool(narrow) and all(any(_within(one, around) for around in wide) for one in narrow)


def _within(one: Dates, around: Dates) -> bool:
    begins = around.first is None or (one.first is not None and one.first >= around.first)
    ends = around.last is None or (one.last is not None and one.last <= around.last)
    return begins and ends


def _share_covered(wide: Share | None, narrow: Share | None) -> bool:
    if wide is None:
        return True
    if narrow is None or narrow.split != wide.split:
        return False
    return wide.start <= narrow.start and narrow.end <= wide.end
