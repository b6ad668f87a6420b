"""A file that says something of all its rules: how they rank, where they apply, that they wait."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyword_rules.load import Loaded, RuleBook
from keyword_rules.narrow import narrowed
from keyword_rules.rule import Dates, Hours, Rule, Where
from tests.rule_makers import by_character
from tests.shop_vocabulary import SHOP

NOVEMBER = """\
priority: 10
only: { store: [S001, S002], dates: 2026-11-01..2026-11-30, hours: "08:00-20:00", tagged: 会员 }
dry_run: true
note: 双十一
rules:
  - id: one
    say: 券
    priority: -3
    where: { store: [S002, S003], dates: [2026-11-20.., ..2026-11-02], hours: "18:00-09:00" }
    do: [handover]
  - { id: two, say: 群, do: [handover], cases: [{ text: 进群, hit: true }] }
"""


def load(tmp_path: Path, text: str) -> Loaded:
    (tmp_path / "r.yaml").write_text(text, "utf-8")
    return RuleBook(tmp_path, SHOP, by_character).reload()


def said(tmp_path: Path, text: str) -> list[str]:
    return list(map(str, load(tmp_path, text).problems))


def rules(tmp_path: Path, text: str) -> tuple[Rule, ...]:
    loaded = load(tmp_path, text)
    assert loaded.problems == ()
    return tuple(loaded.rules)


def test_a_files_own_words_hold_for_each_of_its_rules(tmp_path: Path) -> None:
    one, two = rules(tmp_path, NOVEMBER)

    assert (one.priority, two.priority) == (7, 10)
    assert one.dry_run
    assert two.dry_run
    assert (one.line, one.column) == (6, 5)
    assert one.where.store == ("S002",)
    assert list(map(str, one.where.dates)) == ["2026-11-20..2026-11-30", "2026-11-01..2026-11-02"]
    assert list(map(str, one.where.hours)) == ["08:00-09:00", "18:00-20:00"]
    assert one.where.tagged == ("会员",)
    assert list(map(str, two.where.dates)) == ["2026-11-01..2026-11-30"]


def test_what_a_file_and_its_rule_never_both_allow_is_told_at_the_rule(tmp_path: Path) -> None:
    text = NOVEMBER.replace("[S002, S003]", "S012").replace("..2026-11-02", "2026-12-24")
    text = text.replace('hours: "18:00-09:00"', "not_tagged: 会员").replace("[2026-11-20.., ", "[")

    assert said(tmp_path, text) == [
        "r.yaml:9:12: where.dates 是 2026-12-24，文件的 only 是 2026-11-01..2026-11-30，"
        "没有共同的，永远不会命中",
        "r.yaml:9:12: where.store 是 S012，文件的 only 是 S001、S002，没有共同的，永远不会命中",
        "r.yaml:9:12: 标签 会员 在文件的 only 和 where 里一个要有一个要没有，永远不会命中",
    ]


RULE = "- { id: a, say: 券, do: [handover] }\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rules: []\n", "规则文件是空的"),
        ("priority: 1\n", "规则文件缺少 rules"),
        ("ruels: []\nnote: x\n", "没有 ruels 这个键（是不是 rules？）"),
        ("only: { limit: 1 }\nrules: [x]\n", "only 里没有 limit 这个键"),
        ("only: { store: S1 }\nrules: [x]\n", "没有门店 S1"),
        ("dry_run: maybe\nrules: [x]\n", "dry_run 应是 true 或 false"),
        ("include: r.yaml\nrules: [x]\n", "1:1: 不能 include r.yaml"),
        ("include: [../a.yaml, /etc/b.yaml]\nrules: [x]\n", "include ../a.yaml、/etc/b.yaml"),
        (RULE + "- include: other.yaml\n", "2:3: 不能 include other.yaml"),
        (
            "- id: a\n  say: 券\n  do: [handover]\n  include: other.yaml\n",
            "4:3: 不能 include other.yaml",
        ),
    ],
)
def test_a_mistake_in_what_a_file_says_is_told(tmp_path: Path, text: str, message: str) -> None:
    assert any(message in problem for problem in said(tmp_path, text))


def test_an_include_is_the_only_thing_told_of_an_entry_that_has_nothing_else(
    tmp_path: Path,
) -> None:
    assert said(tmp_path, RULE + "- include: ../outside.yaml\n") == [
        "r.yaml:2:3: 不能 include ../outside.yaml：规则文件夹里的每个 .yaml 都会读，不用写"
        "（去掉它；文件夹外的文件请放进规则文件夹）"
    ]


HOURS = st.builds(Hours, start=st.integers(0, 1_439), end=st.integers(0, 1_440)).filter(
    lambda hours: hours.start != hours.end
)
DATES = st.tuples(st.dates(), st.dates()).map(lambda two: Dates(first=min(two), last=max(two)))


@given(st.lists(HOURS, min_size=1, max_size=3), st.lists(HOURS, min_size=1, max_size=3))
def test_narrowed_hours_hold_exactly_when_both_do(ours: list[Hours], theirs: list[Hours]) -> None:
    both, clashes = narrowed(Where(hours=tuple(ours)), Where(hours=tuple(theirs)))

    for minute in range(0, 1_440, 7):
        held = any(h.hold(minute) for h in ours) and any(h.hold(minute) for h in theirs)
        assert any(h.hold(minute) for h in both.hours) == held
    assert bool(clashes) == (not both.hours)


@given(st.lists(DATES, min_size=1, max_size=3), st.lists(DATES, min_size=1, max_size=3))
def test_narrowed_dates_hold_exactly_when_both_do(ours: list[Dates], theirs: list[Dates]) -> None:
    both, _ = narrowed(Where(dates=tuple(ours)), Where(dates=tuple(theirs)))
    ends = {end for one in ours + theirs for end in (one.first, one.last) if end}

    for day in ends:
        held = any(d.hold(day) for d in ours) and any(d.hold(day) for d in theirs)
        assert any(d.hold(day) for d in both.dates) == held
