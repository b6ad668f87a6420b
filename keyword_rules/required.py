"""What a text must hold for a pattern to match it: plain letters, to be looked for first."""

import re
from dataclasses import dataclass
from enum import Enum

MOST_CHOICES = 64  # ways to satisfy one pattern; one with more is not worth looking for

_GROUP = re.compile(r"\(\?P?<\w+>|\(\?(?P<flags>[a-zA-Z-]*)(?P<end>[:)])|\(")
_REPEAT = re.compile(r"(?:[*+?]|\{(?P<least>[0-9]+)(?:,[0-9]*)?\})\??")
_CLASS = re.compile(r"\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*+\]", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:[pP](?:\{[^}]*\}|.)|x\{[^}]*\}|x..|[0-7]{1,3}|.)", re.DOTALL)
_QUOTED = "\\Q"

Choices = frozenset[str]
UNKNOWN: Choices = frozenset()  # of which nothing can be required


def required(pattern: str) -> Choices:
    """Case-folded texts of which every matching text, case-folded too, holds at least one.

    Empty where that cannot be told. The pattern must be one that RE2 reads.

    >>> sorted(required("(领|发)券?了吗"))
    ['了吗']
    >>> required("[0-9]+")
    frozenset()
    """
    if _QUOTED in pattern:
        return UNKNOWN
    return _Reader(pattern).alternation()


class Times(Enum):
    """How often an item stands. After one that may stand again, the letters before it may not."""

    ONCE = 1
    MORE = 2
    MAYBE = 0


@dataclass(slots=True)
class _Reader:
    """Reads a pattern from left to right."""

    pattern: str
    at: int = 0

    def alternation(self) -> Choices:
        """Read up to the end of the pattern or of the group."""
        branches = [self._sequence()]
        while self._takes("|"):
            branches.append(self._sequence())
        together = frozenset[str]().union(*branches)
        return together if all(branches) and len(together) <= MOST_CHOICES else UNKNOWN

    def _sequence(self) -> Choices:
        best, run = UNKNOWN, ""
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            letter, choices = self._atom()
            times = self._times()
            if times is Times.MAYBE:
                letter, choices = "", UNKNOWN
            run += letter
            if times is not Times.ONCE or not letter:
                best = _better(best, _better(frozenset({run}), choices))
                run = ""
        return _better(best, frozenset({run}))

    def _atom(self) -> tuple[str, Choices]:
        """One item: a plain letter, or else what a group requires."""
        char = self.pattern[self.at]
        if char == "(":
            return "", self._group()
        if char == "[" and (found := _CLASS.match(self.pattern, self.at)):
            self.at = found.end()
            return "", UNKNOWN
        if char == "\\" and (found := _ESCAPE.match(self.pattern, self.at)):
            self.at = found.end()
            is_plain = len(found.group()) == len("\\.") and not found.group()[1].isalnum()
            return (found.group()[1] if is_plain else ""), UNKNOWN
        self.at += 1
        return ("" if char in ".^$" else char.casefold()), UNKNOWN

    def _group(self) -> Choices:
        found = _GROUP.match(self.pattern, self.at)
        self.at = found.end() if found else self.at + 1
        if found and found.group("end") == ")":  # flags for what follows, and no group
            return UNKNOWN
        inside = self.alternation()
        self._takes(")")
        return inside

    def _times(self) -> Times:
        times = Times.ONCE
        while found := _REPEAT.match(self.pattern, self.at):
            self.at = found.end()
            may_lack = found.group()[0] in "*?" or int(found.group("least") or 1) == 0
            times = Times.MAYBE if may_lack or times is Times.MAYBE else Times.MORE
        return times

    def _takes(self, char: str) -> bool:
        if self.pattern[self.at : self.at + 1] != char:
            return False
        self.at += 1
        return True


def _better(one: Choices, other: Choices) -> Choices:
    """The one whose shortest text is longer; then the one with fewer."""
    return max(one, other, key=lambda choices: (min(map(len, choices), default=0), -len(choices)))
