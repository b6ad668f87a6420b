"""What employees are told: their store's day in words, and nothing that names a customer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.actions import AnswerBot, Output, SendApp, Speak
from bot.events import BotAsked, BotEntered, Event, StaffSaid
from bot.facts import GroupFacts, Newcomer, ShiftFacts, Tally, Unsaid
from bot.plan import Plan, plan
from commands.parts.compose import PLAYBOOK
from config.nouns import Staff
from keyword_rules.rule import Hit
from tests.little_shop import GROUPS, NOW, shop_content
from tests.situations import given, hit, only, step, with_content

HOUR = timedelta(hours=1)
QUIET = ShiftFacts(store="S012")


def said(text: str, staff: str = "xiaowang") -> StaffSaid:
    return StaffSaid(account="corp", at=NOW, staff=staff, text=text, msg_id="1")


def asked(text: str, staff: str = "xiaowang") -> BotAsked:
    url = "https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code=RC"
    return BotAsked(account="bot", staff=staff, text=text, msg_id="1", chat="wr", response_url=url)


def made(event: Event, *hits: Hit, shift: ShiftFacts | None = QUIET, **more: object) -> Plan:
    content = more.pop("content", with_content(newcomer_campaign="newcomer"))
    facts = {"member": None, "shift": shift, "content": content, **more}
    return plan(given(event, *hits, **facts), PLAYBOOK)


def answer(text: str, shift: ShiftFacts = QUIET, **more: object) -> str:
    (words,) = made(asked(text), shift=shift, **more).said
    return words.text


# --- whose words, by which way ---


def test_a_bot_answers_where_it_was_asked_within_the_hour() -> None:
    (reply,) = made(asked("帮助")).actions

    assert isinstance(reply, AnswerBot)
    assert (reply.staff, reply.deadline) == ("xiaowang", NOW + HOUR)
    assert reply.response_url.endswith("response_code=RC")


def test_the_app_answers_by_a_message() -> None:
    (message,) = made(said("帮助")).actions

    assert isinstance(message, SendApp)
    assert (message.account, message.staff) == ("corp", "xiaowang")


def test_who_opens_the_conversation_is_greeted_without_an_address() -> None:
    (greeting,) = made(BotEntered(account="bot", at=NOW, staff="xiaowang"), shift=None).actions

    assert isinstance(greeting, AnswerBot)
    assert greeting.response_url == ""
    assert "今天谁没领券" in greeting.text


def test_in_quiet_hours_an_employee_is_answered_at_once() -> None:
    night = NOW.replace(hour=20)
    (message,) = made(said("帮助"), now=night).actions

    assert isinstance(message, SendApp)
    assert message.not_before is None


# --- which question ---


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("今天谁没领券", "unclaimed"),
        ("请问 今天，谁没领券？", "unclaimed"),
        ("今天领券多少", "given"),
        ("今天核销多少？", "redeemed"),
        ("群满了吗", "groups"),
        ("有待确认的吗", "unsaid"),
        ("今天加了几个好友", "contacts"),
        ("HELP", "help"),
        ("", "fallback"),
        ("天气怎么样", "fallback"),
    ],
)
def test_a_question_is_known_by_its_longest_words(text: str, topic: str) -> None:
    (words,) = made(asked(text)).said

    assert words.topic == topic
    assert words.text


def test_what_can_be_asked_is_named_when_nothing_is_understood() -> None:
    text = answer("天气怎么样")

    assert text.startswith("没听懂。")
    for question in ("今天谁没领券", "今天领券", "今天核销", "群满了吗", "待确认", "今天加了几个"):
        assert f"- {question}" in text


def test_the_shop_chooses_the_words_and_the_questions() -> None:
    content = with_content(staff_questions={"groups": ("坐满没",), "given": (), "help": ("?",)})

    assert answer("坐满没", content=content).startswith("良渚店没有登记的群")
    assert answer("群满了吗", content=content) == "没听懂。可以问我：\n- 坐满没"


def test_without_any_question_that_is_what_is_said() -> None:
    assert "没有可以问的" in answer("在吗", content=with_content(staff_questions={}))


# --- rules ---


def outputs(event: Event, verb: str, **args: str | tuple[str, ...]) -> list[Output]:
    situation = given(event, member=None, shift=QUIET)
    return list(PLAYBOOK.steps[verb](situation, step(verb, **args)))


@pytest.mark.parametrize(
    ("verb", "args"),
    [
        ("grant", {"campaign": "newcomer"}),
        ("invite", {"pool": "pets"}),
        ("tag", {"names": ("x",)}),
        ("untag", {"names": ("x",)}),
        ("handover", {}),
        ("welcome", {}),
    ],
)
def test_a_rule_gives_employees_nothing_that_is_for_members(
    verb: str, args: dict[str, str | tuple[str, ...]]
) -> None:
    for event in (said("领券"), asked("领券"), BotEntered(account="bot", staff="xiaowang")):
        assert outputs(event, verb, **args) == []


def test_a_rule_may_say_its_words_to_employees_too() -> None:
    (words,) = made(asked("几点开门"), hit("hours", step("topic", name="hours"))).said

    assert (words.text, words.rule) == ("7点开门", "hours")


def test_an_employees_own_question_outranks_a_rule() -> None:
    (words,) = made(asked("今天领券"), hit("coupon", step("reply", text="给您一张"))).said

    assert words.topic == "given"


def test_a_rule_that_has_no_words_for_employees_leaves_what_can_be_asked() -> None:
    (words,) = made(asked("宠物群"), hit("pets", step("invite", pool="pets"))).said

    assert words.topic == "fallback"


def test_the_words_of_a_rule_come_alone() -> None:
    situation = given(asked("在吗"), hit("hi", step("reply", text="在")), member=None, shift=QUIET)

    assert only(Speak, PLAYBOOK.events[BotAsked](situation)) == []


# --- who asks ---


def test_somebody_who_is_not_in_the_sheet_is_told_so() -> None:
    (words,) = made(asked("群满了吗", "stranger"), shift=ShiftFacts()).said
    (app,) = made(said("群满了吗", "stranger"), shift=ShiftFacts()).said

    assert "stranger" in words.text
    assert "超级管理员" in words.text
    assert "超级管理员" not in app.text


def test_somebody_without_a_store_is_told_so() -> None:
    staff = {"hq": Staff(userid="hq", name="总部")}
    (words,) = made(
        said("群满了吗", "hq"), shift=ShiftFacts(), content=with_content(staff=staff)
    ).said

    assert words.text == "staff.csv 里没有写「hq」在哪家店，请管理员补上门店编号。"


# --- the day in words ---


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("今天谁没领券", "良渚店今天还没有会员扫码或加好友到店。"),
        ("今天领券", "良渚店今天还没有领券。"),
        ("今天核销", "良渚店今天还没有核销。"),
        ("群满了吗", "良渚店没有登记的群。"),
        ("待确认", "良渚店没有待确认的话。"),
        ("今天加了几个", "良渚店今天还没有加到好友。"),
    ],
)
def test_on_a_day_without_anything_that_is_what_is_said(question: str, words: str) -> None:
    assert answer(question) == words


def test_who_has_no_coupon_is_named_by_a_tail_a_time_and_a_door() -> None:
    came = (
        Newcomer(tail="3F7K", at=NOW - HOUR, key="poster-S012-door", account="oa"),
        Newcomer(tail="9QRS", at=NOW, key="staff-xiaowang", account="corp"),
        Newcomer(tail="AAAA", at=NOW, account="oa"),
    )
    codes = shop_content().entry_codes
    by_staff = replace(codes["staff-xiaowang"], staff="xiaowang")
    content = with_content(
        newcomer_campaign="newcomer", entry_codes={**codes, "staff-xiaowang": by_staff}
    )
    shift = ShiftFacts(store="S012", came=30, unclaimed=22, newcomers=came)

    assert answer("今天谁没领券", shift, content=content).splitlines() == [
        "良渚店今天到店 30 位会员，22 位还没有「新人券」：",
        "1. 尾号 3F7K，15:53 扫 poster-S012-door",
        "2. 尾号 9QRS，16:53 加了小王",
        "3. 尾号 AAAA，16:53 从 oa 来",
        "还有 19 位没有列出",
    ]


def test_when_everybody_has_one_that_is_good_news() -> None:
    shift = ShiftFacts(store="S012", came=3)

    assert answer("今天谁没领券", shift) == "良渚店今天到店的 3 位会员都有「新人券」了。"
    anything = answer("今天谁没领券", shift, content=shop_content())
    assert anything == "良渚店今天到店的 3 位会员都有券了。"


def test_coupons_are_counted_by_campaign_with_what_they_are_worth() -> None:
    tallies = (
        Tally(campaign="newcomer", given=3, redeemed=1),
        Tally(campaign="egg", given=1),
        Tally(campaign="gone", redeemed=2),
    )
    shift = ShiftFacts(store="S012", tallies=tallies)

    assert answer("今天领券", shift).splitlines() == [
        "良渚店今天领券 4 张，面值 15 元：",
        "- 新人券 3 张，面值 15 元",
        "- 鸡蛋券 1 张",
    ]
    assert answer("今天核销", shift).splitlines() == [
        "良渚店今天核销 3 张，面值 5 元：",
        "- 新人券 1 张，面值 5 元",
        "- gone 2 张",
    ]


def test_groups_are_told_with_their_room() -> None:
    first, second, third = GROUPS
    seats = (
        GroupFacts(group=first, members=1, held=1),
        GroupFacts(group=second, members=3),
        GroupFacts(group=third, state="dismissed"),
        GroupFacts(group=replace(third, closed=True), members=2),
    )

    assert answer("群满了吗", ShiftFacts(store="S012", groups=seats)).splitlines() == [
        "良渚店的群：",
        "- 良渚宠物一群：1/3，还有 1 个位置（另为扫码的顾客留 1 个）",
        "- 良渚宠物二群：3/3，满了",
        "- 宠物总群：已解散",
        "- 宠物总群：已停用，2 人",
    ]


def test_proposals_wait_for_somebody_by_name() -> None:
    waiting = (
        Unsaid(chat="wrPETS1", staff="xiaowang", tail="3F7K", at=NOW),
        Unsaid(chat="wrOTHER", staff="left", tail="9QRS", at=NOW),
    )

    assert answer("待确认", ShiftFacts(store="S012", unsaid=waiting)).splitlines() == [
        "良渚店待确认 2 条：",
        "1. 10-09 16:53 起，「良渚宠物一群」里给尾号 3F7K 的话，等小王",
        "2. 10-09 16:53 起，「wrOTHER」里给尾号 9QRS 的话，等left",
    ]


def test_new_friends_are_counted_by_employee() -> None:
    shift = ShiftFacts(store="S012", contacts={"xiaowang": 3, "left": 5})

    assert answer("今天加了几个", shift) == "良渚店今天加了 8 位好友：left 5、小王 3"
