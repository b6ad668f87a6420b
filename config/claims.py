"""Words that advertising law, a platform, or prudence keeps out of an automatic answer.

They stand in `words/claims.csv`: superlatives (极限词) and medical claims by the Advertising Law of
China, promises because nobody is there to keep them, and what platforms take for inducement.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "words" / "claims.csv"
PRICE = re.compile(r"[¥￥]|[0-9〇零一二两三四五六七八九十百千]+(\.[0-9]+)?\s*(元|块|毛)")
_AND_ONE = r"[^，。！？、\s]?"  # what a `*` stands for: the character behind it, to be shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Words that should not be said, what sort they are, and which rule forbids them."""

    kind: str
    words: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wordlist:
    """All words as one pattern; `why` tells the kind and the reason of each word in it."""

    pattern: re.Pattern[str]
    why: Mapping[str, tuple[str, str]]


def claims(text: str) -> Iterator[Claim]:
    """Yield each claim in a text, in its order. Everyday words that hold one are let through.

    >>> [(one.kind, one.words) for one in claims("本市最好吃的包子，最近刚到")]
    [('极限词', '最好')]
    """
    listed = _listed()
    for found in listed.pattern.finditer(text):
        if name := found.lastgroup:
            kind, why = listed.why[name]
            yield Claim(kind=kind, words=found[0], why=why)


@cache
def _listed() -> _Wordlist:
    with WORDS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    harmless = [re.escape(word) for row in rows for word in row["unless"].split("|") if word]
    # An everyday word comes first, so that it uses up the characters of a claim inside of it.
    parts = [*harmless, *(f"(?P<w{n}>{_looks(row['words'])})" for n, row in enumerate(rows))]
    return _Wordlist(
        pattern=re.compile("|".join(parts)),
        why={f"w{n}": (row["kind"], row["why"]) for n, row in enumerate(rows)},
    )


def _looks(words: str) -> str:
    return re.escape(words.removesuffix("*")) + (_AND_ONE if words.endswith("*") else "")
