"""A problem in a file, where it is, and the nearest name that would have been right."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong, and where. `column` is a number in YAML and a column's name in CSV.

    `line` 0 means the whole file, or a place that is no file, such as an environment variable.

    >>> print(Problem(file="a.yaml", line=3, column=1, message="不认识的项 “nmae”", hint="name"))
    a.yaml:3:1: 不认识的项 “nmae”（是不是 name？）
    """

    file: str
    line: int
    column: int | str
    message: str
    hint: str = ""
    level: Level = "error"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        hint = f"（是不是 {self.hint}？）" if self.hint else ""
        return f"{place}: {self.message}{hint}"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file, from which a problem there is made."""

    file: str
    line: int = 0
    column: int | str = 0

    def problem(self, message: str, *, hint: str = "", level: Level = "error") -> Problem:
        """Return the problem `message` at this place."""
        return Problem(
            file=self.file,
            line=self.line,
            column=self.column,
            message=message,
            hint=hint,
            level=level,
        )


def nearest(name: str, names: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return the one of `names` that `name` most likely meant, "" when none is close.

    >>> nearest("newcommer", ["pets", "newcomer"])
    'newcomer'
    """
    known = list(names)
    if (whole := unshorn(name, known)) != name:
        return whole
    close = difflib.get_close_matches(name, known, n=1, cutoff=cutoff)
    return close[0] if close else ""


def unshorn(number: str, known: Iterable[str]) -> str:
    """Return the one of `known` that a spreadsheet made this number of; without one the number.

    >>> unshorn("7", ["0007", "12"]), unshorn("12", ["0007", "12"]), unshorn("S1", ["S01"])
    ('0007', '12', 'S1')
    """
    if not number.isdecimal():
        return number
    same = {one for one in known if one.isdecimal() and one.lstrip("0") == number.lstrip("0")}
    return same.pop() if len(same) == 1 else number
