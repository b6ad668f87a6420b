"""The benchmark itself: a tiny run of each measurement, so that none of them rots."""

import json

import pytest

from bench import accept
from bench.__main__ import MEASUREMENTS, main
from bench.load import Reading
from bench.pace import Pace, ratio, rotated
from bench.table import Row, Table, Untrue

TINY = Pace(seconds=0.05, rounds=1, connections=4)


@pytest.mark.parametrize(
    "name",
    ["open", "match", "decide", "reload", pytest.param("start", marks=pytest.mark.slow)],
)
def test_every_measurement_gives_a_figure_for_each_of_its_columns(name: str) -> None:
    """Nothing is claimed of the figures here: a shared machine says little in 50 ms."""
    table = MEASUREMENTS[name](TINY)
    assert table.name == name
    assert table.rows
    for row in table.rows:
        assert len(row.figures) == len(table.columns)
        assert all(figure > 0 for figure in row.figures)


@pytest.mark.slow
def test_what_is_answered_under_load_is_on_disk() -> None:
    """The measurement itself refuses to show figures when a callback was lost or refused."""
    table = accept.measure(TINY)
    assert [row.variant for row in table.rows] == list(accept.VARIANTS.values())


@pytest.mark.parametrize(
    ("refused", "kept"), [(1, 10), (0, 9)], ids=["something was refused", "something was lost"]
)
def test_a_run_that_lost_something_shows_no_figures(refused: int, kept: int) -> None:
    """Speed that was bought with lost callbacks is no speed."""
    reading = Reading(
        answered=10, refused=refused, kept=kept, elapsed_s=1, cpu_s=1, busy=1, p50_ms=1, p99_ms=1
    )
    with pytest.raises(Untrue):
        accept.checked("accept", reading)


def test_the_json_names_every_figure_and_the_machine(capsys: pytest.CaptureFixture[str]) -> None:
    """Figures without their machine and day cannot be compared with anything."""
    assert main(["open", "--seconds", "0.05", "--rounds", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["v"] == 1
    assert "Python" in told["machine"]
    (table,) = told["tables"]
    assert {"variant", "ours us", "wechatpy us", "times faster"} == set(table["rows"][0])


def test_a_table_is_shown_with_its_figures_under_their_columns() -> None:
    """Right-aligned, so that digits line up."""
    table = Table(
        name="t",
        conditions="c",
        columns=("req/s", "x"),
        rows=(Row(variant="bare", figures=(12_345.6, 1)), Row(variant="ours", figures=(99.9, 0.4))),
    )
    head, *lines = table.shown().splitlines()
    assert head == "t: c"
    assert lines == ["         req/s    x", "  bare  12,346    1", "  ours    99.9  0.4"]


def test_ratios_are_taken_round_by_round() -> None:
    """A neighbour's noise hits both sides of one round, and leaves the ratio alone."""
    assert ratio([10, 20, 30], [20, 40, 60]) == 0.5


def test_each_variant_goes_first_in_some_round() -> None:
    """Whoever goes first finds cold caches."""
    assert {rotated(["a", "b", "c"], number)[0] for number in range(3)} == {"a", "b", "c"}
