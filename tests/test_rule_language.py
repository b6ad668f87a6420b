"""What a rule may say and how: every form is read, every mistake is told in words that help."""

from dataclasses import replace
from pathlib import Path

import pytest

from keyword_rules.load import RuleBook
from keyword_rules.rule import Limit, Mode, Rule, Share, Subject, Vocabulary
from tests.rule_makers import by_character
from tests.shop_vocabulary import SHOP

DAYS = frozenset({"workday", "restday", "holiday", "国庆节"})
KNOWN: Vocabulary = replace(SHOP, names={**SHOP.names, "day": DAYS})


def book(tmp_path: Path, rest: str) -> RuleBook:
    """A rule `a` that hits 券 and calls a person, with the rest of it as given."""
    do = "" if "do:" in rest else "do: [handover], "
    say = "" if "say:" in rest or "on:" in rest else "say: 券, "
    (tmp_path / "r.yaml").write_text(f"- {{ id: a, {say}{do}{rest} }}\n", "utf-8")
    book = RuleBook(tmp_path, KNOWN, by_character)
    book.reload()
    return book


def read(tmp_path: Path, rest: str) -> Rule:
    read = book(tmp_path, rest)
    assert read.problems == ()
    return read.current.rules[0]


@pytest.mark.parametrize(
    ("written", "dates"),
    [
        ("2026-11-01..2026-11-30", ["2026-11-01..2026-11-30"]),
        ('"2026-11-01 .. 2026-11-30"', ["2026-11-01..2026-11-30"]),
        ("2026-11-01", ["2026-11-01"]),
        ("2026-11-01..", ["2026-11-01.."]),
        ("..2026-11-30", ["..2026-11-30"]),
        ("[2026-11-11, 2026-12-12.., 2027-01-01]", ["2026-11-11", "2026-12-12..", "2027-01-01"]),
    ],
)
def test_dates_are_written_with_or_without_quotes(
    tmp_path: Path, written: str, dates: list[str]
) -> None:
    where = read(tmp_path, f"where: {{ dates: {written} }}").where

    assert list(map(str, where.dates)) == dates


@pytest.mark.parametrize(
    ("written", "share"),
    [
        ("30", Share(split="a", start=0, end=3_000)),
        ("12.5", Share(split="a", start=0, end=1_250)),
        ("30-60%", Share(split="a", start=3_000, end=6_000)),
        ("{ percent: 0-0.05, split: spring }", Share(split="spring", start=0, end=5)),
        ("{ percent: 100 }", Share(split="a", start=0, end=10_000)),
    ],
)
def test_a_share_is_a_percentage_or_a_stretch_of_them(
    tmp_path: Path, written: str, share: Share
) -> None:
    assert read(tmp_path, f"where: {{ share: {written} }}").where.share == share


@pytest.mark.parametrize(
    ("written", "nth"), [("1", "1"), ("first", "1"), ("2-", "2-"), ("2-4", "2-4"), ("'3'", "3")]
)
def test_the_number_of_a_meeting_is_one_or_a_stretch(
    tmp_path: Path, written: str, nth: str
) -> None:
    assert str(read(tmp_path, f"where: {{ nth: {written} }}").where.nth) == nth


def test_limits_are_one_or_several_and_say_for_whom_they_count(tmp_path: Path) -> None:
    for_all = "{ times: 200, per: day, of: store }"
    where = read(
        tmp_path, f"where: {{ limit: [{{ times: 1, per: ever }}, {for_all}], days: [holiday] }}"
    ).where

    assert where.limits == (
        Limit(times=1, per="ever"),
        Limit(times=200, per="day", of="store"),
    )
    assert where.days == ("holiday",)


def test_to_continue_is_not_to_stop(tmp_path: Path) -> None:
    assert read(tmp_path, "note: x").stop
    assert not read(tmp_path, "continue: true").stop
    assert read(tmp_path, "continue: false").stop
    assert not read(tmp_path, "stop: false").stop


def test_keys_and_words_may_be_compared_by_their_end(tmp_path: Path) -> None:
    rule = read(tmp_path, "on: scan, key: { any: [-door], mode: suffix }")

    assert rule.key is not None
    assert [phrase.mode for phrase in rule.key.any] == [Mode.SUFFIX]


def test_a_rule_on_text_may_have_a_key_alone(tmp_path: Path) -> None:
    rules = book(tmp_path, "on: text, key: m1, cases: [{ key: m1, hit: true }]")

    assert rules.problems == ()
    assert rules.current.match(Subject(occasion="text", key="m1")).hits


@pytest.mark.parametrize(
    "rest",
    [
        "where: { share: 0.01 }",
        "where: { nth: 3-5 }",
        "where: { days: 国庆节 }",
        "where: { dates: 2026-11-02..2026-11-12, weekdays: sun, hours: '09:00-10:00' }",
        "where: { dates: ..2026-11-12, weekdays: mon }",
        "where: { limit: { times: 1, per: day, of: group } }",
        "on: [link, location]",
    ],
)
def test_a_case_that_says_nothing_of_a_condition_suits_it(tmp_path: Path, rest: str) -> None:
    assert book(tmp_path, f"{rest}, say: 券, cases: [{{ text: 券, hit: true }}]").problems == ()


