"""One run of `check` tells every mistake of a home, each at its line."""

import json
from pathlib import Path

import pytest

from tests.homes import command
from tests.planted_home import plant


def test_one_run_of_check_tells_each_planted_mistake_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planted = plant(tmp_path / "home")
    told = command(capsys, "check", "--home", tmp_path / "home")
    lines = told.out.splitlines()

    missing = [
        one
        for one in planted
        if not any(at.startswith(f"{one.file}:{one.line}:") and one.words in at for at in lines)
    ]
    assert missing == []
    assert (told.code, len(planted) >= 40) == (1, True)


def test_what_is_told_is_in_the_order_of_the_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(tmp_path / "home")
    document = json.loads(command(capsys, "check", "--home", tmp_path / "home", "--json").out)
    places = [(one["file"], one["line"]) for one in document["found"]]

    assert places == sorted(places)
    assert {one["level"] for one in document["found"]} == {"error", "warning", "info"}
    assert document["errors"] == sum(one["level"] == "error" for one in document["found"])
    assert len(document["problems"]) == len(document["found"])
