"""Patterns without fixed letters: every message is compared with each, so they are counted."""

from pathlib import Path

from keyword_rules.load import RuleBook
from keyword_rules.patterns import MOST_LOOSE
from tests.shop_vocabulary import SHOP


def patterns(first: int, count: int, letters: str = "") -> str:
    """So many rules, each with a pattern of its own."""
    return "".join(
        f"- {{id: r{n}, say: {{any: ['{letters}[0-9]{{{n + 1}}}[a-z]'], mode: regex}},"
        " do: [reply: 好]}\n"
        for n in range(first, first + count)
    )


def book(folder: Path, **files: str) -> RuleBook:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    made = RuleBook(folder, SHOP)
    made.reload()
    return made


def test_a_hundred_in_all_files_are_used(tmp_path: Path) -> None:
    half = MOST_LOOSE // 2
    made = book(tmp_path, a=patterns(0, half), b=patterns(half, half))
    assert made.problems == ()
    assert len(made.current.rules) == MOST_LOOSE


def test_one_more_refuses_its_file_alone_and_is_told_at_its_place(tmp_path: Path) -> None:
    made = book(tmp_path, a=patterns(0, MOST_LOOSE), b=patterns(MOST_LOOSE, 1))
    (problem,) = made.problems
    assert (problem.file, problem.line) == ("b.yaml", 1)
    assert "没有固定文字的正则超过 100 条" in problem.message
    assert len(made.current.rules) == MOST_LOOSE


def test_a_file_with_more_than_all_is_told_at_the_first_too_many(tmp_path: Path) -> None:
    made = book(tmp_path, a=patterns(0, MOST_LOOSE + 5))
    assert [problem.line for problem in made.problems] == [MOST_LOOSE + 1]
    assert made.current.rules == ()


def test_the_last_good_version_of_a_file_that_grew_too_loose_goes_on(tmp_path: Path) -> None:
    made = book(tmp_path, a=patterns(0, MOST_LOOSE - 1), b=patterns(MOST_LOOSE, 1))
    (tmp_path / "b.yaml").write_text(patterns(MOST_LOOSE, 2), "utf-8")
    made.reload()
    assert len(made.problems) == 1
    assert len(made.current.rules) == MOST_LOOSE


def test_patterns_with_fixed_letters_do_not_count(tmp_path: Path) -> None:
    made = book(tmp_path, a=patterns(0, MOST_LOOSE * 2, letters="单号"))
    assert made.problems == ()
