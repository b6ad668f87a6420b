"""The kill drill in small, and proof that its judge can see: the real program, the real twin."""

import importlib
from collections import Counter
from pathlib import Path

import pytest

from tests.drills.engines import POSTGRES, SQLITE
from tests.drills.hook import owner_of
from tests.drills.kills import Wanted, killed
from tests.drills.points import POINTS, Point
from tests.drills.table import table

SEED = 20_260_302


@pytest.mark.parametrize("point", POINTS, ids=lambda one: str(one.label))
def test_every_labelled_point_lies_beside_a_function_that_there_is(point: Point) -> None:
    """A renamed function would otherwise take its point out of every drill, unnoticed."""
    owner, name = owner_of(point, importlib.import_module(point.place.partition(":")[0]))
    assert callable(owner.__dict__[name])


def test_there_are_thirty_points_and_no_label_twice() -> None:
    """On either engine."""
    labels = [one.label for one in POINTS]
    assert len(labels) == len(set(labels))
    for engine in (SQLITE, POSTGRES):
        assert sum(one.engine in {"", engine} for one in POINTS) >= 30


@pytest.mark.kill
@pytest.mark.slow
async def test_killed_sixty_times_nothing_is_lost_and_nothing_doubled(tmp_path: Path) -> None:
    """At random and at labelled points, while hundreds of customers go on."""
    missed: Counter[str] = Counter()
    verdict = await killed(Wanted(kills=60, seed=SEED), tmp_path, missed)
    told = "\n".join(table(verdict, missed))
    assert verdict.last_line == "lost 0, doubled 0", told
    assert len(verdict.kills) == 60, told
    assert verdict.sent >= 1200, told
    assert len({one.point for one in verdict.kills}) > 10, told


@pytest.mark.kill
@pytest.mark.slow
async def test_a_bot_that_answers_before_its_commit_is_found_out(tmp_path: Path) -> None:
    """The verdict above would prove nothing if it could not be red."""
    wanted = Wanted(kills=4, seed=SEED, callbacks=80, points=(), broken="answers-before-the-commit")
    verdict = await killed(wanted, tmp_path, Counter())
    assert not verdict.sound
    assert any("在收件箱里有一行（它被应答了 200）" in one for one in verdict.lost), verdict.lost
