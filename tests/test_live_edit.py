"""A rule edited under a serving process, and under several: heard soon, and nobody is dropped.

`make rules-live` measures the same at full size.
"""

from pathlib import Path

import pytest

from tests.drills.agreeing import converged, paused, processes
from tests.drills.live import VISIBLE_S, Wanted, lived

pytestmark = pytest.mark.slow
SMALL = Wanted(
    rules=2_000, per_s=100.0, edits=3, calm_s=1.0, between_s=0.3, commands=(("rules", "status"),)
)


async def test_rules_are_edited_broken_and_mended_while_followers_type(tmp_path: Path) -> None:
    """Of three edits the best counts: what else the machine does is no fault of ours."""
    seen = await lived(SMALL, tmp_path / "home")
    assert len(seen.said) > 200
    assert (seen.refused, seen.undecided, seen.twice, seen.strays) == (0, 0, 0, 0)
    assert seen.broken.silent == ()
    assert seen.broken.kept
    assert min(one.took_s for one in seen.edits) <= VISIBLE_S
    assert min(one.stalls for one in seen.edits) == 0


async def test_several_processes_go_by_one_edit_and_keep_one_pause(tmp_path: Path) -> None:
    async with processes(tmp_path / "home") as one:
        for figure in (*await converged(one), *await paused(one)):
            assert figure.ok, figure.measured
