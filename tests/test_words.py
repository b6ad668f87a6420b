"""Comparable text, homophones and operators' patterns."""

import pytest

from keyword_rules.patterns import BadPattern, check_pattern
from keyword_rules.sound import SoundIndex, readings, syllables
from keyword_rules.template import BadTemplate, Template
from keyword_rules.words import LONGEST_TEXT, comparable, core


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ＷＩＦＩ", "wifi"),
        ("領優惠券", "领优惠券"),
        ("領\u200b券", "领券"),
        ("\u202e领券\u202c", "领券"),
        ("领\u3000 券", "领券"),
        ("buy   one", "buy one"),
        ("❤\ufe0f", "❤"),
        ("\u200b\u200e\u2066", ""),
        ("", ""),
    ],
)
def test_text_typed_in_many_ways_reads_alike(typed: str, read: str) -> None:
    assert comparable(typed) == read


def test_a_confusable_letter_of_another_script_is_not_taken_for_ours() -> None:
    assert comparable("wіfі") != "wifi"


def test_ten_thousand_combining_marks_are_cut_short() -> None:
    assert len(comparable("a" + "\u0301\u0316" * 10_000)) <= LONGEST_TEXT


def test_the_core_leaves_punctuation_around_words_out() -> None:
    assert core("「领券」!") == (1, 3)
    assert core("?!") == (0, 2)


def test_a_keyword_has_one_reading_and_a_character_may_have_many() -> None:
    assert syllables("会员") == ("hui", "yuan")
    assert {"juan", "quan"} <= set(readings("卷"))
    assert "quan" in readings("劵")


def test_letters_inside_a_keyword_are_read_as_themselves() -> None:
    assert syllables("k歌") == ("k", "ge")


def test_homophones_are_heard_and_one_syllable_is_not() -> None:
    index = SoundIndex.of([("领券", 7), ("券", 8)], str)

    assert index.heard("我要令劝") == {7}
    assert index.heard("卷饼") == frozenset()


def test_slips_count_as_the_same_sound_when_asked() -> None:
    strict = SoundIndex.of([("真好", 1)], str)
    lax = SoundIndex.of([("真好", 1)], lambda syllable: syllable.replace("zh", "z"))

    assert strict.heard("怎好") == frozenset()
    assert lax.heard("怎好") == {1}
    assert strict.heard("贞好") == lax.heard("贞好") == {1}


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(?=领)券", "前瞻"),
        ("(?<!不)领券", "前瞻"),
        (r"(领)\1", "读不懂"),
        ("[领", "读不懂"),
        ("领*", "空文字"),
        ("券" * 400, "1024 字节"),
        ("(a{900}){900}", "读不懂"),
    ],
)
def test_a_pattern_that_cannot_be_trusted_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(BadPattern, match=reason):
        check_pattern(pattern)


def test_a_pattern_that_would_stall_a_backtracking_engine_is_fine() -> None:
    check_pattern("(a+)+$")


def test_a_template_fills_slots_and_falls_back_to_defaults() -> None:
    template = Template.parse("{{{store_name|本店}}} 电话 {store_phone}")

    assert template.render({"store_phone": "1"}) == "{本店} 电话 1"
    assert template.render({"store_name": ""}) == "{本店} 电话 "
    assert template.slots == {"store_name", "store_phone"}


@pytest.mark.parametrize(
    "text", ["{x.__class__}", "{0}", "{", "好}", "{a{b}}", "{a!r}", "{a:>9}", "{}", "{大}"]
)
def test_a_template_runs_nothing_and_names_what_it_cannot_read(text: str) -> None:
    with pytest.raises(BadTemplate):
        Template.parse(text)


def test_percent_signs_are_only_text() -> None:
    assert Template.parse("打 8 折 %n %s").render({}) == "打 8 折 %n %s"
