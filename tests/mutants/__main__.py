"""`python -m tests.mutants [NAME …]`: take safeguards away, all of them or those named."""

import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutants.mutant import Mutant
from tests.mutants.planted import MUTANTS
from tests.mutants.trial import Unsound, tried
from tests.mutants.verdict import Outcome
from tests.source import ROOT

_SAY = sys.stdout.write


def main(names: Sequence[str]) -> int:
    """Say what came of each; return 0 when all are caught, 1 for findings, 2 for a wrong name."""
    known = {mutant.name: mutant for mutant in MUTANTS}
    if strange := [name for name in names if name not in known]:
        for name in strange:
            _SAY(f"no mutant {name}: {', '.join(get_close_matches(name, known)) or 'none alike'}\n")
        return 2
    return _try([known[name] for name in names] or MUTANTS)


def _try(mutants: Sequence[Mutant]) -> int:
    caught = 0
    with TemporaryDirectory(prefix="xiaoer-mutants-") as folder:
        try:
            for verdict in tried(mutants, ROOT, Path(folder)):
                caught += verdict.outcome is Outcome.CAUGHT
                _SAY(f"{verdict}\n")
                sys.stdout.flush()
        except Unsound as unsound:
            _SAY(f"nothing was planted, for the project itself does not hold:\n{unsound}\n")
    _SAY(f"caught {caught} of {len(mutants)}\n")
    return int(caught < len(mutants))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
