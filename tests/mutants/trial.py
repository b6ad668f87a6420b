"""Plants each mutant in a copy of the project and asks the tests that it names; two at a time."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.clone import PARTS, Clone, prepared
from tests.mutants.mutant import Mutant, Rotten
from tests.mutants.verdict import Outcome, Verdict, judged

AT_ONCE = 2


class Unsound(Exception):
    """The project itself does not hold, so no mutant could prove anything."""


def tried(
    mutants: Sequence[Mutant], project: Path, folder: Path, parts: Sequence[str] = PARTS
) -> Iterator[Verdict]:
    """Yield what came of each mutant, in their order. Raises Unsound; the project stays untouched.

    Takes a few seconds each, and up to two minutes to begin with.
    """
    first = Clone.of(project, folder / "clone-0", parts)
    if wrong := prepared(first, mutants):
        raise Unsound(wrong)
    free: SimpleQueue[Clone] = SimpleQueue()
    free.put(first)
    for number in range(1, min(AT_ONCE, len(mutants))):
        free.put(first.again(folder / f"clone-{number}"))

    def try_one(mutant: Mutant) -> Verdict:
        clone = free.get()
        try:
            return try_out(mutant, clone)
        finally:
            free.put(clone)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        yield from threads.map(try_one, mutants)


def try_out(mutant: Mutant, clone: Clone) -> Verdict:
    """Plant one mutant and return what came of it."""
    began_s = time.monotonic()
    try:
        with clone.planted(mutant):
            if mutant.typed and (types := clone.types(mutant.file)).status:
                return Verdict(mutant=mutant, outcome=Outcome.UNFIT, says=types.says)
            seen, asked = clone.tests(mutant.nodes, mutant.module)
    except Rotten as rotten:
        return Verdict(mutant=mutant, outcome=Outcome.ROTTEN, says=str(rotten))
    found = judged(mutant, seen, asked.says)
    took_s = time.monotonic() - began_s
    return Verdict(mutant=mutant, outcome=found.outcome, says=found.says, took_s=took_s)
