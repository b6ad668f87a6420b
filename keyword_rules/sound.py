"""Homophones: phrases found by how they are read, without tones."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise, product
from typing import Any, Self

LEAST_SYLLABLES = 2  # one syllable is read alike by dozens of characters
LEAST_LETTERS = 6  # of pinyin typed for characters; shorter runs are too often something else

_LONGEST_SYLLABLE = 6  # letters, as in zhuang
_MOST_WAYS = 32  # to cut a run of letters into syllables
_RUN = re.compile(rf"[a-z']{{{LEAST_LETTERS},60}}")
# 劵 and 卷 are read juàn, but nearly everyone who types them means 券; what is forgotten is là, 落.
_READ_AS_TOO = {"劵": ("quan",), "卷": ("quan",), "落": ("la",)}
_LEAST_SHARE = 50  # one in so many of the phrases with a character, for a reading that is alive
_FIRST_LETTER = 0xF0000  # of the alphabet in which an index writes syllables
_READABLE = (0x3007, *range(0x3400, 0xA000))

Span = tuple[int, int]


def syllables(phrase: str) -> tuple[str, ...]:
    """How a phrase is read, one syllable a character; what is not Chinese is read as itself.

    >>> syllables("领券")
    ('ling', 'quan')
    """
    library = _pypinyin()
    spoken = library.lazy_pinyin(phrase, style=library.Style.NORMAL)
    if len(spoken) == len(phrase):
        return tuple(spoken)
    # A run of letters or digits comes back as one piece; take such a phrase apart.
    return tuple(readings(char)[0] for char in phrase)


@lru_cache(maxsize=32_768)
def readings(char: str) -> tuple[str, ...]:
    """Every way in which one character is read today.

    A reading of old, which no phrase has, would make 福利群 of 包利群 and 气死 of 吃食.

    >>> readings("包"), readings("行")
    (('bao',), ('xing', 'hang'))
    """
    library = _pypinyin()
    first, *others = library.pinyin(char, style=library.Style.NORMAL, heteronym=True)[0]
    often = _in_phrases().get(char, Counter(others))
    alive = (one for one in others if often[one] * _LEAST_SHARE >= often.total() and often[one])
    return (*dict.fromkeys((first, *alive, *_READ_AS_TOO.get(char, ()))),)


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundIndex:
    """Phrases as they are read, a letter of its own alphabet for each syllable.

    All that hearing takes is in it, so that it can be carried to a process without pypinyin.
    `same_sound` maps a syllable to what it counts as.
    """

    letters: Mapping[str, str]  # of the syllables that occur in phrases
    read_as: Mapping[str, str]  # the letters of each character
    starts: Mapping[str, tuple[tuple[str, int], ...]]  # phrases by their first two letters
    same_sound: Callable[[str], str]

    @classmethod
    def of(cls, phrases: Iterable[tuple[str, int]], same_sound: Callable[[str], str]) -> Self:
        """Index (phrase, number) pairs; a phrase of one syllable is never heard."""
        letters: dict[str, str] = {}
        starts: dict[str, list[tuple[str, int]]] = defaultdict(list)
        others: set[str] = set()
        for phrase, number in phrases:
            spoken = [same_sound(syllable) for syllable in syllables(phrase)]
            if len(spoken) >= LEAST_SYLLABLES:
                read = "".join(_letter(letters, syllable) for syllable in spoken)
                starts[read[:LEAST_SYLLABLES]].append((read, number))
                others.update(char for char in phrase if ord(char) not in _READABLE)
        return cls(
            letters=letters,
            read_as=_table(letters, others, same_sound) if letters else {},
            starts={start: tuple(of) for start, of in starts.items()},
            same_sound=same_sound,
        )

    def heard(self, text: str) -> Mapping[int, list[Span]]:
        """The phrases, by number, that some part of the text may be read as, and which part."""
        spans: dict[int, list[Span]] = defaultdict(list)
        if not self.starts:
            return spans
        spoken = [self.read_as.get(char, "") for char in text]
        for at, pair in enumerate(pairwise(spoken)):
            for first in product(*pair):
                for read, number in self.starts.get("".join(first), ()):
                    end = at + len(read)
                    if end <= len(text) and all(map(str.__contains__, spoken[at:end], read)):
                        spans[number].append((at, end))
        return spans

    def spelled(self, text: str) -> Mapping[int, Span]:
        """The phrases, by number, whose pinyin a run of at least 6 letters is, and which run."""
        if not self.starts:
            return {}
        return {
            number: run.span()
            for run in _RUN.finditer(text)
            if _stands_alone(text, run)
            for way in self._ways(run.group().replace("'", ""))
            for read, number in self.starts.get(way[:LEAST_SYLLABLES], ())
            if read == way
        }

    def _ways(self, run: str) -> list[str]:
        """Ways to write a run of letters in the syllables of phrases; not all if there are many."""
        ways: list[list[str]] = [[""]]
        for end in range(1, len(run) + 1):
            longer = (
                way + letter
                for size in range(1, min(end, _LONGEST_SYLLABLE) + 1)
                if (letter := self.letters.get(self.same_sound(run[end - size : end])))
                for way in ways[end - size]
            )
            ways.append(list(islice(longer, _MOST_WAYS)))
        return ways[-1]


def _letter(letters: dict[str, str], syllable: str) -> str:
    return letters.setdefault(syllable, chr(_FIRST_LETTER + len(letters)))


def _stands_alone(text: str, run: re.Match[str]) -> bool:
    around = text[max(run.start() - 1, 0) : run.start()] + text[run.end() : run.end() + 1]
    return not (around.isascii() and around.isalnum())


def _table(
    letters: Mapping[str, str], others: Iterable[str], same_sound: Callable[[str], str]
) -> Mapping[str, str]:
    counts_as = {}
    table = {}
    for char in (*map(chr, _READABLE), *others):
        read = ""
        for syllable in readings(char):
            if syllable not in counts_as:
                counts_as[syllable] = letters.get(same_sound(syllable), "")
            read += counts_as[syllable]
        if read:
            table[char] = "".join(dict.fromkeys(read))
    return table


@lru_cache(maxsize=1)
def _in_phrases() -> Mapping[str, Counter[str]]:
    """How often each character is read in which way in the phrases of the library."""
    library = _pypinyin()
    toneless = lru_cache(maxsize=None)(library.contrib.tone_convert.to_normal)
    often: dict[str, Counter[str]] = defaultdict(Counter)
    for phrase, spoken in library.constants.PHRASES_DICT.items():
        for char, (reading, *_) in zip(phrase, spoken, strict=False):
            often[char][toneless(reading)] += 1
    return dict(often)


def _pypinyin() -> Any:
    # Its tables take 0.2 s to import, which must not stand between a start and the first answer.
    import pypinyin  # noqa: PLC0415

    return pypinyin
