"""What rules allow but probably do not mean, each kind with what must not be taken for it."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from keyword_rules.findings.finding import KINDS
from keyword_rules.lint import Finding, Sending, lint
from keyword_rules.rule import (
    Case,
    Dates,
    Hours,
    Key,
    Limit,
    Nth,
    Rule,
    Say,
    Share,
    Step,
    Where,
)
from tests.rule_makers import by_character, phrases, rule

TODAY = date(2026, 3, 2)


def _tested(one: Rule, *texts: str) -> Rule:
    return replace(one, cases=tuple(Case(hit=True, text=text) for text in texts))


def _found(*rules: Rule, sending: Sending | None = None) -> tuple[Finding, ...]:
    return lint(rules, segment=by_character, sending=sending, today=TODAY)


def _kinds(*rules: Rule) -> list[tuple[str, str, str]]:
    return [(f.kind, f.rule, f.proof) for f in _found(*rules)]


def _doing(one: Rule, *steps: Step) -> Rule:
    return replace(one, do=steps)


def _tagging(verb: str, *names: str) -> Step:
    return Step(verb=verb, args={"names": names})


def test_rules_apart_give_no_finding() -> None:
    assert (
        _kinds(_tested(rule("a", "contains", "券"), "券"), _tested(rule("b", "word", "猫"), "猫"))
        == []
    )


# --- rules in each other's way ---


def test_a_rule_whose_every_word_is_taken_is_shadowed() -> None:
    high = _tested(rule("high", "contains", "券", priority=1), "券")
    low = _tested(rule("low", "contains", "领券", "查券"), "领券")

    assert _kinds(high, low) == [("shadowed", "low", "领券"), ("lost_case", "low", "领券")]
    assert [f.level for f in _found(high, low)] == ["warning", "warning"]


def test_a_word_taken_by_a_higher_rule_is_an_overlap() -> None:
    high = _tested(rule("high", "contains", "券", priority=1), "券")
    low = _tested(rule("low", "contains", "领券", "猫粮"), "猫粮")

    assert _kinds(high, low) == [("overlap", "low", "领券")]


def test_a_higher_rule_that_goes_on_shadows_nothing() -> None:
    high = _tested(rule("high", "contains", "券", priority=1, stop=False), "券")

    assert _kinds(high, _tested(rule("low", "contains", "领券"), "领券")) == []


def test_a_higher_rule_on_trial_shadows_nothing() -> None:
    high = replace(_tested(rule("high", "contains", "券", priority=1), "券"), dry_run=True)

    assert _kinds(high, _tested(rule("low", "contains", "领券"), "领券")) == []


def test_the_same_words_with_a_rank_below_are_shadowed_by_their_place() -> None:
    first, second = (_tested(rule(name, "contains", "领券"), "领券") for name in ("a", "b"))

    assert _kinds(first, second) == [("shadowed", "b", "领券"), ("lost_case", "b", "领券")]


def test_a_word_that_is_only_sometimes_the_whole_text_is_no_shadow() -> None:
    whole = _tested(rule("whole", "equals", "领券", priority=1), "领券")
    part = _tested(rule("part", "contains", "领券"), "我要领券")

    assert _kinds(whole, part) == [("overlap", "part", "领券")]


def test_a_shorter_word_at_the_same_rank_takes_less_than_all() -> None:
    """`whole` wins 领券 alone by its place, and loses 我要领券 by its shorter word."""
    whole = replace(
        _tested(rule("whole", "contains", "券"), "券"),
        say=Say(any=(*phrases("contains", "券"), *phrases("equals", "领券"))),
    )
    part = _tested(rule("part", "contains", "领券"), "我要领券")

    assert _kinds(whole, part) == [("overlap", "part", "领券")]


@pytest.mark.parametrize(
    "where",
    [
        Where(channel=("kf",)),
        Where(not_tagged=("领过",)),
        Where(hours=(Hours(start=600, end=900),)),
        Where(limits=(Limit(times=1, per="day"),)),
        Where(nth=Nth(first=1, last=1)),
        Where(share=Share(split="a", start=0, end=5000)),
    ],
)
def test_a_higher_rule_with_a_condition_of_its_own_takes_only_its_part(where: Where) -> None:
    high = _tested(rule("high", "contains", "券", priority=1, where=where), "券")

    assert _kinds(high, _tested(rule("low", "contains", "领券"), "领券")) == []


def test_a_rule_that_would_miss_the_word_anyway_has_not_lost_it() -> None:
    other = _tested(rule("other", "contains", "券", priority=1), "券")
    pattern = replace(
        _tested(rule("pattern", "contains"), "查 7 号券"),
        say=Say(all=(*phrases("contains", "查"), *phrases("regex", "[0-9]+"))),
    )

    assert _kinds(other, pattern) == [("lost_case", "pattern", "查 7 号券")]


def test_an_event_that_another_rule_always_takes_is_shadowed() -> None:
    scan = Rule(id="any", file="a", line=1, column=1, on=frozenset({"scan"}), priority=1)
    door = replace(scan, id="door", priority=0, key=Key(any=phrases("prefix", "door-")))
    found = _found(scan, door)

    assert [(f.kind, f.rule) for f in found if f.kind != "unexercised"] == [("shadowed", "door")]
    assert [f.kind for f in _found(door, replace(scan, priority=-1))].count("shadowed") == 0


# --- rules that contradict themselves ---


def test_words_that_a_rule_itself_excludes_never_hit() -> None:
    say = Say(any=phrases("contains", "泡面吃法"), none=phrases("contains", "泡面"))
    never = replace(_tested(rule("a"), "x"), say=say, cases=(Case(hit=True, text="x"),))

    assert _kinds(never) == [("unreachable", "a", "泡面吃法")]


def test_one_dead_word_among_others_is_named() -> None:
    say = Say(any=phrases("contains", "泡面吃法", "汤"), none=phrases("contains", "泡面"))

    assert _kinds(replace(_tested(rule("a"), "汤"), say=say)) == [("dead_word", "a", "泡面吃法")]


def test_an_exclusion_that_only_may_occur_kills_no_word() -> None:
    say = Say(any=phrases("contains", "泡面"), none=phrases("equals", "泡面"))

    assert _kinds(replace(_tested(rule("a"), "要泡面"), say=say)) == []


def test_two_whole_texts_at_once_never_hit() -> None:
    say = Say(all=phrases("equals", "你好", "再见"))

    assert ("unreachable", "a", "你好") in _kinds(replace(_tested(rule("a"), "你好"), say=say))


def test_dates_that_are_over_are_told_and_later_ones_are_not() -> None:
    past = Where(dates=(Dates(first=date(2026, 1, 1), last=date(2026, 3, 1)),))
    today = Where(dates=(Dates(first=date(2026, 1, 1), last=TODAY),))

    assert _kinds(_tested(rule("a", "contains", "券", where=past), "券")) == [("expired", "a", "")]
    assert _kinds(_tested(rule("a", "contains", "券", where=today), "券")) == []


def test_a_weekday_that_no_date_has_never_hits() -> None:
    two_days = (Dates(first=date(2026, 3, 3), last=date(2026, 3, 4)),)  # Tuesday and Wednesday
    sunday = replace(rule("a", "contains", "券"), where=Where(dates=two_days, weekdays=(7,)))
    tuesday = replace(sunday, where=Where(dates=two_days, weekdays=(2,)))
    at = datetime(2026, 3, 3, 10)  # noqa: DTZ001 (wall time)
    case = Case(hit=True, text="券", at=at)

    assert "unreachable" in [f.kind for f in _found(replace(sunday, cases=(case,)))]
    assert _kinds(replace(tuesday, cases=(case,))) == []


# --- cases, tags, texts ---


def test_a_rule_without_a_sentence_that_hits_is_named() -> None:
    assert _kinds(rule("a", "contains", "券")) == [("unexercised", "a", "")]


def test_a_case_that_stands_twice_or_contradicts_another_is_named_at_its_line() -> None:
    cases = (
        Case(hit=True, text="券", line=4),
        Case(hit=True, text="券 ", line=5),
        Case(hit=False, text="券", line=6),
        Case(hit=False, text="券", line=7, channel="kf"),
    )
    found = _found(replace(rule("a", "contains", "券"), cases=cases))

    assert [(f.kind, f.line) for f in found] == [("repeated_case", 5), ("opposite_cases", 6)]


def test_a_tag_set_and_removed_by_one_rule_is_named() -> None:
    one = _doing(
        _tested(rule("a", "contains", "券"), "券"), _tagging("tag", "x"), _tagging("untag", "x")
    )

    assert _kinds(one) == [("opposite_tags", "a", "")]


def test_two_rules_that_act_on_one_sentence_with_opposite_tags_are_named_with_it() -> None:
    first = rule("first", "contains", "券", priority=1, stop=False)
    tags = _doing(_tested(first, "券"), _tagging("tag", "x"))
    untags = _doing(_tested(rule("last", "contains", "领券"), "领券"), _tagging("untag", "x"))

    assert ("opposite_tags", "last", "领券") in _kinds(tags, untags)
    assert _kinds(replace(tags, stop=True), _doing(untags, _tagging("untag", "y")))[0][0] != (
        "opposite_tags"
    )


def test_a_tag_that_the_rule_requires_and_sets_is_told_as_information() -> None:
    one = rule("a", "contains", "券", where=Where(tagged=("x",), not_tagged=("y",)))
    found = _found(_doing(_tested(one, "券"), _tagging("tag", "x"), _tagging("untag", "y")))

    assert [(f.kind, f.level) for f in found] == [("idle_tag", "info"), ("idle_tag", "info")]


def test_a_reply_is_measured_with_the_longest_values() -> None:
    said = Step(verb="reply", args={"text": "{terms}" + "好" * 600})
    one = replace(_tested(rule("a", "contains", "券"), "券"), do=(said,))
    found = lint([one], segment=by_character, longest={"terms": "长" * 100})

    assert lint([one], segment=by_character) == ()
    assert [(f.kind, "2100 字节" in f.message) for f in found] == [("too_long", True)]
    assert isinstance(found[0], Finding)


def test_a_reply_is_held_against_the_narrowest_channel_it_may_take() -> None:
    said = Step(verb="reply", args={"text": "好" * 800})
    sending = Sending(room={"oa": 2_048, "aibot": 20_480}, added=9)
    everywhere = replace(_tested(rule("a", "contains", "券"), "券"), do=(said,))
    staff = replace(everywhere, where=Where(channel=("aibot",)))
    short = replace(everywhere, do=(Step(verb="reply", args={"text": "好" * 680}),))

    assert [f.kind for f in _found(everywhere, sending=sending)] == ["too_long"]
    assert _found(staff, sending=sending) == ()
    assert ["2049 字节" in f.message for f in _found(short, sending=sending)] == [True]


def test_every_finding_has_a_kind_that_is_documented_and_its_level() -> None:
    high = rule("high", "contains", "券", priority=1)
    found = _found(high, rule("low", "contains", "领券"))

    assert [f for f in found if f.level != KINDS[f.kind].level] == []
