"""What customers want besides an answer: a person, fewer messages, or none."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from bot.actions import Claim, Send, Speak, Tag, Truth, Untag
from bot.events import BotAsked, StaffSaid
from bot.facts import Content, Member
from bot.plan import Plan, plan
from commands.parts.compose import PLAYBOOK
from config.hours import hours_of
from handlers import consent, personas
from keyword_rules.rule import Hit
from tests.little_shop import NOW, XIAODU
from tests.situations import (
    FOLLOWS,
    given,
    hit,
    joined,
    member,
    only,
    pool,
    said,
    step,
    with_content,
)

NIGHT = datetime(2025, 10, 9, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai
MORNING = datetime(2025, 10, 10, 0, 0, tzinfo=UTC)


def listening_content(**more: Any) -> Content:
    """The little shop with words for every wish."""
    topics = {"unsubscribe": ("不发了",), "less": ("少发",), "resume": ("又见面",)}
    xiaodu = replace(XIAODU, replies={**XIAODU.replies, **topics})
    content = with_content(
        personas={"xiaodu": xiaodu}, unsubscribe_words=("退订", "TD"), less_words=("少发",),
        resume_words=("恢复",), person_words=("人工", "退款"),
    )  # fmt: skip
    return replace(content, **more)


def typed(text: str, *hits: Hit, **more: Any) -> Plan:
    """What comes of a member typing something to the Official Account."""
    usual = {"content": listening_content(), "answers_inside": True}
    return plan(given(said(text), *hits, **{**usual, **more}), PLAYBOOK)


def came_in(ada: Member, **more: Any) -> Plan:
    """What comes of a member being seen in the pets group."""
    usual = {"content": listening_content(), "member": ada, "pool_of_chat": "pets"}
    return plan(given(joined(), **{**usual, **more}), PLAYBOOK)


def texts(made: Plan) -> list[str]:
    return [words.text for words in made.said if words.text and not words.withheld]


@pytest.mark.parametrize("text", ["退订", "TD", "ｔｄ", "我要退订！", "请帮我退订，谢谢"])
def test_an_opt_out_is_kept_as_a_tag_and_answered(text: str) -> None:
    made = typed(text)
    assert [tag.name for tag in only(Tag, made.actions)] == [consent.OPTED_OUT]
    assert texts(made) == ["不发了"]


@pytest.mark.parametrize("text", ["我要退订单", "少发了一瓶水", "什么时候恢复营业", "TDK"])
def test_a_sentence_that_only_holds_the_word_is_no_wish(text: str) -> None:
    assert not consent.wish(given(said(text), content=listening_content()))


def test_fewer_and_resume_replace_what_was_wished_before() -> None:
    opted_out = member(tags={consent.OPTED_OUT: ""})
    made = typed("少发点", member=opted_out)
    assert [tag.name for tag in only(Tag, made.actions)] == [consent.FEWER]
    assert [tag.name for tag in only(Untag, made.actions)] == [consent.OPTED_OUT]
    made = typed("恢复", member=member(tags={consent.FEWER: "", consent.SENT: ""}))
    assert {tag.name for tag in only(Untag, made.actions)} == {consent.FEWER, consent.SENT}


def test_a_wish_comes_before_any_rule_and_is_no_gap() -> None:
    greedy = hit("r", step("grant", campaign="newcomer"), step("tag", names=("问过",)))
    made = typed("退订", greedy)
    assert texts(made) == ["不发了"]
    assert not only(Claim, made.actions)
    assert {tag.name for tag in only(Tag, made.actions)} == {consent.OPTED_OUT, "问过"}


def test_a_wish_is_kept_while_a_person_serves_and_nothing_is_said() -> None:
    made = typed("退订", silent="真人接待中")
    assert [tag.name for tag in only(Tag, made.actions)] == [consent.OPTED_OUT]
    assert not made.said


# --- a person ---


def test_a_complaint_goes_to_a_person_whatever_rule_would_answer() -> None:
    made = typed("领券的钱退款", hit("coupon", step("grant", campaign="newcomer")))
    assert [words.truth for words in made.said] == [Truth.EMPLOYEE]
    assert not only(Claim, made.actions)


@pytest.mark.parametrize(
    "knows",
    [
        replace(hit("ai", step("reply", text="我是程序")), words=("人工智能",)),
        hit("r", step("handover", text="马上请人")),
    ],
)
def test_a_rule_that_knows_better_keeps_the_message(knows: Hit) -> None:
    made = typed("你是人工智能吗", knows)
    assert len(texts(made)) == 1
    assert texts(made) != ["马上叫人"]


def test_a_rule_that_only_tags_does_not_keep_a_complaint_from_a_person() -> None:
    tagging = replace(hit("r", step("tag", names=("售后",))), words=("退款",))
    assert texts(typed("退款", tagging)) == ["马上叫人"]


# --- what nobody asked for ---


def test_who_opted_out_gets_the_benefit_and_not_the_words() -> None:
    made = came_in(member(tags={consent.OPTED_OUT: ""}))
    assert len(only(Claim, made.actions)) == 1
    assert not only(Send, made.actions)
    assert {words.withheld for words in made.said} == {"顾客已退订，不主动发送"}
    assert not made.unreachable


def test_who_opted_out_is_answered_all_the_same() -> None:
    ada = member(tags={consent.OPTED_OUT: ""})
    assert texts(typed("在吗", hit("r", step("reply", text="在")), member=ada)) == ["在"]


def test_who_wants_fewer_is_written_to_once_a_week() -> None:
    first = came_in(member(tags={consent.FEWER: ""}))
    (sent,) = [tag for tag in only(Tag, first.actions) if tag.name == consent.SENT]
    assert sent.expires == NOW + timedelta(weeks=1)
    assert only(Send, first.actions)
    again = came_in(member(tags={consent.FEWER: "", consent.SENT: ""}))
    assert not only(Send, again.actions)
    assert all("少发" in words.withheld for words in again.said)


def test_the_weeks_one_message_is_not_spent_when_nobody_could_be_reached() -> None:
    made = came_in(member(tags={consent.FEWER: ""}, reaches=()))
    assert made.unreachable
    assert consent.SENT not in {tag.name for tag in only(Tag, made.actions)}


# --- quiet hours ---


def test_unasked_words_wait_for_the_morning_and_the_trace_says_so() -> None:
    quiet = listening_content(quiet_hours=hours_of("22:00-08:00"))
    spoke = replace(FOLLOWS, spoke=NIGHT)
    made = came_in(member(reaches=(spoke,)), content=quiet, now=NIGHT)
    (send,) = only(Send, made.actions)
    assert send.not_before == MORNING
    assert all("静默时段，等到 10-10 08:00" in words.why for words in made.said)


def test_words_whose_window_closes_before_the_morning_reach_nobody() -> None:
    quiet = listening_content(quiet_hours=hours_of("22:00-08:00"))
    spoke = replace(FOLLOWS, spoke=NIGHT - timedelta(hours=47))
    made = came_in(member(reaches=(spoke,)), content=quiet, now=NIGHT)
    assert made.unreachable


def test_a_direct_answer_does_not_wait() -> None:
    quiet = listening_content(quiet_hours=hours_of("22:00-08:00"))
    made = typed("在吗", hit("r", step("reply", text="在")), content=quiet, now=NIGHT)
    assert not only(Send, made.actions)
    assert [words.why for words in made.said] == ["默认人设"]


# --- the order of choice ---

STANDING = st.fixed_dictionaries({
    "stage": st.sampled_from(["visitor", "registered", "first_order", "taster", "advocate"]),
    "store": st.sampled_from(["", "S001", "S012"]),
})  # fmt: skip
REST = st.fixed_dictionaries({
    "dice": st.text("0123456789abcdef", min_size=8, max_size=64),
    "now": st.integers(0, 47).map(lambda hours: NOW + timedelta(hours=hours)),
})  # fmt: skip
MANNERS = st.fixed_dictionaries({
    "tags": st.sets(st.sampled_from([consent.OPTED_OUT, "养猫"])).map(dict.fromkeys),
    "misses": st.integers(0, 3),
    "told_auto": st.sampled_from([None, NOW]),
})  # fmt: skip


@for_all(
    standing=STANDING,
    topic=st.sampled_from(["", "hours", "thanks"]),
    rest=REST,
    manners=MANNERS,
)
def test_the_choice_depends_on_store_topic_and_stage_alone(
    standing: dict[str, Any], topic: str, rest: dict[str, Any], manners: dict[str, Any]
) -> None:
    plain = given(said(), member=member(**standing))
    other = given(said("别的话"), member=member(**standing, **manners), **rest)
    assert personas.choose(plain, topic) == personas.choose(other, topic)


def test_a_pool_without_room_is_not_touched_by_all_this() -> None:
    made = came_in(member(), pools={"pets": pool()})
    assert only(Speak, made.said)


def test_an_employees_question_is_answered_directly() -> None:
    asked = (
        StaffSaid(account="corp", staff="bo", text="几点", msg_id="1"),
        BotAsked(account="bot", staff="bo", text="几点", msg_id="1"),
    )
    assert all(consent.is_direct(event) for event in asked)
    assert not consent.is_direct(joined())
