"""Operators' regular expressions, in RE2 only: no pattern can stall the program."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import re2
from daachorse import CharwiseDoubleArrayAhoCorasick

from keyword_rules.required import required
from keyword_rules.words import simplified

LONGEST_PATTERN_BYTES = 1_024
LONGEST_SEARCHED_BYTES = 2_048  # of a text: no platform carries more of a customer's words
LARGEST_PROGRAM = 1_000  # instructions of RE2; the worst we found take 10 ms for so many bytes
MOST_LOOSE = 100  # patterns in one installation that every text must be compared with

_MEMORY_BYTES = 1 << 20  # for one pattern
_READY = 16_384  # patterns that stay compiled
_LOOK_AROUND = ("(?=", "(?!", "(?<=", "(?<!")
_GROUP_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NAMED = re.compile(r"\(\?P?<(\w*)>")
# A pattern that matches each of these alone would hit whatever is said.
_ANYTHING = ("a", "1", "的", "。", "\ue000")


class BadPattern(ValueError):
    """A regular expression cannot be used; the message says why, in the operator's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternIndex:
    """Numbered patterns; those whose required letters a text lacks are never run on it.

    Compiled when first needed: 10,000 cost nothing until somebody speaks. It can be pickled.
    """

    patterns: Mapping[int, str]
    automaton: CharwiseDoubleArrayAhoCorasick | None  # of the required letters
    numbers: Sequence[tuple[int, ...]]  # of the patterns, for each of them
    loose: tuple[int, ...]  # of those that require none

    @classmethod
    def of(cls, patterns: Iterable[tuple[str, int]]) -> Self:
        """Index (pattern, number) pairs. Raises BadPattern for one that `check` refuses."""
        folded: dict[int, str] = {}
        wanted: dict[str, list[int]] = defaultdict(list)
        loose = []
        for pattern, number in patterns:
            check_pattern(pattern)
            folded[number] = _folded(pattern)
            for letters in (choices := required(folded[number])):
                wanted[letters].append(number)
            if not choices:
                loose.append(number)
        return cls(
            patterns=folded,
            automaton=CharwiseDoubleArrayAhoCorasick(list(wanted)) if wanted else None,
            numbers=tuple(map(tuple, wanted.values())),
            loose=tuple(loose),
        )

    def found(self, text: str) -> frozenset[int]:
        """The numbers of the patterns that match somewhere in the first 2,048 bytes."""
        candidates = set(self.loose)
        if self.automaton and text:
            for _, _, letters in self.automaton.find_overlapping(text.casefold()):
                candidates.update(self.numbers[letters])
        if not candidates:
            return frozenset()
        searched = _start(text)
        return frozenset(
            number for number in candidates if _compiled(self.patterns[number]).search(searched)
        )


def is_loose(pattern: str) -> bool:
    """Whether every text must be compared with a pattern, as it requires no letters.

    >>> is_loose("[0-9]{6}"), is_loose("单号[0-9]{6}")
    (True, False)
    """
    return not required(_folded(pattern))


def capture_names(pattern: str) -> tuple[str, ...]:
    """The names of a pattern's groups, in the order of their names.

    >>> capture_names("(?P<order>[0-9]{10,})单")
    ('order',)
    """
    return tuple(sorted(_capturing(pattern).groupindex))


def captured(pattern: str, text: str) -> Mapping[str, str]:
    """What the named groups hold where the pattern matches first; {} where it does not match.

    A group that took no part, or holds nothing, is left out. The first 2,048 bytes of the text are
    searched as they are given.

    >>> captured("(?P<order>[0-9]{4,})", "单号 20261")
    {'order': '20261'}
    """
    found = _capturing(pattern).search(_start(text))
    held: dict[str, str | None] = found.groupdict() if found else {}
    return {name: value for name, value in held.items() if value}


def check_pattern(pattern: str) -> None:
    """Raise BadPattern unless a pattern can be used.

    It is at most 1 KiB of RE2 and at most 1,000 instructions, names its groups in small letters and
    each but once, and matches neither nothing nor everything.
    """
    if len(pattern.encode()) > LONGEST_PATTERN_BYTES:
        raise BadPattern(
            f"正则表达式超过 {LONGEST_PATTERN_BYTES} 字节；许多个词请写成多个关键词，不用正则"
        )
    try:
        compiled = _compiled(_folded(pattern))
    except re2.error as error:
        raise BadPattern(_refusal(_reason(error))) from error
    if compiled.search("") is not None:
        raise BadPattern("正则表达式能匹配空文字，会命中每一句话")
    if all(compiled.search(one) for one in _ANYTHING):
        raise BadPattern("正则表达式能匹配任意一个字，会命中每一句话")
    if compiled.programsize > LARGEST_PROGRAM:
        raise BadPattern(
            f"正则表达式太复杂：展开后有 {compiled.programsize} 步，最多 {LARGEST_PROGRAM} 步；"
            "请减少重复的次数，许多个词请写成多个关键词"
        )
    _check_names(_NAMED.findall(pattern) if capture_names(pattern) else [])


def _check_names(names: list[str]) -> None:
    for name in names:
        if not _GROUP_NAME.fullmatch(name):
            raise BadPattern(f"分组的名字 {name} 只能用小写字母、数字和下划线，字母开头")
        if names.count(name) > 1:
            raise BadPattern(f"分组的名字 {name} 用了两次")


def _refusal(reason: str) -> str:
    if any(look in reason for look in _LOOK_AROUND):
        return "正则表达式不能用前瞻或后顾 (?= (?! (?<= (?<!；排除请写在 say.none 里"
    if "too large" in reason:
        return "正则表达式太复杂：请减少重复的次数"
    return f"正则表达式读不懂：{reason}"


@lru_cache(_READY)
def _compiled(folded: str) -> Any:
    return re2.compile(folded, _options())


@lru_cache(_READY)
def _capturing(pattern: str) -> Any:
    options = _options()
    options.never_capture = False
    return re2.compile(_folded(pattern), options)


def _folded(pattern: str) -> str:
    # Texts are compared in simplified characters of usual width, so a pattern must be too.
    return "".join(map(_narrow, pattern.translate(simplified())))


def _narrow(char: str) -> str:
    plain = unicodedata.normalize("NFKC", char)
    if plain == char or len(plain) != 1:
        return char
    # A wide question mark asks for a question mark, and makes nothing optional.
    return plain if plain.isalnum() or not plain.isascii() else f"\\{plain}"


def _start(text: str) -> str:
    if len(text) <= LONGEST_SEARCHED_BYTES // 4:
        return text
    return text[:LONGEST_SEARCHED_BYTES].encode()[:LONGEST_SEARCHED_BYTES].decode(errors="ignore")


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False  # compared text is case-folded
    options.never_capture = True
    options.max_mem = _MEMORY_BYTES
    return options


def _reason(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
