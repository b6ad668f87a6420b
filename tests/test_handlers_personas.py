"""Which voice answers, in which words, what happens when nobody knows, and which labels follow."""

from dataclasses import replace

import pytest

from bot.actions import Gap, Label, MarkReach, Speak, Tag, Truth, Untag, Warn
from bot.events import ProfileRead
from bot.facts import Reach
from bot.plan import plan
from commands.parts.compose import PLAYBOOK
from handlers import fallback, personas, tags
from tests.little_shop import NOW, XIAODU
from tests.situations import ADA, FOLLOWS, given, member, only, said, step, with_content

BY_STAFF = Reach(account="corp", channel="wecom", address="m-ada", staff="bo")


@pytest.mark.parametrize(
    ("topic", "store", "stage", "wanted", "speaker"),
    [
        ("hours", "S012", "first_order", "xiaodu", "小度哥"),
        ("hours", "S012", "first_order", "", "店老板"),
        ("hours", "S001", "visitor", "", "店老板"),
        ("hours", "", "visitor", "", "小度哥"),
        ("thanks", "S012", "visitor", "", "小度哥"),
        ("thanks", "S012", "first_order", "", "小壹妹妹"),
        ("thanks", "", "advocate", "", "小壹妹妹"),
        ("thanks", "", "registered", "", "小度哥"),
        ("thanks", "", "visitor", "no-such", "小度哥"),
    ],
)
def test_the_order_of_choice_is_named_store_buyer_default(
    topic: str, store: str, stage: str, wanted: str, speaker: str
) -> None:
    situation = given(said(), member=member(store=store, stage=stage))
    persona, why = personas.choose(situation, topic, wanted)
    assert persona is not None
    assert persona.name == speaker
    assert why


def test_without_personas_nobody_speaks_and_nothing_breaks() -> None:
    situation = given(said(), content=with_content(personas={}))
    assert personas.choose(situation)[0] is None
    assert not list(personas.speak(situation, "greeting"))


def test_the_dice_choose_among_variants_and_the_same_dice_choose_the_same() -> None:
    many = replace(XIAODU, replies={"greeting": ("一", "二", "三")})
    content = with_content(personas={"xiaodu": many})
    said_by = {
        dice: [
            w.text for w in personas.speak(given(said(), content=content, dice=dice), "greeting")
        ]
        for dice in ("00000000", "00000001", "00000002", "00000003")
    }
    assert list(said_by.values()) == [["一"], ["二"], ["三"], ["一"]]


def test_a_persona_without_words_for_a_topic_borrows_the_defaults() -> None:
    buyer = member(stage="first_order")
    (words,) = personas.speak(given(said(), member=buyer), "handover")
    assert (words.text, words.persona) == ("马上叫人", "小壹妹妹")


def test_the_words_tell_their_topic_and_variant() -> None:
    many = replace(XIAODU, replies={"greeting": ("一", "二", "三")})
    content = with_content(personas={"xiaodu": many})
    (words,) = personas.speak(given(said(), content=content, dice="00000001"), "greeting")
    assert (words.topic, words.variant) == ("greeting", 2)


def test_a_topic_nobody_has_words_for_gets_the_fallback() -> None:
    (words,) = only(Speak, personas.topic(given(said()), step("topic", name="parking")))
    assert words.text == "没听懂"


def test_a_store_topic_is_answered_with_the_stores_own_facts() -> None:
    situation = given(said(), member=member(store="S012"))
    (words,) = only(Speak, personas.topic(situation, step("topic", name="hours")))
    assert (words.text, words.persona) == ("7点开门", "店老板")


def test_a_rules_words_are_said_in_the_voice_it_names() -> None:
    asked = step("reply", text="我是{persona_name}", persona="xiaoyi")
    (words,) = only(Speak, personas.reply(given(said()), asked))
    assert words.text == "我是小壹妹妹"


def test_a_handover_calls_a_person_and_says_that_an_employee_must_act() -> None:
    outputs = list(personas.handover(given(said()), step("handover")))
    (words,) = only(Speak, outputs)
    assert (words.text, words.truth) == ("马上叫人", Truth.EMPLOYEE)
    assert [t.name for t in only(Tag, outputs)] == ["待人工"]
    assert len(only(Warn, outputs)) == 1


