"""Lets our calls read the answers that others published, and compares what they understood."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from bot.platforms.call import Call, Order, Paged
from tests.conformance.cases import Case
from tests.conformance.reads import AT_LEAST, READS, UNTOLD
from tests.conformance.requests import SENT
from tests.conformance.sent import Sent

_AFTER = "after"
_DEEPEST = 2  # a button below a button ends it


def read_answers(cases: Iterable[Case]) -> list[tuple[str, tuple[str, ...]]]:
    """Return each of our calls to which others published an answer, and what it misread.

    The name is the platform's and the API's, for two platforms share some addresses.
    """
    made = [(platform, call) for platform, sent in SENT.items() for call in _classes(sent)]
    answers = [case for case in cases if case.kind == "api.response"]
    told: dict[str, list[str]] = {}
    for platform, call in made:
        for case in answers:
            if (case.platform, case.request.get("path")) == (platform, call.api):
                name = f"{platform} {call.api}"
                told.setdefault(name, []).extend(misread(call, case.payload))
    return [(name, tuple(dict.fromkeys(lines))) for name, lines in told.items()]


def misread(call: Call[Any], answer: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a call did not understand of an answer as the table of its class wants."""
    name = type(call).__name__
    try:
        value = call.read(answer)
        then = call.after(answer) if isinstance(call, Paged) else ""
    except (TypeError, ValueError, LookupError, AttributeError) as trouble:
        return (f"{name} raises {type(trouble).__name__}: {trouble}",)
    if isinstance(call, Order):
        return ()
    if type(call) not in READS:
        return (f"{name}: no table says what it reads",)
    told = []
    for attribute, places in READS[type(call)].items():
        wanted = _leaves(*(one for place in places.split() for one in _at(answer, _steps(place))))
        found = _leaves(then) if attribute == _AFTER else _leaves(*_of(value, attribute))
        if not _fits(found, wanted, loosely=attribute in AT_LEAST.get(type(call), ())):
            of = f"{name} {attribute}".rstrip()
            told.append(f"{of}: {sorted(found)}, published {sorted(wanted)}")
    return tuple(told)


def uncompared(call: Call[Any], answer: Mapping[str, Any]) -> set[str]:
    """Return what a call reads of an answer, and no table compares; its own words are no matter."""
    known = {*READS.get(type(call), ()), *UNTOLD.get(type(call), ())}
    above = {name.rpartition(".")[0] for name in known} - {""}
    return {name for name in _attributes(call.read(answer)) if name not in known | above}


def _attributes(value: object, under: str = "") -> Iterator[str]:
    """Yield the attributes of what was read, and of what stands in them."""
    if isinstance(value, tuple):
        for one in value:
            yield from _attributes(one, under)
    elif is_dataclass(value):
        for one in fields(value):
            yield f"{under}{one.name}"
            if under.count(".") < _DEEPEST:
                yield from _attributes(getattr(value, one.name), f"{under}{one.name}.")


def _fits(found: set[str], wanted: set[str], *, loosely: bool) -> bool:
    return bool(found) or not wanted if loosely else found == wanted


def _classes(sent: Sequence[Sent]) -> Iterator[Call[Any]]:
    """Yield one call of each class."""
    seen: set[type] = set()
    for call in (one for group in sent for one in group.calls):
        if type(call) not in seen:
            seen.add(type(call))
            yield call


def _of(value: object, path: str) -> Iterator[object]:
    """Yield what stands at an attribute path, of every element where there are several."""
    if isinstance(value, tuple):
        for one in value:
            yield from _of(one, path)
    elif not path:
        yield value
    elif value is not None:
        name, _, below = path.partition(".")
        yield from _of(getattr(value, name), below)


def _steps(place: str) -> tuple[str, ...]:
    """Return a place as the keys on the way to it, "[]" for every element, "." the whole answer.

    >>> _steps("tag_group[].tag[].id"), _steps(".")
    (('tag_group', '[]', 'tag', '[]', 'id'), ())
    """
    return tuple(one for one in place.replace("[]", ".[]").split(".") if one)


def _at(value: object, steps: tuple[str, ...]) -> Iterator[object]:
    if not steps:
        yield value
    elif steps[0] == "[]":
        for one in value if isinstance(value, list) else []:
            yield from _at(one, steps[1:])
    elif isinstance(value, dict) and steps[0] in value:
        yield from _at(value[steps[0]], steps[1:])


def _leaves(*values: object) -> set[str]:
    """Return every value that says something, as text; what is true is 1."""
    found: set[str] = set()
    for value in values:
        if isinstance(value, Mapping):
            found |= _leaves(*value.values())
        elif isinstance(value, list | tuple):
            found |= _leaves(*value)
        elif value:
            found.add(str(int(value)) if isinstance(value, bool) else str(value))
    return found
