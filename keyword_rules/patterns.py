"""Operators' regular expressions, in RE2 only: no pattern can stall the program."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

import re2

from keyword_rules.words import simplified

LONGEST_PATTERN_BYTES = 1_024

_LOOK_AROUND = ("(?=", "(?!", "(?<=", "(?<!")


class BadPattern(ValueError):
    """A regular expression cannot be used; the message says why, in the operator's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternIndex:
    """Patterns behind one filter: those whose required characters are absent are never run."""

    filter: Any  # re2.Filter, untyped
    numbers: tuple[int, ...]

    @classmethod
    def of(cls, patterns: Iterable[tuple[str, int]]) -> Self:
        """Index (pattern, number) pairs. Raises BadPattern for one that `check` refuses."""
        gate, numbers = re2.Filter(), []
        for pattern, number in patterns:
            check_pattern(pattern)
            gate.Add(_folded(pattern), _options())
            numbers.append(number)
        gate.Compile()
        return cls(filter=gate, numbers=tuple(numbers))

    def found(self, text: str) -> frozenset[int]:
        """The numbers of the patterns that match somewhere in the text."""
        if not self.numbers:
            return frozenset()
        return frozenset(self.numbers[index] for index in self.filter.Match(text) or ())


def check_pattern(pattern: str) -> None:
    """Raise BadPattern unless the pattern is at most 1 KiB, RE2 and cannot match nothing."""
    if len(pattern.encode()) > LONGEST_PATTERN_BYTES:
        raise BadPattern(f"正则表达式超过 {LONGEST_PATTERN_BYTES} 字节")
    if any(look in pattern for look in _LOOK_AROUND):
        raise BadPattern("正则表达式不能用前瞻或后顾 (?= (?! (?<= (?<!；排除请写在 say.none 里")
    try:
        compiled = re2.compile(_folded(pattern), _options())
    except re2.error as error:
        raise BadPattern(f"正则表达式读不懂：{_reason(error)}") from error
    if compiled.search("") is not None:
        raise BadPattern("正则表达式能匹配空文字，会命中每一句话")


def _folded(pattern: str) -> str:
    # Texts are compared in simplified characters, so a pattern in traditional ones must be too.
    return pattern.translate(simplified())


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False  # compared text is case-folded
    options.never_capture = True
    return options


def _reason(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
