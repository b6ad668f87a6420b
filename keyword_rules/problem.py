"""What is wrong with a rule file, at its place, in the operator's words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Protocol

_ALIKE = 0.5  # share of equal characters from which a name is worth proposing
_FEW = 12  # names that a hint may list


class Place(Protocol):
    """Anything that knows its line and column, counted from 1."""

    @property
    def line(self) -> int:
        """The line, from 1."""

    @property
    def column(self) -> int:
        """The column, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One mistake. `hint` says what to do about it, where we know."""

    file: str
    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        said = f"{self.file}:{self.line}:{self.column}: {self.message}"
        return f"{said}（{self.hint}）" if self.hint else said


@dataclass(slots=True)
class Report:
    """Collects the problems of one file, so that all of them are known at once."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, at: Place, message: str, hint: str = "") -> None:
        """Note a problem at a place."""
        self.problems.append(
            Problem(file=self.file, line=at.line, column=at.column, message=message, hint=hint)
        )


@dataclass(frozen=True, slots=True)
class Spot:
    """A bare place, where nothing was read that could know it."""

    line: int = 1
    column: int = 1


def nearest(name: str, valid: Iterable[str]) -> str:
    """A hint with the valid name most like this one, or with the valid names if they are few."""
    known = sorted(valid)
    swapped = [one for one in known if sorted(one) == sorted(name)]  # ao for oa: letters in haste
    if alike := swapped or get_close_matches(name, known, n=1, cutoff=_ALIKE):
        return f"是不是 {alike[0]}？"
    if known and len(known) <= _FEW:
        return f"可以写：{'、'.join(known)}"
    return ""
