"""Rules × subject: hits in order, and the first condition that failed for every other rule."""

from dataclasses import replace
from datetime import datetime

import pytest

from keyword_rules.match import MOST_NEAR_MISSES, RuleSet, compile_rules
from keyword_rules.rule import EVENT, Hours, Key, Limit, Miss, Rule, Say, Subject, Where
from keyword_rules.segment import segment
from tests.rule_makers import phrases, rule, ruleset


def said(text: str) -> Subject:
    return Subject(occasion="text", text=text)


def winners(rules: RuleSet, text: str) -> list[str]:
    return [hit.rule for hit in rules.match(said(text)).hits]


def only_miss(rules: RuleSet, subject: Subject) -> Miss:
    (miss,) = rules.match(subject, explain=True).missed
    return miss


@pytest.mark.parametrize(
    ("mode", "word", "hits", "misses"),
    [
        ("equals", "领券", ["领券", "领券！", " 領券 ", "领券~🙏"], ["我要领券", "领"]),
        ("contains", "领券", ["我要领券吧"], ["领 优惠券"]),
        ("prefix", "领券", ["领券吧", "「领券"], ["我要领券"]),
        ("suffix", "领券", ["我要领券", "我要领券！」", "领券"], ["领券吧", "券"]),
        ("sound", "领券", ["领劵", "领卷", "灵泉", "领券"], ["卷领", "领"]),
        ("regex", "领.{0,2}券", ["领一张券", "領券"], ["领那么多券"]),
        ("regex", "WIFI", ["店里wifi", "ＷＩＦＩ"], ["无线网"]),
    ],
)
def test_each_mode_hits_what_it_should(
    mode: str, word: str, hits: list[str], misses: list[str]
) -> None:
    rules = ruleset(rule("r", mode, word))

    assert all(winners(rules, text) == ["r"] for text in hits)
    assert all(winners(rules, text) == [] for text in misses)


def test_a_word_begins_and_ends_where_words_do() -> None:
    rules = compile_rules(
        [rule("kimono", "word", "和服"), rule("pets", "word", "宠物群")], segment=segment
    )

    assert winners(rules, "有和服吗") == ["kimono"]
    assert winners(rules, "怎么进宠物群？") == ["pets"]
    miss = rules.match(said("我们的产品和服务")).missed[0]
    assert (miss.rule, miss.why, miss.want) == ("kimono", "word_boundary", "和服")
    assert miss.got == "我们/的/产品/和/服务"


def test_a_text_is_cut_into_words_only_when_a_word_was_seen() -> None:
    cut: list[str] = []

    def watched(text: str) -> tuple[str, ...]:
        cut.append(text)
        return (text,)

    rules = compile_rules([rule("kimono", "word", "和服", "浴衣")], segment=watched)
    rules.match(said("领券"))
    assert cut == []
    rules.match(said("和服和浴衣"))
    assert cut[0] == "和服和浴衣"


def test_all_and_none_join_words() -> None:
    say = Say(
        all=phrases("contains", "券"),
        any=phrases("contains", "用不了", "不能用"),
        none=phrases("contains", "早餐"),
    )
    rules = ruleset(replace(rule("r"), say=say))

    assert rules.match(said("券不能用")).hits[0].words == ("券", "不能用")
    assert only_miss(rules, said("卡不能用")).want == "券"
    assert only_miss(rules, said("早餐券用不了")).why == "excluded"
    assert only_miss(rules, said("一张券")).want == "用不了、不能用"


def test_priority_then_longer_words_then_order_decides() -> None:
    short, long = rule("short", "contains", "券"), rule("long", "contains", "优惠券")
    urgent = rule("urgent", "contains", "优惠", priority=5)

    assert winners(ruleset(short, long), "优惠券") == ["long"]
    assert winners(ruleset(short, long, urgent), "优惠券") == ["urgent"]
    assert winners(ruleset(rule("b", "contains", "券"), rule("a", "contains", "券")), "券") == ["b"]


def test_a_rule_that_does_not_stop_lets_the_next_one_act() -> None:
    first = rule("first", "contains", "券", priority=3, stop=False)
    second, third = rule("second", "contains", "券", priority=2), rule("third", "contains", "券")
    trace = ruleset(third, second, first).match(said("券"))

    assert [hit.rule for hit in trace.hits] == ["first", "second"]
    (miss,) = trace.missed
    assert (miss.rule, miss.why, miss.want, miss.got) == ("third", "outranked", "0", "second")
    assert miss.over == "priority 2 > 0"


def test_what_decided_between_rules_of_one_priority_is_told() -> None:
    rules = ruleset(rule("short", "contains", "券"), rule("long", "contains", "优惠券"))
    assert rules.match(said("优惠券")).missed[0].over == "words 3 > 1"

    rules = ruleset(rule("above", "contains", "券"), rule("below", "contains", "券"))
    assert rules.match(said("券")).missed[0].over == "place"


