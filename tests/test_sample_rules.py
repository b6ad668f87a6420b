"""The sample rules: whole, tested by their own sentences, and not in each other's way."""

import json
from pathlib import Path

import pytest

import keyword_rules
from keyword_rules.cases import subject_of
from keyword_rules.lint import lint
from keyword_rules.load import RuleBook
from keyword_rules.rule import Rule, Subject
from keyword_rules.schema import rule_schema
from keyword_rules.segment import segment, warm_up
from tests.shop_vocabulary import SHOP

PACKAGE = Path(keyword_rules.__file__).parent
LEAST_RULES = 40


@pytest.fixture(scope="module")
def book() -> RuleBook:
    book = RuleBook(PACKAGE / "sample", SHOP)
    book.reload()
    return book


def _hits(book: RuleBook, text: str) -> list[tuple[str, str]]:
    trace = book.current.match(Subject(occasion="text", text=text, channel="oa"))
    return [(hit.rule, hit.mode) for hit in trace.hits]


def test_the_samples_have_no_problem_and_are_enough(book: RuleBook) -> None:
    assert book.problems == ()
    assert len(book.current.rules) >= LEAST_RULES


def test_every_sample_rule_has_two_sentences_that_hit_and_one_near_miss(book: RuleBook) -> None:
    def is_exercised(rule: Rule) -> bool:
        return sum(case.hit for case in rule.cases) >= 2 and not all(c.hit for c in rule.cases)

    assert [rule.id for rule in book.current.rules if not is_exercised(rule)] == []


def test_every_sentence_that_must_hit_wins_among_all_rules(book: RuleBook) -> None:
    lost = [
        (rule.id, case.text or case.key)
        for rule in book.current.rules
        for case in rule.cases
        if case.hit
        and rule.id not in {h.rule for h in book.current.match(subject_of(case, rule)).hits}
    ]

    assert lost == []


def test_lint_has_nothing_to_say_about_the_samples(book: RuleBook) -> None:
    assert [str(f) for f in lint(book.current.rules, segment=segment)] == []


@pytest.mark.parametrize(
    ("text", "rule", "mode"),
    [
        ("领劵", "coupon-newcomer", "sound"),
        ("领券", "coupon-newcomer", "sound"),
        ("領卷", "coupon-newcomer", "sound"),
        ("怎么进宠物群？", "pet-group", "sound"),
        ("有猫群吗", "pet-group", "word"),
        ("抢鸡蛋券", "flash-egg", "sound"),
    ],
)
def test_what_customers_type_finds_its_rule(
    book: RuleBook, text: str, rule: str, mode: str
) -> None:
    assert _hits(book, text) == [(rule, mode)]


def test_products_and_services_are_no_kimono(book: RuleBook) -> None:
    subject = Subject(occasion="text", text="我们的产品和服务", channel="oa")
    trace = book.current.match(subject, explain=True)
    (kimono,) = (miss for miss in trace.missed if miss.rule == "kimono")

    assert trace.hits == ()
    assert (kimono.why, kimono.want, kimono.got) == (
        "word_boundary",
        "和服",
        "我们/的/产品/和/服务",
    )


def test_a_poster_is_greeted_and_its_place_remembered(book: RuleBook) -> None:
    trace = book.current.match(Subject(occasion="follow", key="poster-S012-door", channel="oa"))

    assert [hit.rule for hit in trace.hits] == ["poster-door", "greet"]


def test_the_dictionary_may_be_read_twice() -> None:
    warm_up()
    warm_up()

    assert segment("产品和服务") == ("产品", "和", "服务")


def test_the_committed_schema_is_current() -> None:
    committed = json.loads((PACKAGE / "rules.schema.json").read_text("utf-8"))

    assert committed == rule_schema(SHOP)
