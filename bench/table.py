"""Figures that belong side by side, and how they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass


class Untrue(Exception):
    """A run whose figures would mislead: something was refused, lost, or answered differently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One variant with a figure for each column."""

    variant: str
    figures: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One measurement: what was compared, under which conditions, and what came out."""

    name: str
    conditions: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def shown(self) -> str:
        """Return the table as text: variants to the left, figures under their columns."""
        head = ("", *self.columns)
        lines = [head, *((row.variant, *map(_figure, row.figures)) for row in self.rows)]
        widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
        body = "\n".join(_line(line, widths) for line in lines)
        return f"{self.name}: {self.conditions}\n{body}\n"

    def as_json(self) -> dict[str, object]:
        """Return the table as values that JSON can hold, each figure under its column's name."""
        rows = [
            {"variant": row.variant, **dict(zip(self.columns, row.figures, strict=True))}
            for row in self.rows
        ]
        return {"name": self.name, "conditions": self.conditions, "rows": rows}


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (width for width in widths)
    figures = (cell.rjust(width) for cell, width in zip(cells[1:], others, strict=True))
    return "  ".join((f"  {cells[0].ljust(first)}", *figures))


def _figure(figure: float) -> str:
    """Return three digits that matter, and every digit before the point.

    >>> _figure(12345.6), _figure(23.45), _figure(0.4567)
    ('12,346', '23.4', '0.457')
    """
    if figure >= 100:  # noqa: PLR2004 (three digits are before the point)
        return f"{figure:,.0f}"
    return f"{figure:.1f}" if figure >= 10 else f"{figure:.3g}"  # noqa: PLR2004 (two digits)
