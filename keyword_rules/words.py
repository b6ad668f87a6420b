"""Text → comparable text: one spelling for what people type in many."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache

from opencc import OpenCC

LONGEST_TEXT = 4_096  # characters; platforms carry at most 2,048 bytes of a customer's words

_HAN = r"[\u3400-\u9fff]"
_SPACES = re.compile(r"\s+")
_SPACE_INSIDE_HAN = re.compile(rf"(?<={_HAN}) (?={_HAN})")
_REPEATED = re.compile(r"([!?.,;:~。、—·])\1+")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_JOINED_GENDER = re.compile("\u200d[\u2640\u2642]")
_UNSEEN = (
    0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x20E3, 0x2800,  # joiners, fillers, keycaps, a blank
    *range(0x180B, 0x1810), *range(0xFE00, 0xFE10),  # variation selectors
    *range(0x1F3FB, 0x1F400),  # skin tones
    *range(0xE0000, 0xE1000),  # tags, and more variation selectors
)  # fmt: skip
_MAY_FORMAT = (*range(0x10000), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B))
_AROUND = frozenset({"P", "Z", "C"})
_MARKS = frozenset("~^")  # that end a sentence as punctuation does, and are signs by their category
_EMOJI = "So"


def comparable(text: str) -> str:
    """Fold what people type in many ways into one spelling, for comparing only.

    Width, case and traditional characters are folded, characters and spaces that nobody sees are
    removed, and so are spaces between Chinese characters, the repeats of a punctuation mark, and
    what only varies an emoji: its skin, gender and style; one joined of several becomes those.
    Words for a tone of voice stay, and a Chinese full stop is not a point, which numbers have.

    Reads the first 4,096 characters and gives no more. Lengths change, and phrase by phrase it is
    not good simplified Chinese. Repeating changes nothing.

    >>> comparable("領\\u200b ＱＱ券！！")
    '领 qq券!'
    """
    folded = unicodedata.normalize("NFKC", text[:LONGEST_TEXT])[:LONGEST_TEXT].casefold()
    folded = _CONTROLS.sub("", folded)
    if not folded.isascii():
        folded = _JOINED_GENDER.sub("", folded).translate(_folding())
        # Folding and removing can undo the normal form (İ becomes i and a combining dot).
        folded = unicodedata.normalize("NFKC", folded)
    folded = _SPACE_INSIDE_HAN.sub("", _SPACES.sub(" ", folded).strip())
    return _REPEATED.sub(r"\1", folded)[:LONGEST_TEXT].rstrip()


def core(text: str) -> tuple[int, int]:
    """Where the words are without punctuation and emoji around them; all of it if nothing is left.

    >>> core("...领券!~🙏")
    (3, 5)
    """
    return _inner(text, lambda char: _is_mark(char) or unicodedata.category(char) == _EMOJI)


def bare(text: str) -> str:
    """Return a comparable text without spaces, and without punctuation around it.

    >>> bare("「良渚 ＣＡＴ！」")
    '良渚cat'
    """
    folded = comparable(text)
    start, end = _inner(folded, _is_mark)
    return folded[start:end].replace(" ", "")


def _inner(text: str, is_around: Callable[[str], bool]) -> tuple[int, int]:
    start, end = 0, len(text)
    while start < end and is_around(text[start]):
        start += 1
    while end > start and is_around(text[end - 1]):
        end -= 1
    return (start, end) if start < end else (0, len(text))


def _is_mark(char: str) -> bool:
    return char in _MARKS or unicodedata.category(char)[0] in _AROUND


@cache
def simplified() -> Mapping[int, str]:
    """The translate table from traditional to simplified characters, one by one."""
    every = [chr(point) for point in range(0x3400, 0xA000)]
    # One conversion for all; line breaks keep it from seeing phrases.
    converted = OpenCC("t2s").convert("\n".join(every)).split("\n")
    return {
        ord(traditional): plain
        for traditional, plain in zip(every, converted, strict=True)
        if traditional != plain
    }


def visible(text: str) -> str:
    """Return a text without zero-width and direction characters, otherwise as it was typed.

    >>> visible("A\u200b12")
    'A12'
    """
    return text.translate(_formats())


@cache
def _formats() -> Mapping[int, None]:
    return dict.fromkeys(at for at in _MAY_FORMAT if unicodedata.category(chr(at)) == "Cf")


@cache
def _folding() -> Mapping[int, str | None]:
    return {**simplified(), **_formats(), **dict.fromkeys(_UNSEEN)}
