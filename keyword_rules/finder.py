"""Thousands of phrases looked for in one pass over a text."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from daachorse import CharwiseDoubleArrayAhoCorasick

from keyword_rules.patterns import PatternIndex
from keyword_rules.rule import Mode, Phrase, Segment
from keyword_rules.segment import Segmenter
from keyword_rules.sound import SoundIndex
from keyword_rules.words import comparable, core

Span = tuple[int, int]

_PLACES = frozenset("村镇乡县路街巷弄寺庙桥湖河")  # what the names of places end in


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a text shows of the phrases: those found, and those whose characters were only seen.

    `heard` tells where in the text a phrase was read that is not written there.
    """

    found: frozenset[int] = frozenset()
    seen: frozenset[int] = frozenset()
    heard: Mapping[int, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """Phrases, numbered in order, ready to be looked for.

    One automaton proves the absence of nearly all of them; only what it saw is looked at closer,
    and a text is cut into words only if a phrase that asks for word boundaries was seen.
    """

    phrases: Sequence[Phrase]
    automaton: CharwiseDoubleArrayAhoCorasick | None
    numbers: Sequence[tuple[int, ...]]  # of the phrases, for each literal of the automaton
    sounds: SoundIndex
    patterns: PatternIndex
    segment: Segment

    def look(self, text: str) -> Sight:
        """Find every phrase in a text that is already comparable."""
        spans = self._literals(text)
        closer = _Closer(text, self.segment)
        found = {n for n, at in spans.items() if closer.holds(self.phrases[n].mode, at)}
        # What is written needs no ear.
        sounds = {n: at for n, at in self.sounds.heard(text).items() if n not in spans}
        meant = {n: closer.meant(comparable(self.phrases[n].text), at) for n, at in sounds.items()}
        heard = {n: span for n, span in meant.items() if span}
        heard |= self.sounds.spelled(text)
        found |= heard.keys() | self.patterns.found(text)
        seen = (spans.keys() | sounds.keys()) - found
        return Sight(found=frozenset(found), seen=frozenset(seen), heard=heard)

    def _literals(self, text: str) -> Mapping[int, list[Span]]:
        spans: dict[int, list[Span]] = defaultdict(list)
        if self.automaton and text:
            for start, end, literal in self.automaton.find_overlapping(text):
                for number in self.numbers[literal]:
                    spans[number].append((start, end))
        return spans


class _Closer:
    """A closer look at one text; cut into words at most once, and only when that matters."""

    def __init__(self, text: str, segment: Segment) -> None:
        self._text = text
        self._segment = segment

    def holds(self, mode: Mode, spans: list[Span]) -> bool:
        match mode:
            case Mode.EQUALS:
                return any(span in self._whole for span in spans)
            case Mode.PREFIX:
                starts = {start for start, _ in self._whole}
                return any(start in starts for start, _ in spans)
            case Mode.SUFFIX:
                ends = {end for _, end in self._whole}
                return any(end in ends for _, end in spans)
            case Mode.WORD:
                return any(start in self._edges and end in self._edges for start, end in spans)
            case _:
                return True

    def meant(self, phrase: str, spans: list[Span]) -> Span | None:
        """The first part that may stand for the phrase it sounds like.

        It ends where a word ends, and begins where one begins or as the phrase does: in 我要领卷
        some see the word 要领. What means itself stands for nothing else.
        """
        for start, end in spans:
            is_begun = self._text[start] == phrase[0]
            begins = is_begun or start in self._edges
            if begins and end in self._edges and not self._is_itself(phrase, start, end):
                return start, end
        return None

    def _is_itself(self, phrase: str, start: int, end: int) -> bool:
        """Whether what sounds like a phrase is a word, or has nothing of it and is a name, or 那.

        But a rare word that begins as the phrase does is a misspelling, as 退伙 is of 退货. 岭泉村
        names a place; in 那贴 the first word is too common to be a slip for 拿铁.
        """
        if not any(at in self._edges for at in range(start + 1, end)):
            return self._text[start] != phrase[0] or not self._is_rare(start, end)
        if any(map(str.__eq__, phrase, self._text[start:end])):
            return False
        is_place = self._text[end : end + 1] in _PLACES and end + 1 in self._edges
        return is_place or (start + 1 in self._edges and self._is_everywhere(start))

    def _is_rare(self, start: int, end: int) -> bool:
        known = self._segment
        return isinstance(known, Segmenter) and not known.is_common(self._text[start:end])

    def _is_everywhere(self, at: int) -> bool:
        known = self._segment
        return isinstance(known, Segmenter) and known.is_everywhere(self._text[at])

    @cached_property
    def _whole(self) -> tuple[Span, Span]:
        return (0, len(self._text)), core(self._text)

    @cached_property
    def _edges(self) -> frozenset[int]:
        lengths = (len(piece) for piece in self._segment(self._text))
        return frozenset(accumulate(lengths, initial=0))


def finder_of(
    phrases: Iterable[Phrase],
    *,
    fold: Callable[[str], str],
    segment: Segment,
    same_sound: Callable[[str], str],
) -> Finder:
    """Compile phrases; `fold` makes their text comparable with the texts to come.

    Raises BadPattern for a regular expression that cannot be used.
    """
    phrases = tuple(phrases)
    literals: dict[str, list[int]] = defaultdict(list)
    for number, phrase in enumerate(phrases):
        if phrase.mode is not Mode.REGEX and (literal := fold(phrase.text)):
            literals[literal].append(number)
    return Finder(
        phrases=phrases,
        automaton=CharwiseDoubleArrayAhoCorasick(list(literals)) if literals else None,
        numbers=tuple(map(tuple, literals.values())),
        sounds=SoundIndex.of(_of_mode(phrases, Mode.SOUND, fold), same_sound),
        patterns=PatternIndex.of(_of_mode(phrases, Mode.REGEX, str)),
        segment=segment,
    )


def _of_mode(
    phrases: tuple[Phrase, ...], mode: Mode, fold: Callable[[str], str]
) -> Iterable[tuple[str, int]]:
    return ((fold(p.text), number) for number, p in enumerate(phrases) if p.mode is mode)
