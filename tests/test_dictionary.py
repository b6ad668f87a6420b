"""A shop's own words: words.txt of the home, read and checked."""

from pathlib import Path

import pytest

from config.dictionary import FILE, MAX_BYTES, MOST_LINES, MOST_PROBLEMS, read_words
from config.problems import Problem
from config.settings import BadSettings, load
from config.sounds import SLIPS, USUAL
from keyword_rules.slips import SLIPS as KNOWN_SLIPS
from keyword_rules.slips import Slips
from keyword_rules.words import comparable


def wrong(home: Path, text: str) -> tuple[Problem, ...]:
    (home / FILE).write_text(text, "utf-8")
    words, problems = read_words(home, comparable)
    assert not (words and any(problem.level == "error" for problem in problems))
    return problems


def test_a_home_without_words_has_none(tmp_path: Path) -> None:
    assert read_words(tmp_path, comparable) == ({}, ())


def test_words_are_read_with_and_without_their_frequency(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(
        "# 我们的词\n宠物群\n寵物糧 20\nＡ４纸 3 n  # 打印\n\nc# 7\n", "utf-8-sig"
    )

    assert read_words(tmp_path, comparable) == (
        {"宠物群": None, "宠物粮": 20, "a4纸": 3, "c#": 7},
        (),
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("宠物群 x", "词频 “x” 应是"),
        ("宠物群 -3", "词频 “-3” 应是"),
        ("宠物群 0", "词频 “0” 应是"),
        ("宠物群 1e9", "词频 “1e9” 应是"),
        ("宠物群 99999999999", "词频"),
        ("宠物群 ３x", "词频"),
        ("宠物群 3 n n", "一行写一个词"),
        ("宠物群 3 名词", "一行写一个词"),
        ("宠物，群", "只能有汉字"),
        ("宠" * 21, "超过 20 个字"),
    ],
)
def test_a_wrong_line_is_told_with_its_place(tmp_path: Path, line: str, said: str) -> None:
    (problem,) = wrong(tmp_path, f"猫粮\n{line}\n")

    assert (problem.file, problem.line, problem.level) == (FILE, 2, "error")
    assert said in problem.message


def test_a_word_written_twice_is_a_warning_and_counts_once(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("宠物群 3\n寵物群 9\n", "utf-8")

    words, (problem,) = read_words(tmp_path, comparable)

    assert words == {"宠物群": 3}
    assert (problem.line, problem.level) == (2, "warning")
    assert "第 1 行" in problem.message


def test_all_mistakes_are_told_at_once_up_to_a_hundred(tmp_path: Path) -> None:
    assert len(wrong(tmp_path, "群 x\n" * 3)) == 3
    assert len(wrong(tmp_path, "群 x\n" * 3_000)) == MOST_PROBLEMS


def test_a_million_lines_are_refused_at_once(tmp_path: Path) -> None:
    (problem,) = wrong(tmp_path, "群 x\n" * (MOST_LINES + 1))
    (heavy,) = wrong(tmp_path, "宠物群 3\n" * 1_000_000)

    assert f"最多 {MOST_LINES} 行" in problem.message
    assert f"{MAX_BYTES // 1024} KiB" in heavy.message


def test_what_is_not_utf8_or_lies_elsewhere_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / FILE).write_bytes("宠物群".encode("gb18030"))
    assert "UTF-8" in read_words(home, comparable)[1][0].message

    (home / FILE).unlink()
    (tmp_path / "outside").write_text("群\n", "utf-8")
    (home / FILE).symlink_to(tmp_path / "outside")
    assert "不在本店目录里" in read_words(home, comparable)[1][0].message


def test_the_settings_name_the_slips_that_the_rules_know() -> None:
    assert set(SLIPS) == set(KNOWN_SLIPS)
    assert Slips.of(USUAL).names == USUAL


def test_slips_are_named_in_either_order_and_the_nearest_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("sound_slips: [z/zh, l/n]\n", "utf-8")
    assert load(tmp_path, {}).sound_slips == ("zh/z", "l/n")

    (tmp_path / "settings.yaml").write_text("sound_slips: [zh/z, zh/s]\n", "utf-8")
    with pytest.raises(BadSettings, match=r"sound_slips\[1\]: 没有 zh/s 这一对音（是不是 .h/.？）"):
        load(tmp_path, {})
