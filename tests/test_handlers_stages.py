"""Stages and orders as pages: what orders speak for, the tags that go with it, and thanks."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.actions import BindStore, Label, MarkOrder, MoveStage, Speak, Tag, Untag
from bot.events import Alias, AliasKind, OrderTold
from bot.facts import OrderFacts, Situation
from bot.plan import STAGES, plan
from commands.parts.compose import PLAYBOOK
from config.ladder import STAGE_NAMES
from handlers.orders import order_told
from handlers.stages import as_due, moved
from tests.little_shop import NOW
from tests.order_calls import LADDER
from tests.situations import ADA, given, member, only, said, with_content

PHONE = Alias(AliasKind.PHONE, "", "hash")
TOLD = OrderTold(
    account="source:till", source="till", order="A1", revision=1, state="paid", total_fen=5000,
    paid=NOW, store="S012", names=(PHONE,),
)  # fmt: skip


def bought(count: int = 0, spend_fen: int = 0, **more: Any) -> Situation:
    """Ada writes, having bought that much; some of what is known of her replaced."""
    content = with_content(stages=LADDER, after_order=more.pop("after_order", ""))
    fresh = more.pop("fresh", False)
    event = more.pop("event", said())
    facts = OrderFacts(count=count, spend_fen=spend_fen, last=NOW, fresh=fresh)
    return given(event, content=content, orders=facts, member=member(**more))


@pytest.mark.parametrize(
    ("count", "spend_fen", "names", "stage"),
    [
        (0, 0, (), "visitor"),
        (0, 0, (PHONE,), "registered"),
        (1, 1, (), "first_order"),
        (1, 0, (PHONE,), "first_order"),
        (2, 19_999, (), "first_order"),
        (2, 20_000, (), "taster"),
        (3, 3, (), "taster"),
    ],
)
def test_the_highest_stage_that_is_met_is_due(
    count: int, spend_fen: int, names: tuple[Alias, ...], stage: str
) -> None:
    situation = bought(count, spend_fen, aliases=frozenset({ADA, *names}))
    due = as_due(situation).facts.member
    assert due is not None
    assert due.stage == stage
    moves = only(MoveStage, moved(situation))
    assert [move.stage for move in moves] == ([] if stage == "visitor" else [stage])


def test_the_tag_of_the_former_stage_is_taken_back() -> None:
    tags = {"阶段/已首单": "", "消费/首单": "", "门口": ""}
    steps = list(moved(bought(3, 900, stage="first_order", tags=tags)))
    assert [tag.name for tag in only(Tag, steps)] == ["阶段/尝鲜", "消费/复购"]
    assert [tag.name for tag in only(Untag, steps)] == ["阶段/已首单"]


def test_a_tag_that_a_rule_gave_stays_however_it_is_called() -> None:
    situation = bought(1, 50, stage="first_order", tags={"消费/宠物": "", "消费/复购": ""})
    taken = [tag.name for tag in only(Untag, moved(situation))]
    assert taken == ["消费/复购"]


def test_who_has_given_everything_back_is_a_visitor_again() -> None:
    tags = {"阶段/已首单": "", "消费/首单": ""}
    steps = list(moved(bought(0, stage="first_order", tags=tags)))
    assert [move.stage for move in only(MoveStage, steps)] == ["visitor"]
    assert [tag.name for tag in only(Untag, steps)] == ["阶段/已首单", "消费/首单"]


def test_nothing_moves_when_all_is_as_it_should_be() -> None:
    tags = {"阶段/已首单": "", "消费/首单": ""}
    assert list(moved(bought(1, 500, stage="first_order", tags=tags))) == []


def test_without_stages_in_the_content_nothing_moves() -> None:
    situation = given(said(), orders=OrderFacts(count=9), member=member(stage="advocate"))
    assert list(moved(situation)) == []
    assert as_due(situation) is situation


def test_labels_follow_the_tags_of_a_stage() -> None:
    made = plan(bought(1, 500), PLAYBOOK)
    labels = only(Label, made.actions)
    assert {"阶段/已首单", "消费/首单"} <= {name for label in labels for name in label.add}


def test_an_order_is_kept_also_when_it_is_nobodys() -> None:
    situation = given(TOLD, member=None, orders=OrderFacts(waiting=True))
    (kept,) = order_told(situation)
    assert isinstance(kept, MarkOrder)
    assert (kept.order, kept.names) == ("A1", (PHONE,))


@pytest.mark.parametrize(
    ("store", "state", "sold_at", "binds"),
    [
        ("", "paid", "S012", 1),
        ("S001", "paid", "S012", 0),
        ("", "paid", "S999", 0),
        ("", "refunded", "S012", 0),
    ],
)
def test_an_order_binds_who_is_bound_to_no_store(
    store: str, state: str, sold_at: str, binds: int
) -> None:
    event = replace(TOLD, state=state, store=sold_at)
    assert len(only(BindStore, order_told(bought(1, event=event, store=store)))) == binds


def test_thanks_are_said_once_for_an_order_paid_just_now_in_the_voice_that_is_due() -> None:
    text = "谢谢光顾，我是{persona_name}"
    situation = bought(1, event=TOLD, fresh=True, after_order=text)
    (words,) = only(Speak, order_told(situation))
    assert (words.text, words.topic) == ("谢谢光顾，我是小壹妹妹", "thanks_order")
    old = bought(1, event=TOLD, after_order=text)
    assert only(Speak, order_told(old)) == []


def test_without_words_in_the_content_nothing_is_said() -> None:
    assert only(Speak, order_told(bought(1, event=TOLD, fresh=True))) == []


def test_thanks_go_out_while_the_window_is_open_and_not_after_it() -> None:
    open_now = bought(1, event=TOLD, fresh=True, after_order="谢谢")
    assert {action.kind for action in plan(open_now, PLAYBOOK).actions} >= {"oa_send"}
    reaches = tuple(replace(one, spoke=NOW - timedelta(days=3)) for one in member().reaches)
    shut = bought(1, event=TOLD, fresh=True, after_order="谢谢", reaches=reaches)
    assert plan(shut, PLAYBOOK).unreachable


def test_the_stages_of_the_content_are_those_of_rules() -> None:
    assert {"visitor", *STAGE_NAMES} == STAGES
