"""Which words a rule for a gap should look for: few, in every phrase of it, in no other gap."""

from collections.abc import Iterator, Sequence

from commands.gaps.grouping import Gap
from commands.gaps.lexicon import ASKING, EMPTY
from commands.gaps.meaning import core
from keyword_rules.rule import Segment

_SHORTEST, _LONGEST = 2, 10  # characters
_WHOLE = 40
_MOST_WORDS = 12


def proposed(gap: Gap, others: Sequence[Gap], segment: Segment) -> tuple[str, ...]:
    """Return words for `contains`: each phrase of the gap has one of them.

    Words that other gaps have too are taken only where nothing else is left.
    """
    texts = {phrase.comparable: segment(core(phrase.comparable)) for phrase in gap.phrases}
    foreign = "\n".join(phrase.comparable for other in others for phrase in other.phrases)
    left, chosen = dict(texts), list[str]()
    while left and len(chosen) < _MOST_WORDS:
        word = _best(left, foreign)
        chosen.append(word)
        left = {text: cut for text, cut in left.items() if word not in text}
    return tuple(chosen)


def _best(left: dict[str, tuple[str, ...]], foreign: str) -> str:
    """Return the piece that most of the texts have; if none will do, the first text's beginning."""
    pieces = {piece for cut in left.values() for piece in _pieces(cut)}
    known = {piece: sum(piece in text for text in left) for piece in pieces}
    own = [piece for piece, count in known.items() if count and piece not in foreign]
    return min(own, key=lambda one: (-known[one], -len(one), one), default=_whole(left))


def _whole(left: dict[str, tuple[str, ...]]) -> str:
    text, cut = next(iter(left.items()))
    inner = "".join(cut)
    return (inner if inner in text else text)[:_WHOLE]


def _pieces(cut: tuple[str, ...]) -> Iterator[str]:
    """Yield runs of neighbouring words that begin and end with something to go by."""
    for start, first in enumerate(cut):
        if first in EMPTY:
            continue
        for end in range(start + 1, len(cut) + 1):
            run = cut[start:end]
            text = "".join(run)
            if len(text) > _LONGEST:
                break
            telling = any(one not in EMPTY and one not in ASKING for one in run)
            if len(text) >= _SHORTEST and telling and run[-1] not in EMPTY:
                yield text
