"""Operators' regular expressions: what is refused, what is found, and how long it may take."""

import pickle
import re
from time import process_time

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from keyword_rules.patterns import (
    LARGEST_PROGRAM,
    LONGEST_SEARCHED_BYTES,
    BadPattern,
    PatternIndex,
    capture_names,
    captured,
    check_pattern,
    is_loose,
)
from keyword_rules.required import required
from keyword_rules.words import LONGEST_TEXT, comparable

# None of them holds what the others do, so that no search ends early.
TEXTS = (
    "a" * LONGEST_TEXT,
    "ab" * (LONGEST_TEXT // 2),
    "aab" * (LONGEST_TEXT // 3),
    "领" * LONGEST_TEXT,
    "😀" * LONGEST_TEXT,
)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(?=领)券", "前瞻"),
        ("(?<!不)领券", "前瞻"),
        (r"(领)\1", "读不懂"),
        ("[领", "读不懂"),
        ("", "空文字"),
        (".*", "空文字"),
        ("领*", "空文字"),
        ("领|", "空文字"),
        (".", "任意一个字"),
        (r"\s|\S", "任意一个字"),
        ("^.+$", "任意一个字"),
        ("券" * 400, "1024 字节"),
        ("|".join(f"词{number}" for number in range(10_000)), "许多个词请写成多个关键词"),
        ("a" * 256 * 1024, "1024 字节"),
        ("(.{1,500}){2}", f"最多 {LARGEST_PROGRAM} 步"),
        ("(a{900}){900}", "读不懂"),
        (r"\pL{1,300}", "太复杂"),
        ("(?P<Order>[0-9]{4})", "小写字母"),
        ("(?P<单号>[0-9]{4})", "单号"),
        ("(?P<no>[0-9]{4})|(?P<no>[a-z]{4})", "用了两次"),
    ],
)
def test_a_pattern_that_cannot_be_trusted_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(BadPattern, match=reason):
        check_pattern(pattern)


@pytest.mark.parametrize("pattern", ["(a+)+$", r"\(?=", "[(?=]+好", "(?P<order>[0-9]{10,})"])
def test_what_only_looks_dangerous_is_allowed(pattern: str) -> None:
    check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|b)*a(a|b){12}$",
        "[ab]*a[ab]{450}[z9]",
        "(?:[ab]?){490}[z9]",
        "(a?){330}a{330}[z9]",
        "(?:[ab]{0,22}){22}[z9]",
        "(?:.?){110}[z9]",
        "([一-鿿]?){160}[z9]",
        "[ab]*a.{100}[z9]",
    ],
)
def test_no_pattern_stalls_the_program_for_50_ms(pattern: str) -> None:
    index = PatternIndex.of([(pattern, 0)])
    for text in TEXTS:
        assert min(_spent(index, text) for _ in range(3)) < 0.05


def _spent(index: PatternIndex, text: str) -> float:
    re2.purge()
    start = process_time()
    index.found(text)
    return process_time() - start


def test_of_ten_thousand_patterns_only_those_are_run_whose_letters_are_there() -> None:
    words = [chr(0x4E00 + number) + chr(0x9FA0 - number) for number in range(10_000)]
    index = PatternIndex.of((f"{word}[0-9]{{1,3}}号", at) for at, word in enumerate(words))

    assert index.loose == ()
    assert index.found(f"我要{words[77]}12号，还有{words[8_000]}7号和{words[5]}") == {77, 8_000}
    assert min(_spent(index, "请问门店在哪里，怎么领优惠券" * 3) for _ in range(3)) < 0.005


def test_a_pattern_reads_the_first_2048_bytes() -> None:
    index = PatternIndex.of([("单号[0-9]+", 0)])
    room = LONGEST_SEARCHED_BYTES - len("单号1".encode())

    assert index.found("a" * room + "单号1") == {0}
    assert index.found("a" * (room + 1) + "单号1") == frozenset()
    assert index.found("领" * 682 + "单号1") == frozenset()


def test_an_index_finds_the_same_after_a_journey_to_another_process() -> None:
    index = PatternIndex.of([("单号[0-9]+", 3), ("[0-9]{4}", 5)])
    slices = pickle.dumps((index.patterns, index.numbers, index.loose))

    assert pickle.loads(slices) == (index.patterns, index.numbers, index.loose)  # noqa: S301


def test_wide_signs_in_a_pattern_mean_themselves() -> None:
    index = PatternIndex.of([("多少钱？", 0), ("優惠（券）", 1)])

    assert index.found(comparable("多少钱？")) == {0}
    assert index.found(comparable("多少")) == frozenset()
    assert index.found(comparable("优惠（券）")) == {1}


def test_named_groups_hold_what_they_found() -> None:
    pattern = "(?P<order>[0-9]{4,})(?:号|(?P<rest>[a-z]+))?"

    assert capture_names(pattern) == ("order", "rest")
    assert captured(pattern, "单 20261 号") == {"order": "20261"}
    assert captured(pattern, "单 20261Ab") == {"order": "20261", "rest": "Ab"}
    assert captured(pattern, "没有") == {}


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        ("领券", {"领券"}),
        ("Wi-?Fi密码", {"fi密码"}),
        ("(猫|狗)粮", {"粮"}),
        ("(猫|狗)[0-9]", {"猫", "狗"}),
        ("(猫粮|狗粮)吗?", {"猫粮", "狗粮"}),
        ("xa{1,5}b", {"xa"}),
        ("x(?:ab)+y", {"ab"}),
        ("(?i)ABC", {"abc"}),
        (r"a\.b\d", {"a.b"}),
        (r"\p{Han}+券", {"券"}),
        ("[[:alpha:]]+券", {"券"}),
        ("[]券]+号", {"号"}),
        ("a{,3}", {"a{,3}"}),
        (r"\Q领券\E", set()),
        ("领?券*", set()),
        ("领|[0-9]", set()),
        ("[0-9]{6}", set()),
        ("|".join(chr(0x4E00 + number) for number in range(100)), set()),
    ],
)
def test_the_letters_a_pattern_requires_are_told(pattern: str, letters: set[str]) -> None:
    assert required(pattern) == letters
    assert is_loose(pattern) == (not letters)


ATOMS = st.sampled_from(
    ["a", "B", "领", "券", ".", "[a领]", "[^b]", r"\.", r"\d", "^", "$", r"\b", "ß", "{", "K"]
)
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["*", "+?", "?", "{0}", "{2}", "{1,3}", "{0,2}"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
        st.tuples(ATOMS, st.sampled_from(["*", "+", "?", "{2,}", "{1}", "{0,1}"])).map("".join),
        inner.map(lambda one: f"(?P<g>{one})" if "?P<" not in one else one),
    ),
    max_leaves=12,
)


@settings(max_examples=300)
@given(PATTERNS, st.lists(st.text(st.sampled_from("abAB领券.1ß ssk{K"), max_size=12), max_size=8))
def test_no_text_that_matches_lacks_what_is_required(pattern: str, texts: list[str]) -> None:
    options = re2.Options()
    options.case_sensitive = options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
    except re2.error:
        return
    letters = required(pattern)
    for text in texts:
        if letters and compiled.search(text):
            assert any(one in text.casefold() for one in letters), re.escape(pattern)
