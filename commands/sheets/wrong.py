"""What is wrong with a sheet, by its row and column, in the operator's words."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


class BadCell(ValueError):
    """A cell cannot be read; the text says why, `hint` what to write."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One mistake. `row` counts from 1 as the spreadsheet does, 0 is the sheet as a whole.

    `column` is the heading with the spreadsheet's letter, such as 结束日期（O 列）.
    """

    row: int = 0
    column: str = ""
    value: str = ""
    message: str
    hint: str = ""
    level: Level = "error"

    def __str__(self) -> str:
        place = f"第 {self.row} 行" if self.row else "表格"
        where = f"{place} {self.column}".rstrip()
        value = f"“{self.value}” " if self.value else ""
        hint = f"（{self.hint}）" if self.hint else ""
        mark = "注意：" if self.level == "warning" else ""
        return f"{where}: {mark}{value}{self.message}{hint}"


def letter(number: int) -> str:
    """Return what a spreadsheet calls its column, counted from 0.

    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'AA')
    """
    name, number = "", number + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
