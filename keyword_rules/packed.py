"""Large parts of a rule set that are kept as bytes: what a message asks for is made then.

Only such parts can be handed over, taken into use and given up without holding everything up, as
a million small objects would. Equal to what they stand for in all that matching asks.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Generic, TypeVar, overload
from zlib import crc32

T = TypeVar("T")
Numbers = tuple[int, ...]

PAGE = 256  # values
_READY = 2_048  # values that stay made, since many messages ask for the same
_WORD = 4  # bytes of a place in a page


class Packed(Sequence[T], Generic[T]):
    """Values in pages of bytes (see `page_of`), made by `read` from the bytes of each."""

    __slots__ = ("_at", "_size")

    def __init__(self, pages: tuple[bytes, ...], size: int, read: Callable[[bytes], T]) -> None:
        self._size = size
        # Without a reference to this object, so that it goes as soon as nobody needs it.
        self._at: Callable[[int], T] = lru_cache(_READY)(partial(_value, pages, read))

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...
    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        if isinstance(at, slice):
            return tuple(self._at(number) for number in range(self._size)[at])
        return self._at(range(self._size)[at])

    def __iter__(self) -> Iterator[T]:
        return map(self._at, range(self._size))


def page_of(values: Sequence[bytes]) -> bytes:
    """Return a page of at most `PAGE` values: where each ends, then the values themselves."""
    ends = array("I", [_WORD * (len(values) + 1)])
    for value in values:
        ends.append(ends[-1] + len(value))
    return b"".join((ends.tobytes(), *values))


def _value(pages: tuple[bytes, ...], read: Callable[[bytes], T], at: int) -> T:
    page, number = pages[at // PAGE], at % PAGE
    start, end = memoryview(page)[_WORD * number : _WORD * (number + 2)].cast("I")
    return read(page[start:end])


class Lists(Sequence[Numbers]):
    """Many short tuples of numbers, in two arrays."""

    __slots__ = ("_flat", "_starts")

    def __init__(self, starts: "array[int]", flat: "array[int]") -> None:
        self._starts = starts
        self._flat = flat

    @classmethod
    def of(cls, lists: Sequence[Numbers]) -> "Lists":
        """Return what holds these tuples."""
        starts, flat = array("I", [0]), array("I")
        for one in lists:
            flat.extend(one)
            starts.append(len(flat))
        return cls(starts, flat)

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, at: int) -> Numbers: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Numbers]: ...
    def __getitem__(self, at: int | slice) -> Numbers | Sequence[Numbers]:
        if isinstance(at, slice):
            return tuple(self[number] for number in range(len(self))[at])
        number = range(len(self))[at]
        return tuple(self._flat[self._starts[number] : self._starts[number + 1]])

    def __reduce__(self) -> "tuple[type[Lists], tuple[array[int], array[int]]]":
        return Lists, (self._starts, self._flat)


class Table(Mapping[int, Numbers]):
    """Numbers by a number."""

    __slots__ = ("_keys", "_lists")

    def __init__(self, keys: "array[int]", lists: Lists) -> None:
        self._keys = keys
        self._lists = lists

    @classmethod
    def of(cls, table: Mapping[int, Numbers]) -> "Table":
        """Return what holds this mapping."""
        keys = sorted(table)
        return cls(array("I", keys), Lists.of([table[key] for key in keys]))

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[int]:
        return iter(self._keys)

    def __getitem__(self, key: int) -> Numbers:
        at = bisect_left(self._keys, key)
        if at == len(self._keys) or self._keys[at] != key:
            raise KeyError(key)
        return self._lists[at]

    def __reduce__(self) -> "tuple[type[Table], tuple[array[int], Lists]]":
        return Table, (self._keys, self._lists)


K = TypeVar("K")


class Shards(Mapping[K, T], Generic[K, T]):
    """A large dictionary in small ones, each of which can be given up by itself (`shard`)."""

    __slots__ = ("_shards",)

    def __init__(self, shards: tuple[Mapping[K, T], ...]) -> None:
        self._shards = shards

    def __len__(self) -> int:
        return sum(map(len, self._shards))

    def __iter__(self) -> Iterator[K]:
        return (key for one in self._shards for key in one)

    def __getitem__(self, key: K) -> T:
        return self._shards[shard(key, len(self._shards))][key]


def shard(key: object, count: int) -> int:
    """Return in which of so many dictionaries a key is, the same in every process."""
    return crc32(repr(key).encode()) % count
