"""The right group with room, honestly shown; joins and leaves seen; operators warned in time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.actions import (
    BindStore,
    Claim,
    Invite,
    LeaveSeat,
    MakeJoinWay,
    MarkGroup,
    ReadGroup,
    Speak,
    Tag,
    TakeSeat,
    Tell,
    Truth,
    Warn,
)
from bot.events import (
    Event,
    GroupCreated,
    GroupDismissed,
    GroupGrew,
    GroupRead,
    GroupShrank,
    JoinWayMade,
    MemberJoined,
    MemberLeft,
    Seat,
)
from bot.facts import GroupFacts, PoolFacts
from handlers import groups
from tests.little_shop import GROUPS, NOW
from tests.situations import ADA_AT_WECOM, given, joined, member, only, pool, said

OWN, NEXT, COMMON = (GroupFacts(group=g, qr_code=g.qr_code) for g in GROUPS)
AT_HOME = member(store="S012")


def shown(found: PoolFacts, store: str = "S012") -> str:
    situation = given(said("宠物群"), member=member(store=store), pools={"pets": found})
    chosen = groups.choose_group(situation, found)
    return chosen.group.chat if chosen else ""


def test_the_stores_own_group_comes_before_the_common_one() -> None:
    assert shown(pool(COMMON, NEXT, OWN)) == "wrPETS2"
    assert shown(pool(COMMON, OWN, NEXT)) == "wrPETS1"


def test_a_member_of_another_store_gets_the_common_group_never_a_strangers() -> None:
    assert shown(pool(), "S001") == "wrPETS0"
    assert shown(pool(OWN, NEXT), "S001") == ""


def test_a_member_without_a_store_gets_the_common_group_or_any() -> None:
    assert shown(pool(), "") == "wrPETS0"
    assert shown(pool(OWN, NEXT), "") == "wrPETS1"


@pytest.mark.parametrize(
    "unusable",
    [
        replace(OWN, members=3),
        replace(OWN, members=2, held=1),
        replace(OWN, state="dismissed"),
        replace(OWN, qr_code=""),
        replace(OWN, group=replace(GROUPS[0], closed=True)),
        replace(OWN, group=replace(GROUPS[0], expires=NOW)),
    ],
    ids=["full", "promised", "dismissed", "no way in", "closed", "expired"],
)
def test_a_group_nobody_can_enter_is_passed_over_for_the_next(unusable: GroupFacts) -> None:
    assert shown(pool(unusable, NEXT, COMMON)) == "wrPETS2"


def test_a_group_that_expires_later_is_still_shown() -> None:
    lasting = replace(OWN, group=replace(GROUPS[0], expires=NOW + timedelta(seconds=1)))
    assert shown(pool(lasting, NEXT)) == "wrPETS1"


def test_the_group_shown_before_is_shown_again_while_it_has_room() -> None:
    before = pool(OWN, replace(NEXT, held=1), COMMON, shown="wrPETS2", ticket="OLD")
    assert shown(before) == "wrPETS2"
    held_by_me = pool(OWN, replace(NEXT, members=2, held=1), COMMON, shown="wrPETS2")
    assert shown(held_by_me) == "wrPETS2"
    filled = pool(OWN, replace(NEXT, members=3), COMMON, shown="wrPETS2")
    assert shown(filled) == "wrPETS1"


def test_an_invitation_holds_a_seat_and_says_that_the_customer_must_tap() -> None:
    outputs = list(groups.way_in(given(said("宠物群"), member=AT_HOME), "pets"))
    (held,), (words,) = only(Invite, outputs), only(Speak, outputs)
    assert (held.pool, held.chat) == ("pets", "wrPETS1")
    assert words.truth is Truth.CUSTOMER_TAP
    assert words.text == f"「良渚宠物一群」入口：https://shop.example/j/{held.ticket}"
    assert words.card is not None
    assert words.card.picture == "https://q/1.png"


def test_asking_again_keeps_the_link() -> None:
    known = pool(shown="wrPETS1", ticket="OLD")
    situation = given(said("宠物群"), member=AT_HOME, pools={"pets": known})
    assert [i.ticket for i in only(Invite, groups.way_in(situation, "pets"))] == ["OLD"]


def test_who_sits_in_the_pool_already_is_told_so() -> None:
    situation = given(said("宠物群"), pools={"pets": pool(seated="wrPETS2")})
    (words,) = groups.way_in(situation, "pets")
    assert isinstance(words, Speak)
    assert "良渚宠物二群" in words.text


def test_without_room_the_stores_persona_says_so_and_operators_are_warned() -> None:
    full = pool(*(replace(g, members=3) for g in (OWN, NEXT, COMMON)))
    outputs = list(groups.way_in(given(said(), member=AT_HOME, pools={"pets": full}), "pets"))
    assert [(w.text, w.persona) for w in only(Speak, outputs)] == [("坐满了", "店老板")]
    (warning,) = only(Warn, outputs)
    assert "良渚店（S012）" in warning.text
    assert not only(Invite, outputs)


def test_without_room_and_without_a_store_the_contents_store_persona_speaks() -> None:
    full = pool(replace(COMMON, members=3))
    outputs = groups.way_in(given(said(), pools={"pets": full}), "pets")
    assert [w.persona for w in only(Speak, outputs)] == ["店老板"]


@pytest.mark.parametrize(
    ("before", "warned"),
    [(0, []), (1, ["group-near-full:wrPETS1"]), (2, ["group-full:wrPETS1"])],
)
def test_operators_are_warned_once_before_a_group_is_full_and_once_when_it_is(
    before: int, warned: list[str]
) -> None:
    seated = pool(replace(OWN, members=before), NEXT, COMMON)
    situation = given(joined(), pool_of_chat="pets", pools={"pets": seated})
    assert [w.name for w in only(Warn, groups.member_joined(situation))] == warned


def test_a_join_takes_the_seat_tags_binds_greets_and_gives_the_benefit() -> None:
    outputs = list(groups.member_joined(given(joined(), pool_of_chat="pets")))
    assert only(TakeSeat, outputs) == [TakeSeat(chat="wrPETS1", member="m-ada")]
    assert [t.name for t in only(Tag, outputs)] == ["群/宠物"]
    assert only(BindStore, outputs) == [BindStore(store="S012")]
    assert [c.campaign for c in only(Claim, outputs)] == ["pet-gift"]
    assert only(Speak, outputs)[0].text == "欢迎来到良渚宠物一群"


def test_a_list_makes_newcomers_and_leavers_known() -> None:
    read = GroupRead(
        account="corp", at=NOW, chat="wrPETS1",
        members=(Seat(member="m-ada", unionid="U", joined=7), Seat(member="m-bo")),
    )  # fmt: skip
    outputs = groups.read(given(read, seats=frozenset({"m-bo", "m-gone"})))
    told = [one.event for one in only(Tell, outputs)]
    assert [(type(e), e.who.value if e.who else "") for e in told] == [
        (MemberJoined, "m-ada"),
        (MemberLeft, "m-gone"),
    ]
    assert isinstance(told[0], MemberJoined)
    assert told[0].unionid == "U"


def test_a_group_that_grew_is_read_after_its_list_has_caught_up() -> None:
    grew = GroupGrew(account="corp", at=NOW, chat="wrPETS1", members=("m-ada",))
    (read,) = groups.grew(given(grew, pool_of_chat="pets"))
    assert read == ReadGroup(
        account="corp", chat="wrPETS1", expect=("m-ada",), not_before=NOW + timedelta(seconds=2)
    )


def test_those_who_left_free_their_seats_and_without_names_the_group_is_read() -> None:
    named = GroupShrank(account="corp", at=NOW, chat="wrPETS1", members=("m-ada",))
    told = [one.event for one in only(Tell, groups.shrank(given(named, pool_of_chat="pets")))]
    assert [(type(e), e.who.value if e.who else "") for e in told] == [(MemberLeft, "m-ada")]
    nameless = replace(named, members=())
    assert only(ReadGroup, groups.shrank(given(nameless, pool_of_chat="pets")))
    left = MemberLeft(account="corp", at=NOW, who=ADA_AT_WECOM, chat="wrPETS1")
    assert list(groups.member_left(given(left))) == [LeaveSeat(chat="wrPETS1", member="m-ada")]


def test_a_new_group_of_a_pool_is_read_and_gets_a_way_in() -> None:
    made = GroupCreated(account="corp", at=NOW, chat="wrPETS1")
    outputs = list(groups.created(given(made, pool_of_chat="pets")))
    assert only(ReadGroup, outputs)
    assert [w.state for w in only(MakeJoinWay, outputs)] == ["pool-pets"]


def test_a_way_made_is_remembered_and_a_dissolved_group_is_never_shown_again() -> None:
    way = JoinWayMade(account="corp", at=NOW, chat="wr", config_id="c", qr_code="q")
    assert list(groups.join_way_made(given(way))) == [
        MarkGroup(chat="wr", config_id="c", qr_code="q")
    ]
    gone = GroupDismissed(account="corp", at=NOW, chat="wrPETS1")
    outputs = list(groups.dismissed(given(gone, pool_of_chat="pets")))
    assert [m.state for m in only(MarkGroup, outputs)] == ["dismissed"]
    assert only(Warn, outputs)


@pytest.mark.parametrize(
    "event",
    [
        GroupGrew(account="corp", at=NOW, chat="wrOTHER", members=("m",)),
        GroupShrank(account="corp", at=NOW, chat="wrOTHER", members=("m",)),
        MemberJoined(account="corp", at=NOW, who=ADA_AT_WECOM, chat="wrOTHER"),
    ],
)
def test_groups_of_no_pool_are_left_alone(event: Event) -> None:
    for handler in (groups.grew, groups.shrank, groups.member_joined):
        assert not list(handler(given(event)))


def test_a_second_join_that_the_list_does_not_date_is_another_one() -> None:
    read = GroupRead(
        account="corp", at=NOW, chat="wrPETS1", members=(Seat(member="m-ada"),), expect=("m-ada",)
    )
    first, second = (
        only(Tell, groups.read(given(read, ticket=ticket)))[0].key() for ticket in ("T1", "T2")
    )
    assert first != second
