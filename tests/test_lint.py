"""What rules allow but probably do not mean."""

from dataclasses import replace

from keyword_rules.lint import Finding, lint
from keyword_rules.rule import Case, Rule, Step
from tests.rule_makers import by_character, rule


def _tested(one: Rule, *texts: str) -> Rule:
    return replace(one, cases=tuple(Case(hit=True, text=text) for text in texts))


def _kinds(*rules: Rule) -> list[tuple[str, str, str]]:
    return [(f.kind, f.rule, f.proof) for f in lint(rules, segment=by_character)]


def test_rules_apart_give_no_finding() -> None:
    assert (
        _kinds(_tested(rule("a", "contains", "券"), "券"), _tested(rule("b", "word", "猫"), "猫"))
        == []
    )


def test_a_rule_whose_every_word_is_taken_is_shadowed() -> None:
    high = _tested(rule("high", "contains", "券", priority=1), "券")
    low = _tested(rule("low", "contains", "领券", "查券"), "领券")

    assert _kinds(high, low) == [("shadowed", "low", "领券"), ("lost_case", "low", "领券")]


def test_a_word_taken_by_a_higher_rule_is_an_overlap() -> None:
    high = _tested(rule("high", "contains", "券", priority=1), "券")
    low = _tested(rule("low", "contains", "领券", "猫粮"), "猫粮")

    assert _kinds(high, low) == [("overlap", "low", "领券")]


def test_a_higher_rule_that_goes_on_shadows_nothing() -> None:
    high = _tested(rule("high", "contains", "券", priority=1, stop=False), "券")

    assert _kinds(high, _tested(rule("low", "contains", "领券"), "领券")) == []


def test_a_rule_without_a_sentence_that_hits_is_named() -> None:
    assert _kinds(rule("a", "contains", "券")) == [("unexercised", "a", "")]


def test_a_reply_is_measured_with_the_longest_values() -> None:
    said = Step(verb="reply", args={"text": "{terms}" + "好" * 600})
    one = replace(_tested(rule("a", "contains", "券"), "券"), do=(said,))
    found = lint([one], segment=by_character, longest={"terms": "长" * 100})

    assert lint([one], segment=by_character) == ()
    assert [(f.kind, "2100 字节" in f.message) for f in found] == [("too_long", True)]
    assert isinstance(found[0], Finding)
