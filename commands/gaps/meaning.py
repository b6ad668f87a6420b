"""What a short question is about: its words without politeness, particles and empty verbs."""

import re
from dataclasses import dataclass

from commands.gaps.lexicon import ASKING, EMPTY, ENDINGS, NEGATIONS, OPENINGS, SAME
from keyword_rules.rule import Segment
from keyword_rules.sound import readings
from keyword_rules.words import bare

_OPENING = re.compile(rf"^(?:{'|'.join(map(re.escape, OPENINGS))})+")
_ENDING = re.compile(rf"(?:{'|'.join(map(re.escape, ENDINGS))})+$")
_BREAKS = re.compile(r"[\W_]+")
_EITHER = re.compile(r"([\u4e00-\u9fff])([\u4e00-\u9fff]?)[不没]\1\2?")  # 收不收, 可不可以
_DOUBLED = re.compile(r"([\u4e00-\u9fff])\1")
_LONGEST_FIRST = sorted((word for word in SAME if len(word) > 1), key=len, reverse=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A phrase as it is compared with others. `sound` is "" where it is too short to go by."""

    core: str
    sound: str
    words: frozenset[str]  # what the phrase is about


def core(text: str) -> str:
    """Return a phrase without politeness and particles around it; all of it if nothing is left.

    >>> core("你好，请问有猫粮吗？"), core("在吗")
    ('有猫粮', '在吗')
    """
    plain = _BREAKS.sub("", bare(text)) or bare(text)
    stripped = _ENDING.sub("", _OPENING.sub("", plain))
    return stripped or plain


def meaning(text: str, segment: Segment) -> Meaning:
    """Return what a phrase means, as far as its words tell."""
    inner = core(text)
    said = _EITHER.sub(r"\1\2", inner)
    cut = (word.strip() for word in segment(_merged(said)))
    words = [SAME.get(word, word) for word in cut if word]
    full = frozenset(_single(word) for word in words if word not in EMPTY)
    spoken = "".join(f"{_reading(one)}'" for one in inner)
    return Meaning(
        core=inner,
        sound=spoken if len(inner) >= 3 else "",  # noqa: PLR2004 (two sound alike too often)
        words=full or frozenset(words),
    )


def _merged(text: str) -> str:
    # The longest first, so that a question word is one whatever the dictionary says.
    for written in _LONGEST_FIRST:
        if written in text:
            text = text.replace(written, f" {SAME[written]} ")
    return text


def _single(word: str) -> str:
    return _DOUBLED.sub(r"\1", word) if len(word) == 2 else word  # noqa: PLR2004


def _reading(char: str) -> str:
    if char.isascii():
        return char
    return "quan" if char in "劵券" else readings(char)[0]


def is_alike(one: Meaning, other: Meaning) -> bool:
    """Whether two phrases ask about the same.

    Either has the other's words and hardly more, or they differ in one word that begins alike,
    such as 进店 and 进来.
    """
    shared = one.words & other.words
    if not shared - ASKING:
        return False
    rest, others = one.words - shared, other.words - shared
    if not (rest and others):
        more = rest | others
        return len(more) <= max(1, len(shared) // 2) and not more & NEGATIONS
    return len(shared) > 1 and len(rest) == len(others) == 1 and _begin_alike(rest, others)


def _begin_alike(rest: frozenset[str], others: frozenset[str]) -> bool:
    (one,), (other,) = rest, others
    return one[0] == other[0]
