"""A WeCom app's door: contacts and groups as typed events, all else kept under its own name."""

from datetime import UTC, datetime

import pytest

from bot.errors import Refused
from bot.events import (
    Alias,
    AliasKind,
    ContactAdded,
    ContactDeleted,
    ContactEdited,
    Event,
    GroupChanged,
    GroupCreated,
    GroupDismissed,
    GroupGrew,
    GroupShrank,
    Notice,
    StaffDropped,
    Unrecognised,
)
from bot.platforms.envelope import Key, Seal
from bot.platforms.happening import dedupe_text
from bot.platforms.tree import leaves, parse
from bot.platforms.wecom.gate import answer_get, decode, open_post
from tests.sealing import AES_KEY, TOKEN, Post, sealed

CORP = "ww0000000000000001"
SEAL = Seal(token=TOKEN, keys=(Key(AES_KEY),), receivers=frozenset({CORP}))
ADA = "wmAAAAexample0001"
GROUP = "<ChatId><![CDATA[wrAAAAexamplechat01]]></ChatId>"
PAIR = f"<UserID>bo</UserID><ExternalUserID>{ADA}</ExternalUserID>"


def happening(name: str, change: str, inner: str = "") -> str:
    return (
        f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName>"
        "<FromUserName><![CDATA[sys]]></FromUserName>"
        "<CreateTime>1760000000</CreateTime><MsgType><![CDATA[event]]></MsgType>"
        f"<Event><![CDATA[{name}]]></Event><ChangeType>{change}</ChangeType>{inner}</xml>"
    )


def contact(change: str, inner: str = PAIR) -> str:
    return happening("change_external_contact", change, inner)


def group(change: str, inner: str = "") -> str:
    return happening("change_external_chat", change, GROUP + inner)


def told(plain: str) -> Event:
    return decode("brand-wecom", CORP, plain.encode())


def test_a_customer_adds_a_member_of_staff() -> None:
    extra = "<State><![CDATA[S012-till]]></State><WelcomeCode>CODE</WelcomeCode>"

    event = told(contact("add_external_contact", PAIR + extra))

    assert isinstance(event, ContactAdded)
    assert event.who == Alias(AliasKind.EXTERNAL_USERID, CORP, ADA)
    assert (event.staff, event.state, event.welcome_code) == ("bo", "S012-till", "CODE")
    assert not event.half
    assert event.at == datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)


def test_an_add_the_staff_has_not_confirmed_is_half() -> None:
    event = told(contact("add_half_external_contact"))

    assert isinstance(event, ContactAdded)
    assert event.half
    assert (event.state, event.welcome_code) == ("", "")


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("edit_external_contact", ContactEdited),
        ("del_external_contact", ContactDeleted),
        ("del_follow_user", StaffDropped),
        ("Del_Follow_User", StaffDropped),
    ],
)
def test_other_changes_of_a_contact_name_customer_and_staff(
    change: str, kind: type[ContactEdited | ContactDeleted | StaffDropped]
) -> None:
    event = told(contact(change))

    assert isinstance(event, kind)
    assert event.staff == "bo"
    assert event.who == Alias(AliasKind.EXTERNAL_USERID, CORP, ADA)


def test_a_deletion_by_inheritance_says_so() -> None:
    event = told(contact("del_external_contact", PAIR + "<Source>DELETE_BY_TRANSFER</Source>"))

    assert isinstance(event, ContactDeleted)
    assert event.source == "DELETE_BY_TRANSFER"


def test_groups_are_created_and_dismissed() -> None:
    created, dismissed = told(group("create")), told(group("dismiss"))

    assert isinstance(created, GroupCreated)
    assert created.chat == "wrAAAAexamplechat01"
    assert isinstance(dismissed, GroupDismissed)


MEMBERS = {
    "items": "<MemChangeList><Item>wm1</Item><Item><![CDATA[wm2]]></Item></MemChangeList>",
    "commas": "<MemChangeList><![CDATA[wm1, wm2]]></MemChangeList>",
    "pretty-printed": "<MemChangeList>\n<Item>\nwm1\n</Item>\n<Item>wm2</Item>\n</MemChangeList>",
    "named twice": "<MemChangeList>wm1,wm2,,wm1</MemChangeList>",
}


@pytest.mark.parametrize("listed", MEMBERS.values(), ids=MEMBERS.keys())
def test_joining_members_are_read_in_either_encoding(listed: str) -> None:
    detail = "<UpdateDetail>add_member</UpdateDetail><JoinScene>3</JoinScene>"

    event = told(group("update", detail + "<MemChangeCnt>2</MemChangeCnt>" + listed))

    assert isinstance(event, GroupGrew)
    assert (event.members, event.scene, event.count) == (("wm1", "wm2"), "3", 2)


@pytest.mark.parametrize("listed", ['["wm1", "wm2"]', '"wm1,wm2"', '{"Item": ["wm1", "wm2"]}'])
def test_joining_members_are_read_from_json(listed: str) -> None:
    event = told(
        '{"MsgType": "event", "Event": "change_external_chat", "ChangeType": "update",'
        f' "ChatId": "wr1", "UpdateDetail": "add_member", "MemChangeList": {listed}}}'
    )

    assert isinstance(event, GroupGrew)
    assert event.members == ("wm1", "wm2")
    assert event.count == 2


def test_members_leave_and_older_corps_do_not_say_who() -> None:
    detail = "<UpdateDetail>del_member</UpdateDetail><QuitScene>1</QuitScene>"
    left = told(group("update", detail + "<MemChangeList><Item>wm1</Item></MemChangeList>"))
    older = told(group("update", detail + "<MemChangeCnt>abc</MemChangeCnt>"))

    assert isinstance(left, GroupShrank)
    assert (left.members, left.scene, left.count) == (("wm1",), "1", 1)
    assert isinstance(older, GroupShrank)
    assert (older.members, older.count) == ((), 0)


