"""Chinese text → words, by jieba's dictionary and a shop's own words."""

import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from itertools import accumulate
from math import exp, log
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Self

from daachorse import DoubleArrayAhoCorasick

from keyword_rules.words import comparable

# What may stand inside a word; everything else is a piece of its own, as jieba has it.
WORDY = r"\u4e00-\u9fd5a-zA-Z0-9+#&._%\-"

COMMON = 30  # times in the dictionary's texts; a rarer word is sooner a misspelling
EVERYWHERE = 50_000  # times; such a word is in every other sentence

_BLOCK = re.compile(rf"([{WORDY}]+)")
_SKIP = re.compile(r"(\r\n|\s)")
_PLAIN = re.compile(r"[a-zA-Z0-9]")
_HAN_BYTES = 3  # of UTF-8: every other character of a word is ASCII
_SLICE_BYTES = 1 << 20
_END = b""  # after the slices of one piece
_NONE: Mapping[str, int | None] = MappingProxyType({})

Found = tuple[int, int, float]  # start, end, weight


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """A dictionary ready for cutting: about 20 MB in two pieces, neither of them many objects."""

    automaton: DoubleArrayAhoCorasick
    weights: "array[float]"  # of the words, the logarithm of how likely each is; then that of none

    def cut(self, block: str) -> Iterator[str]:
        """Cut a text in which nothing stands between words."""
        widths = (1 if char.isascii() else _HAN_BYTES for char in block)
        place = {byte: at for at, byte in enumerate(accumulate(widths, initial=0))}
        seen = self.automaton.find_overlapping(block.encode())
        found = ((place[start], place[end], self.weights[word]) for start, end, word in seen)
        return _joined(_likeliest(block, found, self.weights[-1]))

    def times(self, word: str) -> float:
        """How often a word stands in the texts that the dictionary was made of; 0 if unknown."""
        letters = word.encode()
        for start, end, number in self.automaton.find_overlapping(letters):
            if (start, end) == (0, len(letters)):
                return exp(self.weights[number] - self.weights[-1])
        return 0

    def slices(self) -> Iterator[bytes]:
        """Yield what `of_slices` makes it of in another process, at most 1 MiB each."""
        for whole in (self.automaton.serialize(), self.weights.tobytes()):
            for start in range(0, len(whole), _SLICE_BYTES):
                yield whole[start : start + _SLICE_BYTES]
            yield _END

    @classmethod
    def of_slices(cls, slices: Iterable[bytes]) -> Self:
        """Return what was cut into these slices. Takes a few milliseconds."""
        pieces = iter(slices)
        automaton, weights = (b"".join(iter(pieces.__next__, _END)) for _ in range(2))
        return cls(
            automaton=DoubleArrayAhoCorasick.deserialize(automaton),
            weights=array("d", weights),
        )


class Segmenter:
    """Cuts texts into words that join to the same text; `own` are words to their frequency.

    A word whose frequency is None gets the least that keeps it whole. The dictionary is read when
    it is first needed, which takes about a second; call `warm_up` beforehand where that hurts. A
    program that must not wait takes it from another process instead: `install(Tables.of_slices(…))`
    of what `tables().slices()` gives there, asked of one with the same `version`. Two with one
    version are equal. It is pickled without its tables; one without words of its own becomes, on
    arrival, the `by_jieba()` of that process, whose tables may be there.
    """

    def __init__(self, own: Mapping[str, int | None] = _NONE) -> None:
        self.own = {word: often for text, often in own.items() if (word := comparable(text))}
        self._tables: Tables | None = None
        self._reading = Lock()

    def __call__(self, text: str) -> tuple[str, ...]:
        """Cut a text. Words that the dictionary lacks come out as single characters."""
        tables = self.tables()
        return tuple(piece for block in _BLOCK.split(text) for piece in _pieces(block, tables))

    def is_common(self, word: str) -> bool:
        """Whether a word is one of the shop's own, or in the dictionary and not rare."""
        return word in self.own or self.tables().times(word) >= COMMON

    def is_everywhere(self, word: str) -> bool:
        """Whether a word is one of the few that every other sentence has, such as 那 and 就."""
        return self.tables().times(word) >= EVERYWHERE

    def __reduce__(self) -> "tuple[Callable[..., Segmenter], tuple[dict[str, int | None], ...]]":
        return (Segmenter, (self.own,)) if self.own else (by_jieba, ())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Segmenter) and self.own == other.own

    def __hash__(self) -> int:
        return hash(self.version)

    @property
    def version(self) -> str:
        """A hash of its own words: equal for those that cut alike, in any process."""
        told = "\n".join(f"{word} {often}" for word, often in sorted(self.own.items()))
        return sha256(told.encode()).hexdigest()[:16]

    def is_ready(self) -> bool:
        """Whether cutting would begin at once."""
        return self._tables is not None

    def warm_up(self) -> None:
        """Read the dictionary now. Repeating costs nothing."""
        self.tables()

    def tables(self) -> Tables:
        """Return what it cuts by, read now if need be."""
        if (known := self._tables) is not None:
            return known
        with self._reading:  # another thread may have read it meanwhile
            tables = self._tables = self._known() or _tables(self.own)
        return tables

    def _known(self) -> Tables | None:
        return self._tables

    def install(self, tables: Tables) -> None:
        """Cut by these tables from now on."""
        self._tables = tables


