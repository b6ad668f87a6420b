"""Homophones: phrases found by how they are read, without tones."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product
from typing import Any, Self

LEAST_SYLLABLES = 2  # one syllable is read alike by dozens of characters

# 劵 is read juàn, but nearly everyone who types it means 券.
_READ_AS_TOO = {"劵": ("quan",)}


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


@lru_cache(maxsize=16_384)
def readings(char: str) -> tuple[str, ...]:
    """Every way one character may be read."""
    library = _pypinyin()
    known = library.pinyin(char, style=library.Style.NORMAL, heteronym=True)[0]
    return (*dict.fromkeys((*known, *_READ_AS_TOO.get(char, ()))),)


def _pypinyin() -> Any:
    # Its tables take 0.2 s to import, which must not stand between a start and the first answer.
    import pypinyin  # noqa: PLC0415

    return pypinyin


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundIndex:
    """Phrases by their first two syllables. `same_sound` maps a syllable to what it counts as."""

    starts: Mapping[tuple[str, ...], tuple[tuple[tuple[str, ...], int], ...]]
    same_sound: Callable[[str], str]

    @classmethod
    def of(cls, phrases: Iterable[tuple[str, int]], same_sound: Callable[[str], str]) -> Self:
        """Index (phrase, number) pairs; a phrase of one syllable is never heard."""
        starts: dict[tuple[str, ...], list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        for phrase, number in phrases:
            spoken = tuple(map(same_sound, syllables(phrase)))
            if len(spoken) >= LEAST_SYLLABLES:
                starts[spoken[:LEAST_SYLLABLES]].append((spoken, number))
        return cls(starts={pair: tuple(of) for pair, of in starts.items()}, same_sound=same_sound)

    def heard(self, text: str) -> frozenset[int]:
        """The numbers of the phrases that some part of the text may be read as."""
        if not self.starts:
            return frozenset()
        spoken = [self._readings(char) for char in text]
        return frozenset(
            number
            for at, pair in enumerate(pairwise(spoken))
            for start in product(*pair)
            for phrase, number in self.starts.get(start, ())
            if _is_read(phrase, spoken[at : at + len(phrase)])
        )

    def _readings(self, char: str) -> tuple[str, ...]:
        if self.same_sound is str:
            return readings(char)
        return tuple({self.same_sound(syllable) for syllable in readings(char)})


def _is_read(phrase: tuple[str, ...], spoken: list[tuple[str, ...]]) -> bool:
    return len(phrase) == len(spoken) and all(
        syllable in options for syllable, options in zip(phrase, spoken, strict=True)
    )
