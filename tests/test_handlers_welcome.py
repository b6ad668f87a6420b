"""Who comes is greeted by the words for their door, bound to its store, tagged, and asked for."""

from dataclasses import replace

import pytest

from bot.actions import BindStore, MarkReach, ReadProfile, Remark, Speak, Tag, WelcomeContact
from bot.events import ContactDeleted, MenuTapped, ProfileRead, Scanned, StaffDropped, Unfollowed
from bot.facts import PoolFacts
from bot.plan import plan
from commands.parts.compose import PLAYBOOK
from handlers import arrivals
from tests.little_shop import NOW, PETS, WELCOMES
from tests.situations import (
    ADA,
    ADA_AT_WECOM,
    added,
    followed,
    given,
    hit,
    member,
    only,
    step,
    with_content,
)


def words(outputs: object) -> list[str]:
    return [one.text for one in only(Speak, outputs) if one.text]  # type: ignore[arg-type]  # any


@pytest.mark.parametrize(
    ("scene", "greeting"),
    [
        ("poster-S012-door", "门口见"),
        ("poster-S012-till", "欢迎来良渚店"),
        ("poster-S099-door", "欢迎来"),
        ("flyer", "欢迎关注"),
        ("", "欢迎关注"),
    ],
)
def test_the_exact_key_beats_a_prefix_and_a_prefix_beats_the_plain_one(
    scene: str, greeting: str
) -> None:
    assert words(arrivals.followed(given(followed(scene)))) == [greeting]


def test_of_two_prefixes_the_longer_one_greets() -> None:
    longer = replace(WELCOMES[0], id="longer", key="poster-S012*", text="良渚的海报")
    content = with_content(welcomes=(*WELCOMES, longer))
    outputs = arrivals.followed(given(followed("poster-S012-till"), content=content))
    assert words(outputs) == ["良渚的海报"]


def test_a_follower_by_a_stores_poster_is_bound_tagged_and_asked_for() -> None:
    outputs = list(arrivals.followed(given(followed("poster-S012-door"))))
    assert only(BindStore, outputs) == [BindStore(store="S012")]
    assert [t.name for t in only(Tag, outputs)] == [
        "门店/S012", "来源/poster-S012-door", "门口",
    ]  # fmt: skip
    assert only(ReadProfile, outputs) == [ReadProfile(account="oa", alias=ADA)]
    assert only(MarkReach, outputs) == [MarkReach(account="oa", address="ada")]


def test_a_rule_that_hits_greets_instead() -> None:
    assert not words(arrivals.followed(given(followed(), hit("r", step("welcome")))))
    assert words(arrivals.welcome(given(followed()), step("welcome"))) == ["欢迎关注"]


def test_a_rule_that_only_tags_leaves_the_greeting_to_the_welcome() -> None:
    tagging = hit("r", step("tag", names=("海报",)))
    assert words(arrivals.followed(given(followed(), tagging))) == ["欢迎关注"]


def test_without_any_welcome_the_persona_greets() -> None:
    outputs = arrivals.followed(given(followed(), content=with_content(welcomes=())))
    assert words(outputs) == ["你好，我是小度哥"]


def test_a_follower_who_scans_without_a_welcome_is_greeted_and_bound() -> None:
    scan = Scanned(account="oa", at=NOW, who=ADA, scene="poster-S012-door")
    outputs = list(arrivals.scanned(given(scan)))
    assert words(outputs) == ["你好，我是小度哥"]
    assert only(BindStore, outputs)
    assert not only(ReadProfile, outputs)


def test_a_tap_no_rule_knows_is_greeted_and_opens_no_48_hours() -> None:
    tap = MenuTapped(account="oa", at=NOW, who=ADA, key="new")
    outputs = list(arrivals.touched(given(tap)))
    assert words(outputs) == ["你好，我是小度哥"]
    assert [reach.spoke for reach in only(MarkReach, outputs)] == [False]
    assert not words(arrivals.touched(given(tap, hit("r"))))


def test_a_follower_who_leaves_is_reached_no_more() -> None:
    gone = Unfollowed(account="oa", at=NOW, who=ADA)
    assert [reach.on for reach in only(MarkReach, arrivals.unfollowed(given(gone)))] == [False]


def test_a_new_contact_gets_the_way_in_inside_the_welcome_and_as_a_card() -> None:
    made = plan(given(added()), PLAYBOOK)
    (welcome,) = only(WelcomeContact, made.actions)
    (card,) = welcome.attachments
    assert welcome.text == f"欢迎，进群：{card.url}"
    assert card.url.startswith("https://shop.example/j/")
    assert (card.title, card.picture) == ("良渚宠物一群", "https://q/1.png")


def test_when_every_group_is_full_the_welcome_still_leaves() -> None:
    made = plan(given(added(), pools={"pets": PoolFacts(pool=PETS)}), PLAYBOOK)
    (welcome,) = only(WelcomeContact, made.actions)
    assert "欢迎" in welcome.text
    assert "坐满了" in welcome.text
    assert welcome.attachments == ()


def test_the_remark_waits_for_the_name_the_platform_tells() -> None:
    (asked,) = only(ReadProfile, arrivals.contact_added(given(added())))
    assert (asked.staff, asked.remark) == ("xiaowang", "良渚店-{member_name}")
    read = ProfileRead(
        account="corp", at=NOW, who=ADA_AT_WECOM, staff=asked.staff, remark=asked.remark, name="Ada"
    )
    assert only(Remark, arrivals.profile_read(given(read))) == [
        Remark(account="corp", staff="xiaowang", member="m-ada", text="良渚店-Ada")
    ]
    (nameless,) = only(Remark, arrivals.profile_read(given(replace(read, name=""))))
    assert nameless.text == "良渚店-顾客"


def test_a_profile_nobody_waits_for_writes_no_remark() -> None:
    read = ProfileRead(account="oa", at=NOW, who=ADA, unionid="U", name="Ada")
    assert not list(arrivals.profile_read(given(read)))


def test_a_half_added_contact_is_welcomed_and_not_asked_for_yet() -> None:
    """The platform's APIs do not know the contact before the employee confirms."""
    outputs = list(arrivals.contact_added(given(replace(added(), half=True))))
    assert not only(ReadProfile, outputs)
    assert words(outputs)


@pytest.mark.parametrize(
    ("kind", "tag"), [(ContactDeleted, "被导购删除"), (StaffDropped, "已删导购")]
)
def test_a_lost_contact_is_tagged_and_that_employee_reaches_them_no_more(
    kind: type[ContactDeleted | StaffDropped], tag: str
) -> None:
    lost = kind(account="corp", at=NOW, who=ADA_AT_WECOM, staff="xiaowang")
    outputs = list(arrivals.contact_lost(given(lost)))
    assert [(r.staff, r.on) for r in only(MarkReach, outputs)] == [("xiaowang", False)]
    assert [t.name for t in only(Tag, outputs)] == [tag]


def test_an_employee_speaks_for_their_store_when_the_code_names_none() -> None:
    outputs = arrivals.contact_added(given(added(state=""), member=member(store="S001")))
    assert only(BindStore, outputs) == [BindStore(store="S012")]
