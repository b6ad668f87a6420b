"""Words where an occasion brings them, keys everywhere: which of the two a rule is compared by."""

from dataclasses import replace

import pytest

from keyword_rules.match import RuleSet
from keyword_rules.rule import EVENT, WORDED, Hit, Key, Miss, Rule, Say, Subject
from tests.rule_makers import phrases, rule, ruleset


def on(*occasions: str, say: str = "", key: str = "", name: str = "r") -> Rule:
    return replace(
        rule(name),
        on=frozenset(occasions),
        say=Say(any=phrases("contains", say)) if say else None,
        key=Key(any=phrases("equals", key)) if key else None,
    )


def hit(rules: RuleSet, occasion: str, text: str = "", key: str = "") -> Hit | None:
    hits = rules.match(Subject(occasion=occasion, text=text, key=key)).hits
    return hits[0] if hits else None


@pytest.mark.parametrize("occasion", sorted(WORDED))
def test_every_occasion_that_brings_words_is_compared_by_them(occasion: str) -> None:
    rules = ruleset(on(occasion, say="地址"))

    found = hit(rules, occasion, text="店铺地址")
    assert found
    assert found.words == ("地址",)
    assert hit(rules, occasion, text="店铺") is None
    assert hit(rules, "menu", text="店铺地址") is None


def test_a_tapped_line_is_known_by_its_id() -> None:
    rules = ruleset(on("text", key="menu-7"))

    assert hit(rules, "text", text="随便什么字", key="menu-7")
    assert hit(rules, "text", text="menu-7") is None
    miss = rules.verdict("r", Subject(occasion="text", text="你好", key="menu-8"))
    assert isinstance(miss, Miss)
    assert (miss.why, miss.want, miss.got) == ("key", "menu-7", "menu-8")


def test_of_words_and_a_key_either_is_enough() -> None:
    rules = ruleset(on("text", "menu", say="领券", key="coupon"))

    assert hit(rules, "text", text="我要领券")
    assert hit(rules, "text", text="好", key="coupon")
    assert hit(rules, "menu", key="coupon")
    assert hit(rules, "menu", key="other") is None
    miss = rules.verdict("r", Subject(occasion="text", text="好", key="other"))
    assert isinstance(miss, Miss)
    assert (miss.why, miss.want) == ("words", "领券")


def test_a_link_is_compared_by_its_title_and_by_its_address() -> None:
    rules = ruleset(
        on("link", say="菜谱", name="title"), on("link", key="https://a.cn/x", name="to")
    )

    by_title = hit(rules, "link", text="一份菜谱", key="https://b.cn")
    by_address = hit(rules, "link", text="别的", key="https://a.cn/x")
    assert by_title
    assert by_address
    assert (by_title.rule, by_address.rule) == ("title", "to")


@pytest.mark.parametrize("occasion", ["image", "voice", "video", "link"])
def test_a_rule_without_words_or_key_needs_no_more_than_the_occasion(occasion: str) -> None:
    found = hit(ruleset(on(occasion)), occasion, text="标题", key="k")

    assert found
    assert found.mode == EVENT
