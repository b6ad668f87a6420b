"""Comparable text: what people type in many ways reads alike, and stays what it means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyword_rules.words import LONGEST_TEXT, bare, comparable, core

ODD = "!！。.~～… \u200d♀♂\ufe0f\u20e3領券\u200bßİΐ\u3164\x00\x1f\x85\u0301⁈👍🏽①㎏"
TYPED = st.text(st.one_of(st.characters(), st.sampled_from(ODD)))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ＷＩＦＩ", "wifi"),
        ("領優惠券", "领优惠券"),
        ("領\u200b券", "领券"),
        ("\u202e领券\u202c", "领券"),
        ("领\x00券\x07", "领券"),
        ("领\u3164券\u2800", "领券"),
        ("领\u3000 券", "领券"),
        ("buy   one", "buy one"),
        ("\u200b\u200e\u2066", ""),
        ("", ""),
    ],
)
def test_text_typed_in_many_ways_reads_alike(typed: str, read: str) -> None:
    assert comparable(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("❤\ufe0f", "❤"),
        ("👍🏽", "👍"),
        ("1\ufe0f\u20e3", "1"),
        ("🏃\u200d♀\ufe0f", "🏃"),
        ("♀", "♀"),
        ("👨\u200d👩\u200d👧", "👨👩👧"),
        ("葛\U000e0100", "葛"),
    ],
)
def test_an_emoji_reads_alike_in_every_variant(typed: str, read: str) -> None:
    assert comparable(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("领券！！！", "领券!"),
        ("在吗～～", "在吗~"),
        ("好的。。。", "好的。"),
        ("嗯……", "嗯."),
        ("什么?!", "什么?!"),
        ("C++", "c++"),
        ("1000", "1000"),
    ],
)
def test_a_mark_that_is_repeated_counts_once(typed: str, read: str) -> None:
    assert comparable(typed) == read


def test_words_for_a_tone_of_voice_stay_and_a_full_stop_is_no_point() -> None:
    assert comparable("领券呀") == "领券呀"
    assert comparable("3。5") != comparable("3.5")


def test_a_confusable_letter_of_another_script_is_not_taken_for_ours() -> None:
    assert comparable("wіfі") != "wifi"


def test_ten_thousand_combining_marks_are_cut_short() -> None:
    assert len(comparable("a" + "\u0301\u0316" * 10_000)) <= LONGEST_TEXT


@given(TYPED)
def test_what_is_comparable_stays_as_it_is(typed: str) -> None:
    assert comparable(comparable(typed)) == comparable(typed)


@given(TYPED, st.integers(1, 300))
def test_no_text_grows_beyond_the_longest(typed: str, times: int) -> None:
    long = comparable(typed * times)

    assert len(long) <= LONGEST_TEXT
    assert comparable(long) == long


def test_the_core_leaves_punctuation_around_words_out() -> None:
    assert core("「领券」!") == (1, 3)
    assert core("?!") == (0, 2)
    assert bare("「 领 券 」！") == "领券"


@pytest.mark.parametrize("around", ["~", "^_^", "🙏", "👍🏽", "❤\ufe0f", "～🙏！"])
def test_the_core_leaves_out_what_only_gives_a_tone(around: str) -> None:
    text = comparable(f"{around}在吗{around}")
    start, end = core(text)
    assert text[start:end] == "在吗"


def test_an_emoji_alone_is_the_words_and_keeps_two_bare_texts_apart() -> None:
    assert core("👍🙏") == (0, 2)
    assert bare("良渚🐱~") == "良渚🐱"
