"""What we do in customer service: answer alone, and give way to any person."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.actions import (
    Action,
    BindStore,
    Gap,
    InviteKf,
    MarkTalk,
    PullKf,
    ReadKfCustomer,
    SendKf,
    Tag,
    TransKf,
    Warn,
    WelcomeKf,
)
from bot.carry import KF_MESSAGES, SPEAKING_WINDOW
from bot.events import (
    Alias,
    AliasKind,
    Event,
    KfEntered,
    KfRang,
    KfSaid,
    KfSentFailed,
    KfServicerSaid,
    KfSessionChanged,
)
from bot.facts import Member, Talk
from bot.plan import plan
from commands.parts.compose import PLAYBOOK
from handlers import talks
from keyword_rules.rule import Hit
from tests.kf_log import desk_content
from tests.little_shop import NOW, XIAODU
from tests.situations import ADA_AT_WECOM, given, hit, joined, member, only, step, with_content

KF = "wk1"
ABOUT: dict[str, Any] = {
    "account": "corp", "at": NOW, "who": ADA_AT_WECOM, "kf": KF, "msg_id": "1"
}  # fmt: skip
TALK = Talk(account="corp", kf=KF, member=ADA_AT_WECOM.value, state="bot", spoke=NOW)
UNION = Alias(AliasKind.UNIONID, "", "U")


def said(text: str = "在吗") -> KfSaid:
    return KfSaid(**ABOUT, text=text)


def entered(scene: str = "", code: str = "WC") -> KfEntered:
    return KfEntered(**ABOUT, scene=scene, welcome_code=code)


def ada(**more: Any) -> Member:
    """Ada, who is known in customer service alone."""
    return member(aliases=frozenset({ADA_AT_WECOM}), reaches=(), **more)


def planned(event: Event, *hits: Hit, **more: Any) -> tuple[Action, ...]:
    """What an event leads to, all told; Ada has no conversation yet unless she is given one."""
    return plan(given(event, *hits, **{"member": ada(), **more}), PLAYBOOK).actions


def test_a_bell_only_has_us_pull() -> None:
    rang = KfRang(account="corp", at=NOW, kf=KF, token="T")
    assert planned(rang, member=None) == (PullKf(account="corp", kf=KF, token="T"),)


# --- somebody opens the conversation ---


def test_an_entry_code_binds_and_tags_and_the_welcome_dies_in_time() -> None:
    until = NOW + timedelta(seconds=18)
    actions = planned(entered("poster-S012-door"), content=desk_content(), welcome_until=until)
    assert [one.store for one in only(BindStore, actions)] == ["S012"]
    assert {one.name for one in only(Tag, actions)} == {
        "门店/S012", "来源/poster-S012-door", "客服来的",
    }  # fmt: skip
    (welcome,) = only(WelcomeKf, actions)
    assert (welcome.code, welcome.text, welcome.deadline) == ("WC", "良渚店的客服在", until)
    assert MarkTalk(kf=KF, member=ADA_AT_WECOM.value) in actions


def test_without_a_welcome_of_its_own_the_persona_greets() -> None:
    (welcome,) = only(WelcomeKf, planned(entered()))
    assert welcome.text == "你好，我是小度哥"


def test_a_rule_that_only_tags_has_not_greeted() -> None:
    tagging = hit("r", step("tag", names=("贴纸",)))
    assert len(only(WelcomeKf, planned(entered(), tagging))) == 1


def test_a_rule_that_speaks_greets_instead() -> None:
    speaking = hit("r", step("reply", text="规则来迎"))
    (welcome,) = only(WelcomeKf, planned(entered(), speaking))
    assert (welcome.text, welcome.rule) == ("规则来迎", "r")


@pytest.mark.parametrize("why", [{"silent": "真人接待中"}, {"code": ""}])
def test_whoever_is_not_to_be_welcomed_is_bound_all_the_same(why: dict[str, str]) -> None:
    event = entered("poster-S012-door", why.get("code", "WC"))
    actions = planned(event, content=desk_content(), silent=why.get("silent", ""))
    assert not only(WelcomeKf, actions)
    assert not only(SendKf, actions)
    assert only(BindStore, actions)


# --- a customer speaks ---


@pytest.mark.parametrize("state", ["", "ended"])
def test_a_conversation_nobody_holds_is_taken_before_the_answer(state: str) -> None:
    actions = planned(said(), member=ada(talks=(replace(TALK, state=state),)))
    mark = next(one for one in only(MarkTalk, actions) if one.spoke)
    assert mark.state == "bot"
    kinds = [type(one) for one in actions if isinstance(one, TransKf | SendKf)]
    assert kinds == [TransKf, SendKf]


def test_a_conversation_of_another_kf_account_says_nothing_of_this_one() -> None:
    actions = planned(said(), member=ada(talks=(replace(TALK, kf="wk2"),)))
    assert [one.state for one in only(TransKf, actions)] == [talks.BOT]


def test_a_conversation_that_is_ours_is_only_noted() -> None:
    actions = planned(said(), member=ada(talks=(TALK,)))
    assert not only(TransKf, actions)
    assert only(MarkTalk, actions)[0] == MarkTalk(kf=KF, member=ADA_AT_WECOM.value, spoke=True)


def test_while_silent_the_books_are_all_we_keep() -> None:
    tagging = hit("r", step("reply", text="答"), step("tag", names=("养猫",)))
    assert planned(said(), tagging, silent="真人接待中") == (
        MarkTalk(kf=KF, member=ADA_AT_WECOM.value, spoke=True),
    )


def test_who_the_customer_is_elsewhere_is_asked_until_it_is_known() -> None:
    known = ada(talks=(TALK,))
    assert len(only(ReadKfCustomer, planned(said(), member=known))) == 1
    linked = replace(known, aliases=frozenset({ADA_AT_WECOM, UNION}))
    assert not only(ReadKfCustomer, planned(said(), member=linked))


def test_an_answer_is_counted_and_its_rule_named() -> None:
    actions = planned(said(), hit("r", step("reply", text="答")), member=ada(talks=(TALK,)))
    (send,) = only(SendKf, actions)
    assert (send.kf, send.member, send.text, send.rule) == (KF, ADA_AT_WECOM.value, "答", "r")
    assert [one.sent for one in only(MarkTalk, actions)] == [0, 1]


def test_an_invitation_brings_the_platforms_card_and_our_link() -> None:
    actions = planned(said("宠物群"), hit("r", step("invite", pool="pets")))
    (card,) = only(InviteKf, actions)
    assert (card.chat, card.kf, card.member) == ("wrPETS0", KF, ADA_AT_WECOM.value)
    assert "/j/" in only(SendKf, actions)[0].text


# --- a person is wanted, or there ---


@pytest.mark.parametrize(
    ("text", "misses", "words"), [("人工", 0, "马上叫人"), ("啥呀", 1, "还是没听懂，帮您叫人")]
)
def test_a_person_is_called_with_the_words_first(text: str, misses: int, words: str) -> None:
    actions = planned(said(text), member=ada(talks=(TALK,), misses=misses))
    assert isinstance(actions[-1], TransKf)
    assert actions[-1].state == 2
    assert [one.text for one in only(SendKf, actions)] == [words]
    assert "pool" in [one.state for one in only(MarkTalk, actions)]
    assert [one.name for one in only(Tag, actions)] == ["待人工"]
    assert len(only(Warn, actions)) == 1


def test_a_first_miss_is_kept_as_a_gap_and_calls_nobody() -> None:
    actions = planned(said("啥"), member=ada(talks=(TALK,)))
    assert [one.text for one in only(Gap, actions)] == ["啥"]
    assert not only(TransKf, actions)


def test_a_rule_may_hand_over_too() -> None:
    actions = planned(said(), hit("r", step("handover", text="稍等")), member=ada(talks=(TALK,)))
    assert only(SendKf, actions)[0].text == "稍等"
    assert only(TransKf, actions)[0].state == 2


def test_without_words_for_it_a_person_is_called_all_the_same() -> None:
    mute = with_content(personas={"xiaodu": replace(XIAODU, replies={})})
    actions = planned(said("人工"), member=ada(talks=(TALK,)), content=mute)
    assert not only(SendKf, actions)
    assert only(TransKf, actions)[0].state == 2


def test_a_person_who_writes_holds_the_conversation() -> None:
    assert planned(KfServicerSaid(**ABOUT, servicer="xiaowang")) == (
        MarkTalk(kf=KF, member=ADA_AT_WECOM.value, state="human", staff_spoke=True),
    )


@pytest.mark.parametrize(
    ("change", "states"),
    [("1", ["human"]), ("2", ["human"]), ("3", ["ended"]), ("4", ["human"]), ("9", [])],
)
def test_a_change_of_hands_is_noted(change: str, states: list[str]) -> None:
    actions = planned(KfSessionChanged(**ABOUT, change=change))
    assert [one.state for one in only(MarkTalk, actions)] == states
    assert len(actions) == len(states)


def test_a_message_that_did_not_arrive_is_told_to_operators() -> None:
    (warn,) = planned(KfSentFailed(**ABOUT, fail_msgid="M", fail_type="10"))
    assert isinstance(warn, Warn)
    assert (warn.name, "10" in warn.text) == (f"kf-undelivered:{KF}:M", True)


# --- what nobody asked for just now ---


@pytest.mark.parametrize(
    ("talk", "goes"),
    [
        (TALK, True),
        (replace(TALK, state=""), True),
        (replace(TALK, state="pool"), False),
        (replace(TALK, state="human"), False),
        (replace(TALK, state="ended"), False),
        (replace(TALK, spoke=None), False),
        (replace(TALK, spoke=NOW - SPEAKING_WINDOW), False),
        (replace(TALK, sent=KF_MESSAGES - 2), True),
        (replace(TALK, sent=KF_MESSAGES - 1), False),
    ],
)
def test_the_in_group_benefit_goes_by_an_open_conversation(talk: Talk, goes: bool) -> None:
    actions = planned(joined("wrPETS0"), member=ada(talks=(talk,)), pool_of_chat="pets")
    assert len(only(SendKf, actions)) == goes


def test_an_answer_is_held_back_only_when_the_platform_would_refuse_it() -> None:
    full, room = (replace(TALK, sent=KF_MESSAGES - left) for left in (0, 2))
    assert only(SendKf, planned(said(), member=ada(talks=(room,))))
    assert not only(SendKf, planned(said(), member=ada(talks=(full,))))


# --- who holds a conversation ---


@pytest.mark.parametrize(
    ("state", "hours_ago", "held", "free"),
    [
        ("", 0, False, True),
        ("bot", 0, False, False),
        ("pool", 1, True, False),
        ("human", 47, True, False),
        ("human", 49, False, True),  # the word that it ended never came
        ("ended", 1, False, True),
    ],
)
def test_a_person_holds_a_conversation_until_it_dies_of_silence(
    state: str, hours_ago: int, held: bool, free: bool
) -> None:
    talk = replace(TALK, state=state, spoke=NOW - timedelta(hours=hours_ago))
    assert (talk.held(NOW), talk.free(NOW)) == (held, free)
