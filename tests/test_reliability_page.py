"""The page of promises names every kind of effect in its class, and only drills that there are."""

import re
from pathlib import Path

import pytest

from bot.actions import LOCAL, REMOTE
from tests.drills.registry import every

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "reliability.md").read_text("utf-8")


@pytest.mark.parametrize("klass", "ABCDE")
def test_the_page_names_each_kind_in_the_row_of_its_class(klass: str) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| **{klass}**"))
    named = set(re.findall(r"`([a-z_]+)`", row.split("|")[2]))
    assert named == {kind.kind for kind in (*LOCAL, *REMOTE) if kind.klass == klass}


def test_the_page_names_only_drills_and_targets_that_there_are() -> None:
    asked = re.findall(r'make faults ARGS="?([A-Z0-9 ]+)"?`', PAGE)
    assert {name for names in asked for name in names.split()} <= every().keys()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert set(re.findall(r"`make ([a-z-]+)", PAGE)) <= targets
