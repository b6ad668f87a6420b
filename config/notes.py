"""What a reading of many files gathers on its way: problems, and names to be found elsewhere."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from config.problems import Level, Place, Problem, nearest

MAX_HINTS = 100
CheckText = Callable[[str], str | None]
Comparable = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A name used at a place that must exist among all of its kind."""

    kind: str
    name: str
    at: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A text with slots as it stands in a file, and how many bytes may be sent of it."""

    name: str
    text: str
    at: Place
    limit_bytes: int


@dataclass(slots=True, kw_only=True)
class Notes:
    """Gathers; the only mutable value of a reading. `now` and `zone` judge dates.

    Names of the kinds in `unchecked` are not looked for: what defines them could not be read.
    """

    now: datetime
    zone: ZoneInfo
    check_text: CheckText
    comparable: Comparable = str.casefold
    unchecked: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    names: dict[str, dict[str, Place]] = field(default_factory=dict)

    def add(self, at: Place, message: str, *, hint: str = "", level: Level = "error") -> None:
        """Note one problem at `at`."""
        self.problems.append(at.problem(message, hint=hint, level=level))

    def define(self, kind: str, name: str, at: Place) -> None:
        """Note that `name` is the one `kind` of that name; a second one is a problem."""
        first = self.names.setdefault(kind, {}).setdefault(name, at)
        if first != at:
            self.add(at, f"{kind} “{name}” 重复，{first.file} 第 {first.line} 行已有")

    def refer(self, kind: str, name: str, at: Place) -> None:
        """Note that `name` must be a `kind`; ending in `*`, that some name should begin so."""
        self.references.append(Reference(kind=kind, name=name, at=at))

    def missing(self) -> Iterable[Problem]:
        """Yield a problem for every name referred to that nothing defines.

        The first 100 wrong names come with the nearest that exists; a search is slow.
        """
        hints: dict[tuple[str, str], str] = {}
        for reference in self.references:
            kind, name = reference.kind, reference.name
            names = self.names.get(kind, {})
            if kind in self.unchecked:
                continue
            if name.endswith("*"):
                if not any(known.startswith(name[:-1]) for known in names):
                    message = f"没有一个{kind}以 “{name[:-1]}” 开头"
                    yield reference.at.problem(message, level="warning")
            elif name not in names:
                if len(hints) < MAX_HINTS and (kind, name) not in hints:
                    hints[kind, name] = nearest(name, names)
                hint = hints.get((kind, name), "")
                yield reference.at.problem(f"没有这个{kind}：“{name}”", hint=hint)
