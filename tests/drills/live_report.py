"""`make rules-live`: every figure of a live edit on a line of its own, with its bar."""

import asyncio
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.drills.agreeing import agreed
from tests.drills.live import Wanted, figures, lived
from tests.drills.registry import Finding


def reported(*, rules: int, per_s: float, edits: int) -> int:
    """Print what a server, and then three processes, live through; 1 when a bar is missed."""
    wanted = Wanted(rules=rules, per_s=per_s, edits=edits)
    with _room() as room:
        found = figures(asyncio.run(lived(wanted, room / "one")))
        _show(f"{rules} rules, {per_s:g} messages a second, SQLite, one process", found)
        together = _together(room / "several")
        _show("PostgreSQL, serve --processes 2 and work", together)
    return 0 if all(one.ok for one in (*found, *together)) else 1


def _together(home: Path) -> list[Finding]:
    try:
        return asyncio.run(agreed(home))
    except pytest.skip.Exception as why:
        return [Finding(measured=f"not measured: {why}", ok=False)]


@contextmanager
def _room() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="xiaoer-live-") as name:
        room = Path(name)
        room.chmod(0o755)  # PostgreSQL runs as a user of its own
        yield room


def _show(title: str, found: Sequence[Finding]) -> None:
    lines = [f"{'ok  ' if one.ok else 'MISS'}  {one.measured}" for one in found]
    sys.stdout.write("\n".join((title, *lines, "")))
    sys.stdout.flush()
