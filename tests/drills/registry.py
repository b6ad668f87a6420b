"""The drills of `make faults` by name: what each one proves, and how it is run."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from tests.drills.engines import SQLITE

# Where drills are entered, in the order in which all of them are run.
MODULES = (
    "tests.drills.lies",
    "tests.drills.trouble",
    "tests.drills.unreachable",
    "tests.drills.reactions",
    "tests.drills.tokens",
    "tests.drills.pairs",
    "tests.drills.order",
    "tests.drills.doubles",
    "tests.drills.deadlines",
    "tests.drills.outages",
    "tests.drills.overload",
    "tests.drills.starting",
    "tests.drills.leaving",
    "tests.drills.sweeping",
    "tests.drills.paused",
    "tests.drills.claimed",
    "tests.drills.clocks",
    "tests.drills.full_disk",
    "tests.drills.redis_gone",
    "tests.drills.postgres_gone",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a drill came to: the measured figures with their limits, and whether all hold."""

    measured: str
    ok: bool


def _quiet(_name: str, _finding: Finding) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a run of the drills was asked for.

    `scale` multiplies how much is done where a figure wants more than a quick run has time for;
    1.0 is the figure itself. `parts`: of a drill that has several, only these; none = all. `tell`
    is for the line of a part that has ended.
    """

    seed: int = 1
    engine: str = SQLITE
    scale: float = 1.0
    parts: tuple[str, ...] = ()
    tell: Callable[[str, Finding], None] = _quiet

    def wants(self, part: str) -> bool:
        """Whether a part of a drill is to be run."""
        return not self.parts or part in self.parts


Drilled = Callable[[Options, Path], Awaitable[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """One drill: the name it is called by, what it does in one sentence, and its function.

    The function is given the options and an empty folder of its own, which is kept when the
    drill fails.
    """

    name: str
    sentence: str
    run: Drilled


DRILLS: dict[str, Drill] = {}


def drill(name: str, sentence: str) -> Callable[[Drilled], Drilled]:
    """Enter a function as a drill. Raises ValueError for a name that is taken."""

    def entered(run: Drilled) -> Drilled:
        if name in DRILLS:
            raise ValueError(f"two drills are called {name}")
        DRILLS[name] = Drill(name=name, sentence=sentence, run=run)
        return run

    return entered


def room(home: Path, name: str) -> Path:
    """Return an empty folder in a drill's own, for one of several rigs."""
    made = home / name.replace(" ", "-")
    made.mkdir(mode=0o755)
    return made


def every() -> dict[str, Drill]:
    """Return all drills there are, by name."""
    for module in MODULES:
        import_module(module)
    return DRILLS
