"""What customers say in groups: proposed to the owner, never said by itself, never personal."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.actions import (
    Claim,
    Gap,
    Invite,
    MarkProposal,
    Propose,
    SendApp,
    SendCard,
    Tag,
    UpdateCard,
    Warn,
)
from bot.events import CardSent, CardTapped, Event, GroupSaid, ProposalSaid
from bot.facts import DraftFacts, Facts, GroupFacts, Proposed, Situation
from bot.plan import Plan, plan
from commands.parts.compose import PLAYBOOK
from handlers.consent import OPTED_OUT
from keyword_rules.rule import Hit
from tests.little_shop import NOW, PETS
from tests.situations import ADA_AT_WECOM, facts, hit, member, only, pool, step

CHAT = PETS.groups[0].chat
OPEN = Proposed(
    task="p-1", chat=CHAT, staff="xiaowang", state="open", response_code="RC0", at=NOW
)  # fmt: skip


def asks(*hits: Hit, text: str = "几点关门", owner: str = "xiaowang", **more: Any) -> Situation:
    """Ada asks something in the first group, whose owner is known."""
    groups = tuple(GroupFacts(group=g, owner=owner) for g in PETS.groups)
    event = GroupSaid(
        account="corp", at=NOW, who=ADA_AT_WECOM, chat=CHAT, text=text, msg_id="M1"
    )  # fmt: skip
    known: Facts = facts(chat=CHAT, pool_of_chat="pets", pools={"pets": pool(*groups)})
    return Situation(event=event, facts=replace(known, **more), hits=hits)


def planned(situation: Situation) -> Plan:
    return plan(situation, PLAYBOOK)


def says(text: str) -> Hit:
    return hit("hours", step("reply", text=text))


# --- a proposal ---


def test_words_for_a_group_are_kept_and_shown_to_its_owner_on_a_card() -> None:
    made = planned(asks(says("23点打烊")))
    (kept,), (card,) = only(Propose, made.actions), only(SendCard, made.actions)
    assert (kept.chat, kept.staff, kept.text, kept.rule) == (CHAT, "xiaowang", "23点打烊", "hours")
    assert (card.task, card.staff, card.text) == (kept.task, "xiaowang", "23点打烊")
    assert [(one.key, one.text) for one in card.buttons] == [("sent", "已发送"), ("skip", "不用发")]
    assert [one.truth for one in made.said] == ["employee"]


def test_the_card_names_the_customer_by_a_tail_alone() -> None:
    known = member(id="01M80D8SRBX0PMRAP2M9YYTJAN")
    (card,) = only(SendCard, planned(asks(says("好"), member=known)).actions)
    assert card.title == "良渚宠物一群 顾客TJAN：几点关门"
    assert len(card.title) <= 26
    assert ADA_AT_WECOM.value not in f"{card.title}{card.text}"


def test_a_proposal_carries_no_automatic_mark() -> None:
    content = replace(facts().content, automatic_mark="（自动回复）")
    (kept,) = only(Propose, planned(asks(says("好的"), content=content)).actions)
    assert kept.text == "好的"


def test_words_longer_than_a_card_follow_whole() -> None:
    made = planned(asks(says("长" * 113)))
    assert [one.text for one in only(SendApp, made.actions)] == ["长" * 113]
    assert planned(asks(says("长" * 112))).actions
    assert not only(SendApp, planned(asks(says("长" * 112))).actions)


@pytest.mark.parametrize("call", ["@all", "@所有人", "＠ALL", "@ 全体成员"])
def test_nothing_that_calls_everybody_stays_in_the_words(call: str) -> None:
    (kept,) = only(Propose, planned(asks(says(f"{call} 今天打折"))).actions)
    assert kept.text == "今天打折"


@pytest.mark.parametrize("words", ["写信到 shop@all.example", "@allan 在的", "a@all-day.example"])
def test_an_address_that_only_looks_like_a_call_stays_whole(words: str) -> None:
    (kept,) = only(Propose, planned(asks(says(words))).actions)
    assert kept.text == words


def test_words_that_only_call_everybody_are_no_proposal() -> None:
    assert not only(SendCard, planned(asks(says("@所有人"))).actions)


def test_a_question_that_no_rule_knows_is_a_gap_and_proposed_to_nobody() -> None:
    made = planned(asks(text="哈哈哈"))
    assert [one.text for one in only(Gap, made.actions)] == ["哈哈哈"]
    assert (made.said, len(made.actions)) == ((), 1)


def test_while_one_proposal_waits_the_members_next_question_makes_none() -> None:
    made = planned(asks(says("好"), drafts=DraftFacts(waits=True)))
    assert made.actions == ()
    assert "10 分钟" in made.said[0].withheld


def test_who_opted_out_has_no_proposal() -> None:
    made = planned(asks(says("好"), member=member(tags={OPTED_OUT: ""})))
    assert (made.actions, bool(made.said[0].withheld)) == ((), True)


def test_a_group_without_a_known_owner_is_a_notice() -> None:
    made = planned(asks(says("好"), owner=""))
    assert [one.name for one in only(Warn, made.actions)] == [f"group-owner:{CHAT}:2025-10-09"]
    assert not only(Propose, made.actions)


def test_a_question_that_is_too_old_is_left_alone() -> None:
    made = planned(asks(says("好"), silent="消息太旧，不再自动回复"))
    assert (made.actions, made.said) == ((), ())


# --- nothing personal ---


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (step("grant", campaign="newcomer"), "领券、进群"),
        (step("invite", pool="pets"), "领券、进群"),
        (step("coupons"), "领券、进群"),
        (step("handover"), "真人一对一"),
    ],
)
def test_what_is_one_members_own_becomes_a_hint(wanted: Any, words: str) -> None:
    made = planned(asks(hit("own", wanted, step("tag", names=("问过券",)))))
    assert not only(Claim, made.actions)
    assert not only(Invite, made.actions)
    assert [one.name for one in only(Tag, made.actions)] == ["问过券"]
    (kept,) = only(Propose, made.actions)
    assert words in kept.text
    assert "群欢迎语里的客服" in kept.text


def test_one_hint_is_enough() -> None:
    two = hit("own", step("grant", campaign="newcomer"), step("invite", pool="pets"))
    (kept,) = only(Propose, planned(asks(two)).actions)
    assert kept.text.count("客服") == 1


# --- what became of it ---


def tells(event: Event, proposal: Proposed | None = OPEN) -> Plan:
    known = facts(member=None, drafts=DraftFacts(proposal=proposal))
    return planned(Situation(event=event, facts=known))


def tap(key: str = "sent", staff: str = "xiaowang", code: str = "RC1") -> CardTapped:
    return CardTapped(account="corp", staff=staff, task="p-1", key=key, response_code=code)


@pytest.mark.parametrize(
    ("key", "state", "words"), [("sent", "sent", "已发送 ✓"), ("skip", "skipped", "已跳过")]
)
def test_a_tap_settles_the_proposal_and_the_card(key: str, state: str, words: str) -> None:
    made = tells(tap(key))
    assert only(MarkProposal, made.actions) == [
        MarkProposal(task="p-1", state=state, by="xiaowang")
    ]
    (card,) = only(UpdateCard, made.actions)
    assert (card.response_code, card.text) == ("RC1", words)


@pytest.mark.parametrize(
    ("event", "proposal"),
    [
        (tap(staff="xiaoli"), OPEN),
        (tap(), replace(OPEN, state="sent")),
        (tap("skip"), replace(OPEN, state="sent")),
        (tap("other"), OPEN),
    ],
)
def test_another_employees_and_a_second_tap_change_nothing(
    event: CardTapped, proposal: Proposed
) -> None:
    assert tells(event, proposal).actions == ()


def test_a_tap_on_an_unknown_card_is_a_notice() -> None:
    (notice,) = tells(tap(), None).actions
    assert isinstance(notice, Warn)
    assert "p-1" in notice.text


def test_an_old_proposal_may_still_be_settled() -> None:
    old = replace(OPEN, at=NOW - timedelta(days=3))
    assert only(MarkProposal, tells(tap(), old).actions)


def test_the_cards_code_is_kept_until_it_is_needed() -> None:
    sent = CardSent(account="corp", task="p-1", response_code="RC9")
    (kept,) = tells(sent).actions
    assert kept == MarkProposal(task="p-1", response_code="RC9")
    late = tells(sent, replace(OPEN, state="sent")).actions
    assert [one.response_code for one in only(UpdateCard, late)] == ["RC9"]
    assert tells(sent, None).actions == ()


def test_words_that_the_owner_said_settle_it_with_the_code_of_the_card() -> None:
    said = ProposalSaid(account="corp", chat=CHAT, staff="xiaowang", task="p-1")
    made = tells(said)
    assert [one.state for one in only(MarkProposal, made.actions)] == ["sent"]
    assert [one.response_code for one in only(UpdateCard, made.actions)] == ["RC0"]
    assert tells(said, replace(OPEN, state="skipped")).actions == ()
