"""`doctor` tells of mistakes in rule files, the first few by their places."""

from pathlib import Path

import pytest

from commands.doctor.finding import Status
from commands.doctor.rules import of_rules, rules_of
from commands.parts.compose import fill


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fill(tmp_path)
    return tmp_path


def found(home: Path) -> list[str]:
    book = rules_of(home)
    assert book is not None
    told = list(of_rules(book))
    assert all(one.status is Status.BAD and "rules status" in one.next for one in told)
    return [one.found for one in told]


def test_rules_without_a_mistake_are_no_finding(home: Path) -> None:
    assert found(home) == []


def test_a_mistake_is_told_with_its_place(home: Path) -> None:
    (home / "rules" / "b.yaml").write_text("- oops", "utf-8")
    (told,) = found(home)
    assert told.startswith("b.yaml:1:3")


def test_many_mistakes_are_the_first_five_and_a_count(home: Path) -> None:
    (home / "rules" / "b.yaml").write_text("- oops\n" * 9, "utf-8")
    told = found(home)
    assert [one.startswith("b.yaml") for one in told] == [True] * 5 + [False]
    assert "还有 4 处" in told[-1]


def test_settings_that_cannot_be_read_leave_rules_unread(home: Path) -> None:
    (home / "settings.yaml").write_text("accounts: 1\n", "utf-8")
    assert rules_of(home) is None


def test_a_mistake_in_the_words_is_told_too(home: Path) -> None:
    (home / "words.txt").write_text("撸/猫", "utf-8")
    assert found(home)[0].startswith("words.txt:1:1")
