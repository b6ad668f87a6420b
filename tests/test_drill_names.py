"""The drills that there are: each can be called by its name, and the named pairs are twenty."""

from tests.drills.pairs import PAIRS
from tests.drills.registry import DRILLS, every
from tests.drills.trouble import TROUBLES
from twin.fault_kinds import KINDS


def test_every_drill_has_a_name_of_its_own_and_says_what_it_does() -> None:
    assert every() is DRILLS
    assert {
        "E1",
        "E2",
        "E5",
        "E6",
        "E7",
        "E8",
        "F1",
        "F2",
        "F3",
        "F4",
        "F6",
        "G2",
        "G3",
        "G4",
        "B1",
    } <= (DRILLS.keys())
    assert all(one.sentence and " " not in one.name for one in DRILLS.values())


def test_the_pairs_are_twenty_by_name_and_of_faults_that_there_are() -> None:
    assert len({one.name for one in PAIRS}) == 20
    planted = [fault for one in PAIRS for fault in (one.first, one.second)]
    planted += [one.planted for one in TROUBLES]
    assert {str(one["kind"]) for one in planted} <= set(KINDS)