# By jieba's dictionary alone; words that it lacks come out as single characters, so a keyword such
# as 宠物群 still begins and ends where words do.
segment = Segmenter()


def by_jieba() -> Segmenter:
    """The segmenter that knows jieba's dictionary alone, the same one each time."""
    return segment


def warm_up() -> None:
    """Read the dictionary now. Repeating costs nothing."""
    segment.warm_up()


def _pieces(block: str, tables: Tables) -> Iterator[str]:
    if not block:
        return iter(())
    if _BLOCK.match(block):
        return tables.cut(block)
    return (
        piece
        for skipped in _SKIP.split(block)
        for piece in ([skipped] if _SKIP.match(skipped) else skipped)
    )


def _likeliest(block: str, found: Iterable[Found], unknown: float) -> Iterator[str]:
    """The way through a block whose words are together the likeliest; of equals, the longer."""
    starting: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for start, end, weight in found:
        starting[start].append((end, weight))
    best: list[tuple[float, int]] = [(0.0, 0)] * (len(block) + 1)
    for at in range(len(block) - 1, -1, -1):
        choices = starting.get(at) or [(at + 1, unknown)]
        best[at] = max((weight + best[end][0], end) for end, weight in choices)
    at = 0
    while at < len(block):
        yield block[at : best[at][1]]
        at = best[at][1]


def _joined(words: Iterable[str]) -> Iterator[str]:
    """Single letters and digits side by side make one piece."""
    run = ""
    for word in words:
        if len(word) == 1 and _PLAIN.match(word):
            run += word
            continue
        if run:
            yield run
        run = ""
        yield word
    if run:
        yield run


def _tables(own: Mapping[str, int | None]) -> Tables:
    often = _frequencies()
    total = sum(often.values())
    often |= {word: known or _least(word, often, total) for word, known in own.items()}
    whole = log(sum(often.values()))
    # By bytes it is made five times as fast as by characters.
    return Tables(
        automaton=DoubleArrayAhoCorasick([word.encode() for word in often]),
        weights=array("d", [log(times) - whole for times in (*often.values(), 1)]),
    )


def _frequencies() -> dict[str, int]:
    # The package itself takes 0.1 s to import; its dictionary is all we want of it.
    spec = find_spec("jieba")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("jieba has no dictionary here")
    often: dict[str, int] = {}
    with Path(spec.origin).with_name("dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, times, _ = line.split(" ", 2)
            folded = word.casefold()
            often[folded] = max(int(times), often.get(folded, 0))
    return often


def _least(word: str, often: Mapping[str, int], total: int) -> int:
    """The frequency at which a word is as likely as the words it would be cut into."""
    spans = [(s, e) for s in range(len(word)) for e in range(s + 1, len(word) + 1)]
    known = [(s, e, log(often[word[s:e]] / total)) for s, e in spans if word[s:e] in often]
    likely = 1.0
    for piece in _likeliest(word, known, -log(total)):
        likely *= often.get(piece, 1) / total
    return max(int(likely * total) + 1, often.get(word, 1))
