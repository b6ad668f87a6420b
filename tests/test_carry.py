"""What goes along with words: menus, links and pictures, and what becomes of them elsewhere."""

from dataclasses import replace
from typing import Any

from bot.actions import (
    Action,
    Attachment,
    Choice,
    MarkTalk,
    Reply,
    Send,
    SendKf,
    Speak,
    WelcomeContact,
    WelcomeKf,
)
from bot.carry import KF_MESSAGES, SPEAKING_WINDOW, carry
from bot.events import KfEntered, KfSaid
from bot.facts import Quota, Situation, Talk
from tests.little_shop import NOW
from tests.situations import (
    ADA_AT_WECOM,
    FOLLOWS,
    added,
    followed,
    given,
    joined,
    member,
    only,
    said,
)

KF = "wk1"
ABOUT: dict[str, Any] = {
    "account": "corp", "at": NOW, "who": ADA_AT_WECOM, "kf": KF, "msg_id": "1"
}  # fmt: skip
TALK = Talk(account="corp", kf=KF, member=ADA_AT_WECOM.value, state="bot", spoke=NOW)
MENU = (Choice(id="m1", content="领券"), Choice(id="m2", content="地址"))
LINK = Attachment(title="会员", url="https://shop.example/m")


def words(**more: Any) -> Speak:
    return replace(Speak(text="您好", menu=MENU, link=LINK, image="map.png"), **more)


def in_kf() -> Situation:
    return given(KfSaid(**ABOUT, text="在吗"))


def carried(situation: Situation, *speaks: Speak) -> tuple[tuple[Speak, ...], tuple[Action, ...]]:
    return carry(situation, speaks)


def sends(actions: tuple[Action, ...]) -> list[SendKf]:
    return [one for one in actions if isinstance(one, SendKf)]


def counted(actions: tuple[Action, ...]) -> list[int]:
    return [one.sent for one in actions if isinstance(one, MarkTalk)]


def test_in_customer_service_each_is_a_message_of_its_own_under_its_own_name() -> None:
    _, actions = carried(in_kf(), words())
    text, link, image = sends(actions)
    assert (text.text, [choice.content for choice in text.menu]) == ("您好", ["领券", "地址"])
    assert (link.text, link.link, image.image) == ("", LINK, "map.png")
    assert len({one.key() for one in (text, link, image)}) == 3
    assert counted(actions) == [3]


def test_two_menus_become_one_with_numbers_of_their_own() -> None:
    more = words(text="还有", menu=(Choice(id="m1", content="停车"), MENU[0]))
    _, actions = carried(in_kf(), words(), more)
    menu = sends(actions)[0].menu
    assert [choice.content for choice in menu] == ["领券", "地址", "停车"]
    assert [choice.id for choice in menu] == ["m1", "m2", "m3"]


def test_the_fifth_message_is_kept_pictures_go_first_and_links_become_text() -> None:
    urls = [replace(LINK, title=str(n), url=f"https://shop.example/{n}") for n in range(4)]
    speaks = [words(text=f"{n}", menu=(), link=url) for n, url in enumerate(urls)]
    shown, actions = carried(in_kf(), *speaks)
    assert len(sends(actions)) == KF_MESSAGES - 1
    assert [one.link.title for one in sends(actions) if one.link] == ["0", "1", "2"]
    assert "3：https://shop.example/3" in sends(actions)[0].text
    assert all("图片 map.png 没有发" in one.why for one in shown)
    assert counted(actions) == [KF_MESSAGES - 1]


def test_of_five_answers_to_one_breath_the_last_is_for_calling_a_person() -> None:
    def after(sent: int, **more: Any) -> tuple[bool, str]:
        talks = (replace(TALK, sent=sent),)
        known = given(KfSaid(**ABOUT, text="在吗"), member=member(talks=talks))
        (shown,), actions = carried(known, Speak(text="您好", **more))
        return bool(sends(actions)), shown.withheld

    told = "顾客说完之后已经回了几条，平台一轮只让发 5 条"
    assert after(KF_MESSAGES - 2) == (True, "")
    assert after(KF_MESSAGES - 1) == (False, told)
    assert after(KF_MESSAGES - 1, topic="handover") == (True, "")
    assert after(KF_MESSAGES, topic="handover") == (False, told)


def test_what_was_said_before_counts_when_nobody_asked() -> None:
    reachable = member(reaches=(), talks=(replace(TALK, sent=2),))
    shown, actions = carried(given(joined(), member=reachable), words())
    assert [bool(one.link) for one in sends(actions)] == [False, True]
    assert "没有发" in shown[0].why
    assert counted(actions) == [2]


def test_a_text_too_long_for_a_menu_holds_the_menu_itself() -> None:
    _, actions = carried(in_kf(), words(text="长" * 342))
    (text, *_) = sends(actions)
    assert text.menu == ()
    assert text.text.endswith("\n回复：领券 / 地址")


