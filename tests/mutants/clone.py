"""A copy of the project in which a safeguard can be taken away, and what is asked of it there."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.mutant import Mutant
from tests.mutants.verdict import Phase, phases

PARTS = (
    *("bot", "handlers", "keyword_rules", "config", "commands", "twin", "tests"),
    *("run.py", "pyproject.toml"),
)
_LONGEST_S = 180
_FIRST_S = 900
_TYPES = ".types"  # mypy's cache, kept from one mutant to the next
_LAST_CHARS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a program ended that was asked in a clone, and the last of what it said."""

    status: int
    says: str


class Clone:
    """A copy of the project; one mutant at a time may be planted in it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of(cls, project: Path, path: Path, parts: Sequence[str] = PARTS) -> "Clone":
        """Copy the parts of a project, without what Python and mypy made of them."""
        made = shutil.ignore_patterns("__pycache__")
        for part in parts:
            if (project / part).is_dir():
                shutil.copytree(project / part, path / part, ignore=made)
            else:
                path.mkdir(parents=True, exist_ok=True)
                shutil.copy2(project / part, path / part)
        return cls(path)

    def again(self, path: Path) -> "Clone":
        """Copy the clone with all that was compiled in it, but for what pytest rewrote."""
        shutil.copytree(self.path, path, ignore=shutil.ignore_patterns("*pytest*.pyc"))
        return Clone(path)

    @contextmanager
    def planted(self, mutant: Mutant) -> Iterator[None]:
        """Have a mutant in the clone while the context lasts. Raises Rotten."""
        file = self.path / mutant.file
        source = file.read_text("utf-8")
        kept = self.path / ".kept"
        shutil.copy2(file, kept)
        file.write_text(mutant.planted(source), "utf-8")
        try:
            yield
        finally:
            kept.replace(file)  # its time too, by which compiled files know it again

    def types(self, *files: str, within_s: int = _LONGEST_S) -> Asked:
        """Check the types of some files."""
        return self._ask("mypy", f"--cache-dir={_TYPES}", *files, within_s=within_s)

    def tests(
        self, tests: Sequence[str], *modules: str, within_s: int = _LONGEST_S
    ) -> tuple[Sequence[Phase], Asked]:
        """Run some tests once these modules have been imported; return what was seen."""
        seen = self.path / ".seen"
        seen.unlink(missing_ok=True)
        asked = self._ask(
            "pytest", "-p", "no:cacheprovider", "-p", "tests.mutants.witness", "-q",
            "--tb=line", "--witness", str(seen),
            *(f"--planted={module}" for module in modules), *tests, within_s=within_s,
        )  # fmt: skip
        return phases(seen), asked

    def _ask(self, module: str, *arguments: str, within_s: int) -> Asked:
        try:
            done = subprocess.run(
                [sys.executable, "-m", module, *arguments],
                cwd=self.path, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                timeout=within_s, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Asked(status=-1, says=f"{module} did not end within {within_s} s")
        said = (done.stdout + done.stderr).strip()
        return Asked(status=done.returncode, says=said[-_LAST_CHARS:])


def prepared(clone: Clone, mutants: Sequence[Mutant]) -> str:
    """Return what is wrong with the clone before anything is planted, "" when nothing is.

    Its types fit and every named test passes, or the mutants would prove nothing.
    """
    types = clone.types(*sorted({m.file for m in mutants if m.typed}), within_s=_FIRST_S)
    if types.status:
        return types.says
    named = sorted({test for mutant in mutants for test in mutant.nodes})
    seen, asked = clone.tests(named, within_s=_FIRST_S)
    failed = [f"{phase.test}: {phase.says}" for phase in seen if phase.failed]
    return "\n".join(failed) or (asked.says if asked.status else "")