# --- when no rule knows ---


def test_an_unknown_phrase_is_kept_as_a_gap_and_answered_with_what_can_be_asked() -> None:
    outputs = list(fallback.unknown(given(said("量子面包"))))
    assert only(Gap, outputs) == [Gap(text="量子面包")]
    assert [w.text for w in only(Speak, outputs)] == ["没听懂"]
    assert not only(Warn, outputs)


def test_the_second_miss_in_a_row_calls_a_person() -> None:
    outputs = list(fallback.unknown(given(said("量子面包"), member=member(misses=1))))
    assert only(Gap, outputs)
    assert [w.text for w in only(Speak, outputs)] == ["还是没听懂，帮您叫人"]
    assert [t.name for t in only(Tag, outputs)] == ["待人工"]


def test_a_wish_for_a_person_is_no_gap() -> None:
    made = plan(given(said("我要人工"), answers_inside=True), PLAYBOOK)
    assert [w.text for w in made.said] == ["马上叫人"]
    assert not only(Gap, made.actions)


def test_a_sticker_the_platform_could_not_carry_is_no_gap() -> None:
    outputs = list(fallback.unknown(given(said("【收到不支持的消息类型，暂无法显示】"))))
    assert [w.text for w in only(Speak, outputs)] == ["没听懂"]
    assert not only(Gap, outputs)


# --- tags and the labels that follow them ---


def test_a_rule_takes_back_only_tags_the_member_has() -> None:
    situation = given(said(), member=member(tags={"养猫": ""}))
    outputs = tags.untag(situation, step("untag", names=("养猫", "养狗")))
    assert list(outputs) == [Untag(name="养猫")]


def test_labels_follow_new_tags_on_every_way_to_the_member() -> None:
    ada = member(reaches=(FOLLOWS, BY_STAFF), tags={"老客": ""})
    actions = (Tag(name="养猫"), Tag(name="老客"), Untag(name="新客"))
    found = list(tags.mirror(given(said(), member=ada), actions))
    assert [type(one) for one in found] == [Label, Label]
    assert {(one.account, one.add, one.remove) for one in only(Label, found)} == {
        ("oa", ("养猫",), ("新客",)), ("corp", ("养猫",), ("新客",)),
    }  # fmt: skip


def test_a_way_opened_by_this_very_event_is_labelled_and_a_lost_one_is_not() -> None:
    new = MarkReach(account="corp", address="m-ada", staff="bo")
    gone = MarkReach(account="oa", address="ada", on=False)
    found = tags.mirror(given(said()), (new, gone, Tag(name="养猫")))
    assert [one.account for one in only(Label, found)] == ["corp"]


def test_a_way_just_learnt_to_be_the_same_person_gets_every_tag() -> None:
    ada = member(reaches=(FOLLOWS, BY_STAFF), tags={"老客": ""})
    read = ProfileRead(account="oa", at=NOW, who=ADA, unionid="U")
    found = tags.mirror(given(read, member=ada), ())
    assert [one.add for one in only(Label, found)] == [("老客",), ("老客",)]


def test_a_way_that_is_open_again_gets_every_tag_and_the_others_only_what_is_new() -> None:
    ada = member(reaches=(replace(FOLLOWS, on=False), BY_STAFF), tags={"老客": "", "新客": ""})
    back = MarkReach(account=FOLLOWS.account, address=FOLLOWS.address)
    found = tags.mirror(given(said(), member=ada), (back, Tag(name="养猫"), Untag(name="新客")))
    assert {(one.account, one.add, one.remove) for one in only(Label, found)} == {
        ("oa", ("老客", "养猫"), ("新客",)), ("corp", ("养猫",), ("新客",)),
    }  # fmt: skip


def test_a_tag_too_long_for_the_official_account_stays_ours_there() -> None:
    ada = member(reaches=(FOLLOWS, BY_STAFF))
    found = tags.mirror(given(said(), member=ada), (Tag(name="长" * 11),))
    assert [one.account for one in only(Label, found)] == ["corp"]


def test_nothing_new_means_no_call() -> None:
    ada = member(tags={"养猫": ""})
    assert not list(tags.mirror(given(said(), member=ada), (Tag(name="养猫"),)))