def test_an_official_account_answers_in_the_response_and_sends_the_rest_after_it() -> None:
    shown, actions = carried(given(said(), answers_inside=True), words())
    reply, link, image = actions
    assert isinstance(reply, Reply)
    assert reply.text == "您好\n回复：领券 / 地址"
    assert isinstance(link, Send) and isinstance(image, Send)
    assert (link.text, link.link, image.image) == ("", LINK, "map.png")
    assert [one.key() for one in (link, image)] == ["link", "image"]
    assert {one.order() for one in (reply, link, image)} == {"say:oa:ada"}
    assert shown[0].why == ""


def test_of_what_a_follower_may_get_one_is_kept_for_the_answer_itself() -> None:
    urls = [replace(LINK, title=str(n), url=f"https://shop.example/{n}") for n in range(4)]
    speaks = [words(text=f"{n}", menu=(), link=url) for n, url in enumerate(urls)]
    shown, actions = carried(given(said(), answers_inside=True), *speaks)
    assert [one.link.title for one in only(Send, actions) if one.link] == ["0", "1", "2", "3"]
    assert not [one for one in only(Send, actions) if one.image]
    assert all("图片 map.png 没有发" in one.why for one in shown)

    _, after_a_tap = carried(given(followed(), answers_inside=True), *speaks)
    (reply,) = only(Reply, after_a_tap)
    assert [one.link.title for one in only(Send, after_a_tap) if one.link] == ["0", "1"]
    assert reply.text.endswith("\n\n3\n3：https://shop.example/3")


def test_the_settings_say_how_many_a_follower_may_get() -> None:
    stingy = Quota(after_message=2, after_tap=1)
    _, actions = carried(given(said(), answers_inside=True, quota=stingy), words())
    assert [bool(one.link) for one in only(Send, actions)] == [True]
    _, actions = carried(given(followed(), answers_inside=True, quota=stingy), words())
    assert only(Send, actions) == []


def test_a_line_tapped_in_a_menu_message_renews_nothing() -> None:
    tapped = replace(said("领券"), menu_id="m1")

    def after(**reach: Any) -> int:
        known = member(reaches=(replace(FOLLOWS, **reach),))
        _, actions = carried(given(tapped, answers_inside=True, member=known), words())
        return len(only(Send, actions))

    assert [after(sent=sent) for sent in (0, 3, 4)] == [2, 1, 0]
    assert after(spoke=NOW - SPEAKING_WINDOW) == 0


def test_a_message_to_a_follower_has_its_menu_and_what_goes_along() -> None:
    _, actions = carried(given(joined(), member=member(reaches=(FOLLOWS,))), words())
    text, link, image = only(Send, actions)
    assert (text.text, [choice.content for choice in text.menu]) == ("您好", ["领券", "地址"])
    assert (link.link, image.image) == (LINK, "map.png")


def test_what_a_follower_got_since_their_last_words_counts() -> None:
    known = member(reaches=(replace(FOLLOWS, sent=2),))
    shown, actions = carried(given(joined(), member=known), words())
    assert [bool(one.link) for one in only(Send, actions)] == [False, True]
    assert "图片 map.png 没有发" in shown[0].why


def test_a_window_that_is_used_up_gives_way_to_one_with_room() -> None:
    full, other = replace(FOLLOWS, sent=5), replace(FOLLOWS, account="oa2", address="ada2")

    def way(**known: Any) -> list[tuple[str, str]]:
        _, actions = carried(given(joined(), member=member(**known)), Speak(text="您好"))
        return [(one.kind, one.account) for one in actions if isinstance(one, Send | SendKf)]

    assert way(reaches=(full, other)) == [("oa_send", "oa2")]
    assert way(reaches=(full,), talks=(TALK,)) == [("kf_send", "corp")]
    assert way(reaches=(other,), talks=(TALK,)) == [("oa_send", "oa2")]
    # Where there is no other way it is owed all the same: they may speak before it is sent.
    assert way(reaches=(full,)) == [("oa_send", "oa")]


def test_a_contacts_welcome_has_the_link_as_a_card() -> None:
    _, actions = carried(given(added()), words())
    (welcome,) = only(WelcomeContact, actions)
    assert welcome.attachments == (LINK,)
    assert welcome.text == "您好\n回复：领券 / 地址"


def test_a_welcome_in_customer_service_has_the_menu() -> None:
    _, actions = carried(given(KfEntered(**ABOUT, welcome_code="WC")), words())
    (welcome,) = only(WelcomeKf, actions)
    assert [choice.content for choice in welcome.menu] == ["领券", "地址"]
    assert welcome.text == "您好\n会员：https://shop.example/m"


def test_withheld_words_stay_as_they_are_and_go_nowhere() -> None:
    kept = words(withheld="顾客已退订")
    assert carried(in_kf(), kept) == ((kept,), ())
    shown, actions = carried(in_kf(), kept, words(text="照常", menu=(), link=None, image=""))
    assert shown[0] == kept
    assert [one.text for one in sends(actions)] == ["照常"]
