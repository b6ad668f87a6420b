"""Compares the shape of a published answer with the shape of the twin's: keys and JSON types."""

from collections.abc import Iterator, Sequence

_NOTHING: frozenset[str] = frozenset()
_EITHER = frozenset({"errcode", "errmsg"})  # at the root: a done call may have them or not
_UNKNOWN = "null"

Shape = dict[str, set[str]]


def differences(
    sample: object,
    given: object,
    *,
    also: Sequence[object] = (),
    optional: frozenset[str] = _NOTHING,
    extra: frozenset[str] = _NOTHING,
) -> tuple[str, ...]:
    """Return how the shape of `given` differs from the published `sample`, one line a place.

    A place is written `tag_group[].tag[].id`. Three things are told, the outermost place only:
    a key of the sample that is not given, a given key that the sample has not, and another JSON
    type (int and float are one: number). All elements of a list make one shape, so a list of two
    kinds of record wants every key of both.

    `also` are more samples of the same answer: their keys and types are united, so that a place
    published as number and as text may be either. What a sample leaves open is open: below an
    empty list, and where it says null, anything may stand.

    `optional` are places that need not be given, `extra` places that may be given though no
    sample has them; each covers everything below it. `errcode` and `errmsg` of the answer itself
    are both.

    >>> differences({"tag": {"id": 1, "name": ""}}, {"tag": {"id": "1"}})
    ('tag.id: string, published as number', 'tag.name: missing')
    >>> differences({"tag": {"id": 1}}, {"tag": {"id": "1"}}, also=[{"tag": {"id": "1"}}])
    ()
    >>> differences({"list": []}, {"list": [{"id": 1}], "total": 1}, extra=frozenset({"total"}))
    ()
    """
    wanted, found = _shape(sample, *also), _shape(given)
    told = [*_missing(wanted, found, optional | _EITHER)]
    told += _unknown(wanted, found, extra | _EITHER)
    told += _other_types(wanted, found)
    return tuple(sorted(told))


def _missing(wanted: Shape, found: Shape, optional: frozenset[str]) -> Iterator[str]:
    for place in wanted:
        if place not in found and _above(place) in found and not _covered(place, optional):
            yield f"{place or 'the answer'}: missing"


def _unknown(wanted: Shape, found: Shape, extra: frozenset[str]) -> Iterator[str]:
    for place in found:
        above = _above(place)
        is_open = place.endswith("[]") or _UNKNOWN in wanted.get(above, ())
        if place not in wanted and above in wanted and not is_open and not _covered(place, extra):
            yield f"{place}: not published"


def _other_types(wanted: Shape, found: Shape) -> Iterator[str]:
    for place in wanted.keys() & found.keys():
        published = wanted[place]
        if _UNKNOWN not in published and not found[place] <= published:
            given, known = " or ".join(sorted(found[place])), " or ".join(sorted(published))
            yield f"{place or 'the answer'}: {given}, published as {known}"


def _shape(*values: object) -> Shape:
    """Return every place in the values with the JSON types that stand there; "" is the root."""
    shape: Shape = {}
    for value in values:
        for place, kind in _places(value, ""):
            shape.setdefault(place, set()).add(kind)
    return shape


def _places(value: object, place: str) -> Iterator[tuple[str, str]]:
    yield place, _kind(value)
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _places(below, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list):
        for below in value:
            yield from _places(below, f"{place}[]")


def _kind(value: object) -> str:
    names = {bool: "boolean", int: "number", float: "number", str: "string", dict: "object"}
    return names.get(type(value), "list" if isinstance(value, list) else _UNKNOWN)


def _above(place: str) -> str:
    """Return the place that holds this one.

    >>> [_above(place) for place in ("a.b[].c", "a.b[]", "a", "[].c")]
    ['a.b[]', 'a.b', '', '[]']
    """
    if place.endswith("[]"):
        return place.removesuffix("[]")
    return place.rpartition(".")[0]


def _covered(place: str, names: frozenset[str]) -> bool:
    """Tell whether a place or one that holds it is named."""
    return place in names or (bool(place) and _covered(_above(place), names))