@pytest.mark.parametrize(
    "detail", ["change_owner", "change_name", "change_notice", "new_thing", ""]
)
def test_every_other_update_says_its_detail(detail: str) -> None:
    event = told(group("update", f"<UpdateDetail>{detail}</UpdateDetail>"))

    assert isinstance(event, GroupChanged)
    assert event.detail == detail


FAMILY = "event.change_external_contact"
UNKNOWN = {
    "no customer": (contact("add_external_contact", "<UserID>bo</UserID>"), 1),
    "an empty customer": (
        contact("add_external_contact", "<UserID>bo</UserID><ExternalUserID/>"),
        1,
    ),
    "no staff": (contact("add_external_contact", f"<ExternalUserID>{ADA}</ExternalUserID>"), 1),
    "97 staff of 10 KiB": (contact("add_external_contact", PAIR.replace("bo", "b" * 10240)), 1),
    "100 a customer with a line end": (
        contact("add_external_contact", PAIR.replace(ADA, "wm\nSet-Cookie: a")),
        1,
    ),
    "a group without id": (happening("change_external_chat", "create"), 0),
    "a change of tomorrow": (contact("clone_external_contact"), 0),
    "a text from staff": ("<xml><MsgType>text</MsgType><Content>hi</Content></xml>", 0),
    "no MsgType": ("<xml><Event>change_external_chat</Event></xml>", 0),
    "the bell of customer service": (happening("kf_msg_or_event", ""), 0),
}


@pytest.mark.parametrize(("plain", "of_contact"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_we_cannot_act_on_is_kept(plain: str, of_contact: int) -> None:
    event = told(plain)

    assert isinstance(event, Notice | Unrecognised)
    assert event.ignored()
    assert event.fields == leaves(parse(plain))
    if of_contact:
        assert event.kind == f"wecom.{FAMILY}.add_external_contact"


@pytest.mark.parametrize(
    ("plain", "kind"),
    [
        (contact("transfer_fail"), "event.change_external_contact.transfer_fail"),
        (happening("change_contact", "change_contact"), "event.change_contact"),
        (happening("LOCATION", ""), "event.location"),
        (happening("meeting_change", "Some_Thing"), "event.meeting_change.some_thing"),
        ('{"event_type": "hit_keyword", "timestamp": 1760000000}', "event.hit_keyword"),
        (
            "<xml><InfoType>change_external_contact</InfoType>"
            f"<ChangeType>add_external_contact</ChangeType>{PAIR}</xml>",
            "info.change_external_contact.add_external_contact",
        ),
        (
            contact("add_external_contact", PAIR + "<InfoType>change_external_contact</InfoType>"),
            "info.change_external_contact.add_external_contact",
        ),
    ],
)
def test_what_we_only_record_carries_its_canonical_name(plain: str, kind: str) -> None:
    event = told(plain)

    assert isinstance(event, Notice)
    assert (event.kind, event.ignored()) == (f"wecom.{kind}", False)


@pytest.mark.parametrize("change", ["领券", "a" * 65, "a.b", "a\nb"])
def test_a_family_open_to_changes_is_not_open_to_anything(change: str) -> None:
    event = told(happening("meeting_change", change))

    assert isinstance(event, Unrecognised)
    assert event.kind == f"event.meeting_change.{change}"


STRANGE_IDS = ["../../x", "' OR 1=1 --", "{{7*7}}", "=cmd()", "&lt;script&gt;", "wm-_.@"]


@pytest.mark.parametrize("strange", STRANGE_IDS)
def test_a_strange_id_is_only_text(strange: str) -> None:
    event = told(contact("del_follow_user", PAIR.replace(ADA, strange)))

    assert isinstance(event, StaffDropped)
    assert event.who is not None
    assert event.who.value == leaves(parse(f"<a><b>{strange}</b></a>"))["b"]


def test_two_customers_of_one_second_have_two_keys() -> None:
    ada = told(contact("add_external_contact"))
    eve = told(contact("add_external_contact", PAIR.replace(ADA, "wmEve")))

    assert dedupe_text("w", ada.fields) != dedupe_text("w", eve.fields)
    assert dedupe_text("w", ada.fields) == dedupe_text(
        "w", dict(reversed(list(ada.fields.items())))
    )


def test_the_callback_address_is_verified_with_the_echo_inside() -> None:
    post = sealed("1616140317555161061", receiver=CORP)

    assert answer_get(SEAL, post.query | {"echostr": post.encrypt}) == b"1616140317555161061"


def test_a_post_opens_without_an_encrypt_type() -> None:
    post = sealed(contact("add_external_contact"), receiver=CORP)
    query = {name: value for name, value in post.query.items() if name != "encrypt_type"}

    assert isinstance(decode("w", CORP, open_post(SEAL, query, post.body)), ContactAdded)


CLEAR = contact("add_external_contact").encode()


def test_a_false_verification_or_post_is_refused() -> None:
    post = sealed("1", receiver=CORP)
    forged = Post(encrypt=post.encrypt, signature="0" * 40)
    steps = []
    for query, body in [
        (post.query, CLEAR),
        (forged.query, post.body),
        (sealed("1").query, sealed("1").body),
        ({}, post.body),
    ]:
        with pytest.raises(Refused) as refusal:
            open_post(SEAL, query, body)
        steps.append(refusal.value.step)
    with pytest.raises(Refused, match="signature"):
        answer_get(SEAL, forged.query | {"echostr": post.encrypt})

    assert steps == ["envelope", "signature", "receiver", "envelope"]
