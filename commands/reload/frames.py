"""What a serving process and the maker of its rules say to each other, over two pipes."""

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from struct import Struct
from typing import BinaryIO

from keyword_rules.load import Loaded
from keyword_rules.rule import Segment
from keyword_rules.vocabulary import Vocabulary

HEAD = Struct(">BI")  # what a frame is, and its bytes


class Kind(IntEnum):
    """What a frame tells."""

    ORDER = 1  # to the maker, before all else and when it changes: an Order
    MAKE = 2  # to the maker: the names of the files not to be read, and why
    READING = 3  # the name of the file that is read now, nothing while rules are put together
    LOADED = 4  # a Verdict
    WORDS = 5  # a slice of the dictionary by which words are cut
    SLICE = 6  # of the rule set
    DONE = 7  # nothing more


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which rules to make, and by what they are checked.

    `good` are the last good versions of files, which a maker before this one knew. `cuts`: who
    orders has the dictionary already.
    """

    folder: Path
    vocabulary: Vocabulary
    segment: Segment
    same_sound: Callable[[str], str]
    good: Mapping[str, bytes] = field(default_factory=dict)
    cuts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of reading, without the rules; and the good versions that are new, compressed."""

    loaded: Loaded
    count: int
    good: Mapping[str, bytes]
    names: frozenset[str]


def framed(kind: Kind, body: bytes) -> bytes:
    """Return a frame."""
    return HEAD.pack(kind, len(body)) + body


def packed(kind: Kind, value: object) -> bytes:
    """Return a frame that holds a value."""
    return framed(kind, pickle.dumps(value, 5))


def unpacked(body: bytes) -> object:
    """Return the value in a frame; only for frames of a process of our own."""
    return pickle.loads(body)  # noqa: S301  (see above)


def read_frame(file: BinaryIO) -> tuple[Kind, bytes]:
    """Return the next frame. Raises EOFError when the other side is gone."""
    head = file.read(HEAD.size)
    if len(head) < HEAD.size:
        raise EOFError
    kind, size = HEAD.unpack(head)
    body = file.read(size)
    if len(body) < size:
        raise EOFError
    return Kind(kind), body
