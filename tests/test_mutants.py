"""The mutants fit the source they were written for, and a safeguard nobody tests is reported."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.mutants.mutant import Mutant, Rotten
from tests.mutants.planted import MUTANTS
from tests.mutants.trial import Unsound, tried
from tests.mutants.verdict import Outcome, Phase, judged
from tests.source import ROOT, functions, tree_of

PARTS = ("shop", "tests", "pyproject.toml")
PLAIN = '[tool.pytest.ini_options]\npythonpath = ["."]\n[tool.mypy]\nstrict = true\n'
STOCK = '''"""A shelf."""


def left(stock: int, given: int) -> int:
    return max(0, stock - given)


def price(fen: int) -> str:
    return f"{fen / 100:.2f}"
'''
TESTS = """
from shop.stock import left, price


def test_stock_never_falls_below_nothing() -> None:
    assert left(1, 3) == 0


def test_a_price_has_two_places() -> None:
    assert price(200)[0] == "2"
"""


NOTHING_BELOW = "test_stock::test_stock_never_falls_below_nothing"
TWO_PLACES = "test_stock::test_a_price_has_two_places"


def mutant(name: str, text: str, instead: str, test: str = NOTHING_BELOW) -> Mutant:
    return Mutant(
        name=name, takes_away="a safeguard", file="shop/stock.py", text=text, instead=instead,
        caught_by=(test,),
    )  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one module, with a test that looks closely and one that does not."""
    root = tmp_path / "project"
    witness = root / "tests" / "mutants" / "witness.py"
    for file in (root / "shop" / "__init__.py", witness.with_name("__init__.py")):
        file.parent.mkdir(parents=True)
        file.touch()
    (root / "tests" / "__init__.py").touch()
    witness.write_text((ROOT / "tests" / "mutants" / "witness.py").read_text("utf-8"), "utf-8")
    (root / "shop" / "stock.py").write_text(STOCK)
    (root / "tests" / "test_stock.py").write_text(TESTS)
    (root / "pyproject.toml").write_text(PLAIN)
    return root


def test_every_mutant_still_fits_and_names_a_test_that_exists() -> None:
    rotten = []
    for one in MUTANTS:
        try:
            ast.parse(one.planted((ROOT / one.file).read_text("utf-8")))
        except (Rotten, OSError, SyntaxError) as trouble:
            rotten.append(f"{one.name}: {trouble}")
        rotten += [f"{one.name}: no test {test}" for test in one.caught_by if not _exists(test)]
    assert not rotten


def _exists(test: str) -> bool:
    file, name = test.split("::")
    path = ROOT / "tests" / f"{file}.py"
    return path.exists() and name in {one.name for one in functions(tree_of(path))}


def test_every_mutant_takes_something_else_away() -> None:
    named = Counter(one.name for one in MUTANTS)
    changed = Counter((one.file, one.text, one.instead) for one in MUTANTS)
    assert len(MUTANTS) == len(named) == len(changed)
    assert len(MUTANTS) >= 30


@pytest.mark.slow
def test_a_mutant_that_no_test_notices_is_not_caught(project: Path, tmp_path: Path) -> None:
    mutants = (
        mutant("below", "max(0, stock - given)", "stock - given"),
        mutant("places", ":.2f}", ":.0f}", TWO_PLACES),
        mutant("crash", "max(0, stock - given)", "stock // (given - 3)"),
        mutant("types", "max(0, stock - given)", '"none"'),
        mutant("import", '"""A shelf."""', "assert not __name__"),
        mutant("moved", "min(0, ", ""),
    )
    told = [one.outcome for one in tried(mutants, project, tmp_path / "clones", PARTS)]
    assert told == [
        *(Outcome.CAUGHT, Outcome.SURVIVED, Outcome.CRASHED),
        *(Outcome.UNFIT, Outcome.UNFIT, Outcome.ROTTEN),
    ]
    assert (project / "shop" / "stock.py").read_text() == STOCK


def test_over_a_project_that_does_not_hold_nothing_is_tried(project: Path, tmp_path: Path) -> None:
    (project / "shop" / "stock.py").write_text(STOCK.replace("max(0, stock - given)", "-1"))
    with pytest.raises(Unsound, match="test_stock_never_falls_below_nothing"):
        list(tried([mutant("below", "-1", "0")], project, tmp_path / "clones", PARTS))


@pytest.mark.parametrize(
    ("raised", "where", "says", "outcome"),
    [
        ("AssertionError", "tests/test_stock.py", "assert -2 == 0", Outcome.CAUGHT),
        ("AssertionError", "tests/rooms.py", "", Outcome.CAUGHT),
        ("AssertionError", "shop/stock.py", "", Outcome.CRASHED),
        ("KeyError", "tests/test_stock.py", "'code'", Outcome.CRASHED),
        ("Failed", "_pytest/raises.py", "DID NOT RAISE ValueError", Outcome.CAUGHT),
        ("Failed", "pytest_timeout.py", "Timeout (>300.0s)", Outcome.CRASHED),
    ],
)
def test_only_an_objection_of_the_tests_counts(
    raised: str, where: str, says: str, outcome: Outcome
) -> None:
    below = mutant("below", "", "")
    phase = Phase(
        when="call", test=f"{below.nodes[0]}[a case]", outcome="failed", raised=raised,
        where=where, says=says,
    )  # fmt: skip
    assert judged(below, [Phase(when="imported"), phase]).outcome is outcome


def test_a_test_that_never_ended_did_not_pass() -> None:
    below = mutant("below", "", "")
    setup = Phase(when="setup", test=below.nodes[0], outcome="passed")
    told = judged(below, [Phase(when="imported"), setup], "pytest did not end within 180 s")
    assert told.outcome is Outcome.CRASHED
    assert "did not end" in told.says
