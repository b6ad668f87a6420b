"""What came of one mutant: caught by an assertion of the tests it names, or not."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.mutants.mutant import Mutant


class Outcome(StrEnum):
    """How a mutant ended; all but the first are findings."""

    CAUGHT = "caught"
    SURVIVED = "NOT CAUGHT"  # a named test passes without the safeguard
    CRASHED = "crashed"  # a named test failed, but it was not the test that objected
    UNFIT = "does not import"  # or its types do not fit: nobody could have shipped it
    ROTTEN = "rotten"  # the source has moved on


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One phase of one test, as the witness saw it."""

    when: str
    test: str = ""
    outcome: str = ""
    raised: str = ""
    where: str = ""
    says: str = ""

    @property
    def failed(self) -> bool:
        """Whether it did not pass."""
        return self.outcome == "failed"

    @property
    def objected(self) -> bool:
        """Whether the test itself objected: an assertion in our tests, a refusal that never came.

        A test that was given up after its time, or raised what the product raised, did not.
        """
        if self.when != "call":
            return False
        if self.raised == "Failed":
            return self.says.startswith("DID NOT RAISE")
        return self.raised == "AssertionError" and self.where.startswith("tests/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a mutant ended, what there is to say about it, and how long it took."""

    mutant: Mutant
    outcome: Outcome
    says: str
    took_s: float = 0.0

    def __str__(self) -> str:
        name = f"{self.outcome:<15} {self.mutant.name:<28}"
        if self.outcome is Outcome.CAUGHT:
            return f"{name} by {self.says} ({self.took_s:.0f} s)"
        return f"{name} {self.says}"


def phases(seen: Path) -> tuple[Phase, ...]:
    """Return what the witness wrote; nothing when it never came so far."""
    lines = seen.read_text("utf-8").splitlines() if seen.exists() else []
    return tuple(Phase(**json.loads(line)) for line in lines)


def judged(mutant: Mutant, seen: Sequence[Phase], last_words: str = "") -> Verdict:
    """Judge what the witness saw; `last_words` are those of a run that ended without any."""
    if not seen:
        return Verdict(mutant=mutant, outcome=Outcome.UNFIT, says=last_words)
    for test in mutant.nodes:
        outcome, says = _of_one([phase for phase in seen if _is(phase, test)], last_words)
        if outcome is not Outcome.CAUGHT:
            return Verdict(mutant=mutant, outcome=outcome, says=f"{test} {says}")
    return Verdict(mutant=mutant, outcome=Outcome.CAUGHT, says=", ".join(mutant.caught_by))


def _is(phase: Phase, test: str) -> bool:
    """Whether a phase is of a test, or of one of its cases."""
    return phase.test == test or phase.test.startswith(f"{test}[")


def _of_one(seen: Sequence[Phase], last_words: str) -> tuple[Outcome, str]:
    if any(phase.objected for phase in seen):
        return Outcome.CAUGHT, ""
    for phase in seen:
        if phase.failed:
            return Outcome.CRASHED, f"{phase.raised} in {phase.where}: {phase.says}"
    if any(phase.when == "call" for phase in seen):
        return Outcome.SURVIVED, "passes"
    return Outcome.CRASHED, f"did not run to its end: {last_words}"