def test_a_case_may_say_what_day_it_is(tmp_path: Path) -> None:
    cases = (
        "cases: [{ text: 券, days: workday, hit: false }, { text: 券, days: 国庆节, hit: true }]"
    )

    assert book(tmp_path, f"where: {{ days: 国庆节 }}, {cases}").problems == ()


TAG_ID = "etAJ2GCAAAXtWyujaWJHDDGi0mACH71w"
CARD_ID = "pFS7Fjg8kV1IdDz01r4SQwMkuCKc"


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        (
            "where: { dates: 2026-11-30..2026-11-01 }",
            "r.yaml:1:52: dates 的开始 2026-11-30 晚于结束 2026-11-01，没有一天成立",
        ),
        ("where: { dates: 2026-02-30 }", "没有这一天：2026-02-30"),
        ("where: { dates: 2026/2/3..2026-02-04 }", "是不是 2026-02-03？"),
        ("where: { dates: 11月1日 }", "dates 的一天应写成 2026-11-01，这里是 11月1日"),
        ("where: { dates: 2026-11-01 10:00:00 }", "时刻写在 hours 里"),
        ("where: { dates: 9999-12-31.. }", "年份在 2000 到 2100 之间"),
        ("where: { dates: .. }", "dates 应写成 2026-11-01..2026-11-30"),
        ("where: { dates: {} }", "这里是键值表"),
        ("where: { days: 国庆 }", "没有日子 国庆（是不是 国庆节？）"),
        ("where: { share: 101 }", "share 超过 100%：101"),
        ("where: { share: 60-30 }", "share 里没有人：60-30"),
        ("where: { share: 0 }", "share 里没有人：0"),
        ("where: { share: 1.234 }", "最多两位小数"),
        ("where: { share: .nan }", "share 应写成百分数"),
        ("where: { share: { split: x } }", "share 要写成 {percent: 0-30, split: 名字}"),
        ("where: { share: { percent: 3, splt: x } }", "没有 splt 这个键（是不是 split？）"),
        ("where: { nth: 0 }", "nth 从 1 到"),
        ("where: { nth: 4-2 }", "前面的不大于后面的"),
        ("where: { nth: second }", "nth 应写成 1、first、2- 或 2-4，这里是 second"),
        ("where: { limit: { times: 1, per: day, of: shop } }", "limit.of 没有 shop"),
        ("where: { limit: [{ times: 1 }] }", "limit 要写成"),
        ("stop: true, continue: true", "stop 和 continue 只能写一个"),
        ("continue: yes", "continue 应是 true 或 false"),
        ("dry_run: 1", "dry_run 应是 true 或 false"),
        ("on: image, say: 券", "on 里没有 text，say 用不上（带文字的场合："),
        ("on: text", "规则缺少 say"),
        (f"where: {{ tagged: {TAG_ID} }}", f"{TAG_ID} 像企业微信的标签 id"),
        (f"where: {{ not_tagged: [{TAG_ID}] }}", "写标签的名字，不写企业微信的标签 id"),
        (f"do: [tag: [{TAG_ID}]]", "写标签的名字，不写企业微信的标签 id"),
        (f"do: [grant: {{ campaign: {CARD_ID} }}]", "像微信卡券的 card_id"),
        ("do: [grant: { campaign: newcommer }]", "没有活动 newcommer（是不是 newcomer？）"),
        ("do: [reply: '{x.__class__}']", "{x.__class__} 不是变量：不能取属性或下标"),
        ("do: [reply: '{0}']", "{0} 不是变量：不能按序号取"),
        ("do: [reply: '{}']", "{} 不是变量：没有名字"),
        ("do: [reply: '{code:>9}']", "{code:>9} 不是变量：不能写格式"),
        ("do: [reply: '券码%n']", "第 3 个字：%n 不是变量（变量写成 {名字}）"),
        ("do: [reply: '您好%(name)s']", "%(name)s 不是变量"),
        ("do: [reply: '您好{member_name']", "第 3 个字：花括号 { 没有配对"),
        ("do: [reply: '您好{nobody}']", "没有变量 {nobody}"),
    ],
)
def test_a_mistake_is_told_with_what_to_write_instead(
    tmp_path: Path, rest: str, message: str
) -> None:
    problems = list(map(str, book(tmp_path, rest).problems))

    assert any(message in problem for problem in problems), problems


@pytest.mark.parametrize("said", ["满100%n件", "打开 https://a.cn/%d0%b1", "五折 50%s", "100%"])
def test_a_percentage_or_an_address_is_no_slot(tmp_path: Path, said: str) -> None:
    assert book(tmp_path, f"do: [reply: '{said}']").problems == ()