@pytest.mark.parametrize(
    ("where", "why", "want", "got"),
    [
        (Where(channel=("oa", "kf")), "channel", "oa、kf", "group"),
        (Where(store=("S012",)), "store", "S012", "S001"),
        (Where(group=("g1",)), "group", "g1", ""),
        (Where(tagged=("会员", "兴趣/猫")), "tagged", "会员", "兴趣/猫"),
        (Where(not_tagged=("兴趣/猫",)), "not_tagged", "兴趣/猫", "兴趣/猫"),
        (Where(stage=("first_order",)), "stage", "first_order", "visitor"),
        (Where(hours=(Hours(start=480, end=1320),)), "hours", "08:00-22:00", "23:30"),
        (Where(weekdays=(6, 7)), "weekdays", "sat、sun", "mon"),
        (Where(limits=(Limit(times=2, per="day"),)), "limit", "2/day", "2"),
    ],
)
def test_the_first_failed_condition_is_told_with_both_values(
    where: Where, why: str, want: str, got: str
) -> None:
    subject = Subject(
        occasion="text",
        text="领券",
        channel="group",
        store="S001",
        stage="visitor",
        tags=frozenset({"兴趣/猫"}),
        local=datetime(2024, 1, 1, 23, 30),  # noqa: DTZ001 (wall time)
        counts={("r", Limit(times=2, per="day")): 2},
    )
    miss = only_miss(ruleset(rule("r", "contains", "领券", where=where)), subject)

    assert (miss.why, miss.want, miss.got, miss.near) == (why, want, got, True)


def test_hours_may_cross_midnight() -> None:
    night = Hours(start=22 * 60, end=6 * 60)

    assert night.hold(23 * 60)
    assert night.hold(0)
    assert not night.hold(6 * 60)


def test_hours_without_a_known_time_do_not_hold() -> None:
    rules = ruleset(rule("r", "contains", "券", where=Where(hours=(Hours(start=0, end=9),))))

    assert only_miss(rules, said("券")).got == ""


def _on(name: str, occasion: str, key: Key | None = None) -> Rule:
    return Rule(id=name, file="f", line=1, column=1, on=frozenset({occasion}), key=key)


def test_keys_are_compared_as_they_are() -> None:
    posters = _on("posters", "scan", Key(any=phrases("prefix", "poster-S")))
    trace = ruleset(posters).match(Subject(occasion="scan", key="poster-S012-door"))

    assert trace.hits[0].words == ("poster-S",)
    miss = only_miss(ruleset(posters), Subject(occasion="scan", key="POSTER-S012"))
    assert (miss.why, miss.want, miss.got) == ("key", "poster-S", "POSTER-S012")


def test_an_occasion_alone_is_enough_for_a_rule_without_words() -> None:
    rules = ruleset(_on("joined", "group_joined"), rule("talk", "contains", "群"))

    assert rules.match(Subject(occasion="group_joined")).hits[0].mode == EVENT
    misses = rules.match(said("群"), explain=True).missed
    assert [(m.rule, m.why, m.want, m.got) for m in misses] == [
        ("joined", "occasion", "group_joined", "text")
    ]


def test_without_explain_only_near_misses_are_told_and_only_twenty() -> None:
    rules = ruleset(
        *(rule(f"r{n}", "equals", "券") for n in range(30)), rule("far", "equals", "猫")
    )
    missed = rules.match(said("领券")).missed

    assert len(missed) == MOST_NEAR_MISSES
    assert all(miss.near and miss.why == "equals" for miss in missed)


def test_why_words_are_absent_names_the_mode() -> None:
    rules = ruleset(rule("a", "sound", "领券", "优惠券"), rule("b", "regex", "x+"))

    assert [(m.why, m.want) for m in rules.match(said("猫"), explain=True).missed] == [
        ("sound", "领券、优惠券"),
        ("regex", "x+"),
    ]


def test_equal_rules_have_equal_hashes_wherever_they_stand() -> None:
    one = rule("a", "contains", "券")
    moved = Rule(id="a", file="other.yaml", line=9, column=1, say=one.say)

    assert ruleset(one).hash == ruleset(moved).hash
    assert ruleset(one).hash != ruleset(rule("a", "sound", "领券")).hash
    assert ruleset(one).hash != ruleset(replace(one, dry_run=True)).hash


def test_an_empty_set_of_rules_misses_everything() -> None:
    assert ruleset().match(said("领券")).hits == ()


def test_one_rule_can_be_judged_alone() -> None:
    rules = ruleset(rule("high", "contains", "券", priority=9), rule("low", "contains", "券"))

    assert rules.verdict("low", said("券")).rule == "low"
    with pytest.raises(KeyError):
        rules.verdict("nobody", said("券"))
