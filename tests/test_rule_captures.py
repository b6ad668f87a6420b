"""What named groups of a pattern found, in the texts of the rule that has the pattern."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyword_rules.captures import LONGEST_CAPTURE
from keyword_rules.load import RuleBook
from keyword_rules.match import compile_rules
from keyword_rules.parse import parse_rules
from keyword_rules.rule import Hit, Subject
from keyword_rules.template import Template
from tests.rule_makers import by_character
from tests.shop_vocabulary import SHOP

ORDER = """\
- id: order
  say: { any: ['(?P<order>[a-z]?[0-9]{10,})', '单号(?P<short>[0-9]{4})'], mode: regex }
  do:
    - reply: "{member_name|您}好，订单 {order|还没有}，{{请稍等}}"
    - tag: [问过订单]
"""


def reply(rules: str, text: str, *, occasion: str = "text", key: str = "") -> Hit:
    parsed = parse_rules("r.yaml", rules.encode(), SHOP, by_character)
    assert parsed.problems == ()
    subject = Subject(occasion=occasion, text=text, key=key)
    (hit,) = compile_rules(parsed.rules, segment=by_character).match(subject).hits
    return hit


def problems(tmp_path: Path, rules: str) -> list[str]:
    (tmp_path / "r.yaml").write_text(rules, "utf-8")
    return list(map(str, RuleBook(tmp_path, SHOP, by_character).reload().problems))


def test_what_was_captured_stands_in_the_reply_and_other_slots_wait() -> None:
    hit = reply(ORDER, "我的订单Ａ２０２６１１０１００１到哪了")

    assert hit.captures == {"order": "A20261101001"}
    assert hit.do[0].args["text"] == "{member_name|您}好，订单 A20261101001，{{请稍等}}"
    assert hit.do[1].args["names"] == ("问过订单",)


def test_a_group_that_took_no_part_gives_its_default() -> None:
    hit = reply(ORDER, "单号2026")

    assert hit.captures == {"short": "2026"}
    assert hit.do[0].args["text"] == "{member_name|您}好，订单 还没有，{{请稍等}}"


def test_hidden_characters_do_not_keep_a_number_from_being_captured() -> None:
    assert reply(ORDER, "2026\u200b11010012").captures == {"order": "202611010012"}
    assert reply(ORDER, "20261101001\u200b234").captures == {"order": "20261101001234"}


def test_a_key_may_be_captured_from_too() -> None:
    rules = "- { id: t, on: scan, key: { any: ['table-(?P<table>[0-9]+)'], mode: regex },"
    hit = reply(rules + " do: [reply: '{table} 号桌'] }", "", occasion="scan", key="table-12")

    assert hit.do[0].args["text"] == "12 号桌"


NAMED = "- { id: n, say: { any: ['我叫(?s:(?P<name>.+))'], mode: regex }, do: [reply: '{name}'] }"


@given(st.text(alphabet="{}|a_ \n\t王%", min_size=1, max_size=300).filter(str.strip))
def test_what_was_captured_is_shown_as_it_was_on_one_line_and_runs_nothing(name: str) -> None:
    hit = reply(NAMED, f"我叫{name}")
    written = str(hit.do[0].args["text"])

    assert Template.parse(written).slots == frozenset()
    assert Template.parse(written).render({"a": "!"}) == hit.captures.get("name", "")
    assert len(written) <= 2 * LONGEST_CAPTURE
    assert "\n" not in written


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (ORDER.replace("{order|", "{ordr|"), "r.yaml:4:14: 没有变量 {ordr}（是不是 order？）"),
        (
            ORDER.replace("P<short>", "P<code>"),
            "r.yaml:2:47: 捕获的名字 code 和变量 {code} 重名（换一个名字）",
        ),
        ("- { id: a, say: 券, do: [reply: '{order}'] }", "没有变量 {order}"),
    ],
)
def test_a_slot_is_the_shops_or_the_rules_own(tmp_path: Path, rules: str, message: str) -> None:
    assert any(message in problem for problem in problems(tmp_path, rules))
