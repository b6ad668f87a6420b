"""What was judged of one kind of case, and what did not hold."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Tally:
    """The counts of one kind, one line of the report. `named`: the platform's sheets name it."""

    kind: str
    cases: int = 0
    recognised: int = 0
    named: bool = False
    asserted: int = 0
    unjudged: int = 0
    note: str = ""
    misses: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Return the report's line of this kind."""
        told = [f"{self.recognised}/{self.cases}"]
        told += [f"{self.asserted} asserted values agree"] if self.asserted else []
        told += [f"{self.unjudged} reported, not judged"] if self.unjudged else []
        told += ["named by the sheets"] if self.named else []
        told += [self.note] if self.note else []
        mark = "MISS" if self.misses else "  ok" if self.cases > self.unjudged else "  --"
        return f"{mark}  {self.kind:<64} {', '.join(told)}"


class Board:
    """The tallies of one file of cases, by kind, in the order of their names."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.summary: list[str] = []
        self._tallies: dict[str, Tally] = {}

    def of(self, kind: str) -> Tally:
        """Return the tally of a kind, begun when it is first met."""
        return self._tallies.setdefault(kind, Tally(kind=kind))

    @property
    def tallies(self) -> list[Tally]:
        """Return every tally."""
        return [self._tallies[kind] for kind in sorted(self._tallies)]

    @property
    def misses(self) -> list[str]:
        """Return everything that did not hold, with the case's own id."""
        return [miss for tally in self.tallies for miss in tally.misses]

    def lines(self) -> Iterable[str]:
        """Yield the report of this file: a line a kind, then what is true of all."""
        yield f"== {self.title}"
        for tally in self.tallies:
            yield tally.line()
            yield from (f"      {miss}" for miss in tally.misses)
        yield from self.summary


def shapes_board(title: str, told: Iterable[tuple[str, tuple[str, ...]]]) -> Board:
    """Return a board with a line a path: its shape is the published one, or what differs."""
    board = Board(title)
    for path, differences in told:
        tally = board.of(path)
        tally.cases += 1
        tally.recognised += not differences
        tally.misses += [f"{path} {one}" for one in differences]
    return board
