"""The last look at the words: the automatic mark, and honest hours."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.actions import MarkTold, Speak, WelcomeContact
from bot.facts import Content
from bot.plan import Plan, plan
from commands.parts.compose import PLAYBOOK
from config.hours import hours_of
from handlers.voice import marked
from tests.little_shop import NOW, XIAODU
from tests.situations import added, given, hit, member, only, said, step, with_content

MARK = "（自动回复）"
NIGHT = datetime(2025, 10, 9, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai
SERVED = replace(
    XIAODU,
    hours=hours_of("08:00-22:00"),
    replies={**XIAODU.replies, "after_hours": ("{service_hours}有人",)},
)


def content(**more: Any) -> Content:
    """The little shop, which marks what it says by itself."""
    return replace(with_content(automatic_mark=MARK), **more)


def answered(text: str, **more: Any) -> Plan:
    """What comes of a rule that answers with `text`."""
    usual = {"content": content(), "answers_inside": True}
    event = given(said(), hit("r", step("reply", text=text)), **{**usual, **more})
    return plan(event, PLAYBOOK)


def texts(made: Plan) -> list[str]:
    return [words.text for words in made.said]


def test_the_first_words_carry_the_mark_and_it_is_remembered() -> None:
    made = answered("在的")
    assert texts(made) == ["在的（自动回复）"]
    assert only(MarkTold, made.actions)
    assert "带自动回复标识" in made.said[0].why


@pytest.mark.parametrize(("ago_h", "shown"), [(0, False), (23, False), (24, True), (300, True)])
def test_the_mark_is_shown_again_after_a_day(ago_h: int, shown: bool) -> None:
    told = member(told_auto=NOW - timedelta(hours=ago_h))
    made = answered("在的", member=told)
    assert (MARK in texts(made)[0]) is shown
    assert bool(only(MarkTold, made.actions)) is shown


def test_words_that_say_so_themselves_need_no_mark_and_count() -> None:
    made = answered("我是自动回复，您说")
    assert texts(made) == ["我是自动回复，您说"]
    assert only(MarkTold, made.actions)


def test_the_mark_stands_apart_from_a_link() -> None:
    assert texts(answered("看 https://shop.example/j/abc")) == [
        "看 https://shop.example/j/abc\n（自动回复）"
    ]


def test_only_the_first_of_several_words_is_marked() -> None:
    words = [Speak(text=""), Speak(text="一"), Speak(text="二")]
    shown, told = marked(given(said(), content=content()), words)
    assert [one.text for one in shown] == ["", "一（自动回复）", "二"]
    assert told == (MarkTold(),)


def test_a_welcome_of_an_employee_is_marked_too() -> None:
    made = plan(given(added(), content=content()), PLAYBOOK)
    (welcome,) = only(WelcomeContact, made.actions)
    assert MARK in welcome.text


def test_without_a_way_to_the_member_nothing_was_shown() -> None:
    made = answered("在的", answers_inside=False, member=member(reaches=()))
    assert made.unreachable
    assert not only(MarkTold, made.actions)


def test_without_a_mark_or_a_member_words_stay_as_they_are() -> None:
    assert texts(answered("在的", content=with_content())) == ["在的"]
    words = [Speak(text="一")]
    assert marked(given(said(), content=content(), member=None), words) == (words, ())


def test_outside_its_hours_the_same_persona_answers_and_says_when_people_are_there() -> None:
    night = content(personas={"xiaodu": SERVED})
    made = answered("在的", content=night, now=NIGHT)
    assert texts(made) == ["在的（自动回复）", "08:00-22:00有人"]
    assert {words.persona for words in made.said} == {"小度哥"}
    assert (made.said[1].topic, made.said[1].why) == ("after_hours", "不在服务时间（08:00-22:00）")


def test_inside_its_hours_nothing_is_added() -> None:
    day = content(personas={"xiaodu": SERVED})
    assert len(texts(answered("在的", content=day))) == 1


def test_a_persona_without_words_for_closed_hours_is_honest_in_plain_ones() -> None:
    plain = content(personas={"xiaodu": replace(SERVED, replies=XIAODU.replies)})
    made = answered("在的", content=plain, now=NIGHT)
    assert texts(made)[1] == "现在没有同事在，08:00-22:00有人。"
