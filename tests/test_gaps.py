"""`rules gaps`: what no rule knew, alike phrases together, the most frequent first."""

import json
import shlex
from pathlib import Path

import pytest

from tests.homes import Served, command, oa_text, served_home

FRIDGE = "你们收不收二手冰箱"


async def _say(rooms: Served, *texts: str) -> None:
    for number, text in enumerate(texts):
        await rooms.hear(oa_text(f"o{number}", text, number + 1))


async def test_phrases_that_compare_alike_are_one_gap(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path) as rooms:
        await _say(rooms, FRIDGE, "妳們收不收二手冰箱", FRIDGE, "能不能代收猫", FRIDGE + "\u200b")
        told = command(capsys, "rules", "gaps", "--home", tmp_path, "--json")
    document = json.loads(told.out)
    assert (told.code, document["v"]) == (0, 1)
    first = document["gaps"][0]
    assert (first["text"], first["comparable"]) == (FRIDGE, FRIDGE)
    assert (first["count"], first["members"], first["spellings"]) == (3, 3, 2)


async def test_the_most_frequent_gap_comes_first_and_the_rest_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path) as rooms:
        await _say(rooms, "能不能代收猫", FRIDGE, FRIDGE)
        told = command(capsys, "rules", "gaps", "--home", tmp_path, "--limit", 1)
    assert told.code == 0
    assert FRIDGE in told.out
    assert "能不能代收猫" not in told.out
    assert "另有 1 种" in told.out
    assert "2026-03-02 09:00" in told.out  # by the stores' clock


async def test_the_command_it_shows_can_be_run_as_it_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path) as rooms:
        await _say(rooms, "what's  that?")
    told = command(capsys, "rules", "gaps", "--home", tmp_path)
    shown = shlex.split(told.out.strip().splitlines()[-1])
    assert shown[:2] == ["python", "run.py"]
    tried = command(capsys, *shown[2:])
    assert tried.code == 0
    assert "what's  that?" in tried.out


async def test_a_shop_without_gaps_is_told_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path) as rooms:
        await _say(rooms, "领券")
    told = command(capsys, "rules", "gaps", "--home", tmp_path)
    assert (told.code, told.out.strip()) == (0, "没有：顾客说的话都有规则接住")


def test_a_limit_below_one_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    told = command(capsys, "rules", "gaps", "--home", "/nowhere", "--limit", 0)
    assert told.code == 2
    assert "--limit" in told.err
