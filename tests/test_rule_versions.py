"""The hash of a home's rules: it differs whenever they may decide otherwise, and only then."""

from pathlib import Path

import pytest

from commands.parts.compose import fill, open_home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fill(tmp_path)
    for path in (tmp_path / "rules").glob("*.yaml"):
        path.unlink()
    (tmp_path / "rules" / "a.yaml").write_text(
        "- {id: a, say: {any: [宠物群], mode: word}, do: [reply: 好]}\n", "utf-8"
    )
    return tmp_path


def ruleset(home: Path) -> str:
    book = open_home(home).rules
    assert not book.problems
    return book.current.hash


def test_a_home_that_did_not_change_has_the_same_hash(home: Path) -> None:
    assert ruleset(home) == ruleset(home)


def test_other_words_in_the_dictionary_are_another_version(home: Path) -> None:
    hashes = {ruleset(home)}
    for words in ("宠物群\n", "宠物群 100\n", "宠物群 100\n邻居群\n"):
        (home / "words.txt").write_text(words, "utf-8")
        hashes.add(ruleset(home))
    assert len(hashes) == 4


def test_remarks_in_the_dictionary_are_none(home: Path) -> None:
    (home / "words.txt").write_text("宠物群\n", "utf-8")
    before = ruleset(home)
    (home / "words.txt").write_text("# 店里的叫法\n宠物群\n", "utf-8")
    assert ruleset(home) == before


def test_other_slips_are_another_version(home: Path) -> None:
    settings, hashes = home / "settings.yaml", {ruleset(home)}
    told = settings.read_text("utf-8")
    for slips in ("[]", "[zh/z]", "[zh/z, l/n]"):
        settings.write_text(f"{told}\nsound_slips: {slips}\n", "utf-8")
        hashes.add(ruleset(home))
    settings.write_text(f"{told}\nsound_slips: [n/l, zh/z]\n", "utf-8")  # the last, turned round
    assert ruleset(home) in hashes
    assert len(hashes) == 4
