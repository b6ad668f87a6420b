"""Text → comparable text: one spelling for what people type in many."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from opencc import OpenCC

LONGEST_TEXT = 4_096  # characters; platforms carry at most 2,048 bytes of a customer's words

_HAN = r"[\u3400-\u9fff]"
_SPACES = re.compile(r"\s+")
_SPACE_INSIDE_HAN = re.compile(rf"(?<={_HAN}) (?={_HAN})")
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)
_MAY_FORMAT = (*range(0x10000), *range(0xE0000, 0xE0080))
_AROUND = frozenset({"P", "Z", "C"})


def comparable(text: str) -> str:
    """Fold width, case, traditional characters, invisible characters and spaces.

    Reads the first 4,096 characters. The result is for comparing only: lengths change, and phrase
    by phrase it is not good simplified Chinese. Repeating changes nothing.

    >>> comparable("領\\u200b ＱＱ券！")
    '领 qq券!'
    """
    folded = unicodedata.normalize("NFKC", text[:LONGEST_TEXT])[:LONGEST_TEXT].casefold()
    if not folded.isascii():
        # Folding and removing can undo the normal form (İ becomes i and a combining dot).
        folded = unicodedata.normalize("NFKC", folded.translate(_folding()))
    folded = _SPACES.sub(" ", folded).strip()
    return _SPACE_INSIDE_HAN.sub("", folded)


def core(text: str) -> tuple[int, int]:
    """Where the words are without punctuation around them; the whole text if nothing is left.

    >>> core("...领券!")
    (3, 5)
    """
    start, end = 0, len(text)
    while start < end and unicodedata.category(text[start])[0] in _AROUND:
        start += 1
    while end > start and unicodedata.category(text[end - 1])[0] in _AROUND:
        end -= 1
    return (start, end) if start < end else (0, len(text))


def bare(text: str) -> str:
    """Return a comparable text without spaces, and without punctuation around it.

    >>> bare("「良渚 ＣＡＴ！」")
    '良渚cat'
    """
    folded = comparable(text)
    start, end = core(folded)
    return folded[start:end].replace(" ", "")


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


@cache
def _folding() -> Mapping[int, str | None]:
    # Zero-width and bidi characters, tags of emoji, and variation selectors are not seen.
    invisible = [point for point in _MAY_FORMAT if unicodedata.category(chr(point)) == "Cf"]
    return {**simplified(), **dict.fromkeys([*invisible, *_VARIATION_SELECTORS])}
