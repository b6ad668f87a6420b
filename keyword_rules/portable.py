"""A rule set → slices of bytes → the same rule set in another process.

Whoever puts it together there does so slice by slice and may rest between any two: none takes
more than a few milliseconds, and none of the many values in it is made before it is asked for.
"""

import pickle
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from functools import partial
from io import BytesIO
from typing import Any

from daachorse import CharwiseDoubleArrayAhoCorasick

from keyword_rules.match import RuleSet
from keyword_rules.packed import PAGE, Lists, Packed, Shards, Table, page_of, shard
from keyword_rules.rule import Segment

FEW = 64  # so many values travel as they are
_SHARD = 1_000  # keys
_CHUNK_BYTES = 1 << 20
_NEWEST = 5  # pickle's protocol

Part = tuple[int, str]
Classes = list[type]
_SEGMENT: Part = (-1, "segment")


def slices_of(rules: RuleSet) -> Iterator[bytes]:
    """Yield what `Assembly` puts together again, in order; at most a few MiB each.

    Everything is carried over, functions by their names, but the way in which texts are cut into
    words: whoever puts it together has one of its own.
    """
    skeleton = BytesIO()
    root = _Root(skeleton, rules.segment)
    root.dump(rules)
    for number, (kind, value) in enumerate(root.parts):
        for piece in _PIECES[kind](value):
            yield pickle.dumps((number, kind, piece), _NEWEST)
        yield pickle.dumps((number, kind, None), _NEWEST)
    yield pickle.dumps((0, "root", skeleton.getvalue()), _NEWEST)


class Assembly:
    """A rule set on its way in, to cut texts by `segment`; `rules` is there at the end."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self.rules: RuleSet | None = None
        self._pieces: dict[int, list[Any]] = defaultdict(list)
        self._parts: list[object] = []

    def add(self, piece: bytes) -> None:
        """Take the next slice, of a process of our own: a stranger's could do anything."""
        number, kind, payload = pickle.loads(piece)  # noqa: S301  (our own process wrote it)
        if kind == "root":
            self.rules = _Skeleton(BytesIO(payload), self._parts, self._segment).load()
        elif payload is not None:
            self._pieces[number].append(payload)
        else:
            self._parts.append(_BUILT[kind](self._pieces.pop(number, [])))

    def leaves(self) -> list[object]:
        """Return what the set consists of, to be let go piece by piece when it is not needed."""
        return self._parts


class _Root(pickle.Pickler):
    """Pickles a set without its large parts, which it collects."""

    def __init__(self, file: BytesIO, segment: Segment) -> None:
        super().__init__(file, _NEWEST)
        self._segment = segment
        self.parts: list[tuple[str, Any]] = []
        self._known: dict[int, Part] = {}  # by identity: a part may be used in two places

    def persistent_id(self, value: object) -> Part | None:
        """Return which part stands for a value, None where it travels as it is."""
        if value is self._segment:
            return _SEGMENT
        kind = _kind(value)
        if kind is None:
            return None
        if id(value) not in self._known:
            self._known[id(value)] = (len(self.parts), kind)
            self.parts.append((kind, value))
        return self._known[id(value)]


class _Skeleton(pickle.Unpickler):
    def __init__(self, file: BytesIO, parts: list[object], segment: Segment) -> None:
        super().__init__(file)
        self._parts = parts
        self._segment = segment

    def persistent_load(self, part: Part) -> object:
        """Return the part that stands here."""
        return self._segment if part == _SEGMENT else self._parts[part[0]]


def _kind(value: object) -> str | None:
    if isinstance(value, CharwiseDoubleArrayAhoCorasick):
        return "automaton"
    if type(value) is tuple and len(value) > FEW:
        return _kind_of_values(value)
    if type(value) is dict and len(value) > FEW:
        listed = all(type(key) is int and _numbers(of) for key, of in value.items())
        return "table" if listed else "shards"
    return None


def _kind_of_values(values: tuple[object, ...]) -> str | None:
    if all(map(_numbers, values)):
        return "lists"
    return "packed" if is_dataclass(values[0]) else None


def _numbers(value: object) -> bool:
    return type(value) is tuple and all(type(one) is int for one in value)


# --- taken apart ---


def _pages(values: Sequence[object]) -> Iterator[object]:
    classes: Classes = []
    for start in range(0, len(values), PAGE):
        yield page_of([_item(value, classes) for value in values[start : start + PAGE]])
    yield len(values)
    yield classes


def _item(value: object, classes: Classes) -> bytes:
    file = BytesIO()
    _Item(file, classes).dump(value)
    return file.getvalue()


class _Item(pickle.Pickler):
    """Pickles one of many values; their classes are named once for all of them."""

    def __init__(self, file: BytesIO, classes: Classes) -> None:
        super().__init__(file, _NEWEST)
        self._classes = classes

    def persistent_id(self, value: object) -> int | None:
        """Return the number of a class."""
        if not isinstance(value, type):
            return None
        if value not in self._classes:
            self._classes.append(value)
        return self._classes.index(value)


def _shards(mapping: Mapping[object, object]) -> Iterator[object]:
    count = -(-len(mapping) // _SHARD)
    shards: list[dict[object, object]] = [{} for _ in range(count)]
    for key, value in mapping.items():
        shards[shard(key, count)][key] = value
    yield from shards


def _chunks(automaton: CharwiseDoubleArrayAhoCorasick) -> Iterator[object]:
    whole = automaton.serialize()
    for start in range(0, len(whole), _CHUNK_BYTES):
        yield whole[start : start + _CHUNK_BYTES]


_PIECES: Mapping[str, Callable[[Any], Iterator[object]]] = {
    "packed": _pages,
    "lists": lambda lists: iter([Lists.of(lists)]),
    "table": lambda table: iter([Table.of(table)]),
    "shards": _shards,
    "automaton": _chunks,
}

# --- put together ---


def _packed(pieces: list[Any]) -> Packed[object]:
    *pages, size, classes = pieces
    return Packed(tuple(pages), size, partial(_made, classes))


def _made(classes: Classes, value: bytes) -> object:
    return _Making(BytesIO(value), classes).load()


class _Making(pickle.Unpickler):
    def __init__(self, file: BytesIO, classes: Classes) -> None:
        super().__init__(file)
        self._classes = classes

    def persistent_load(self, number: int) -> type:
        """Return a class by its number."""
        return self._classes[number]


_BUILT: Mapping[str, Callable[[list[Any]], object]] = {
    "packed": _packed,
    "lists": lambda pieces: pieces[0],
    "table": lambda pieces: pieces[0],
    "shards": lambda pieces: Shards(tuple(pieces)),
    "automaton": lambda pieces: CharwiseDoubleArrayAhoCorasick.deserialize(b"".join(pieces)),
}
