"""Customer service's door: pulled items become typed events, and whatever else comes is kept."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from bot.codec import event_from_json, event_to_json
from bot.events import (
    Alias,
    AliasKind,
    Event,
    KfEntered,
    KfNotice,
    KfOther,
    KfRang,
    KfSaid,
    KfSentFailed,
    KfServicerSaid,
    KfSessionChanged,
)
from bot.platforms.kf.gate import decode, event_of
from bot.platforms.wecom import gate as wecom
from commands.decode import decode_one
from tests.callbacks import CORP
from tests.kf_items import ADA, KF, entered, said, system

BELL = (
    f"<xml><ToUserName>{CORP}</ToUserName><CreateTime>1760000500</CreateTime>"
    "<MsgType>event</MsgType><Event>kf_msg_or_event</Event>"
    f"<Token>ENCtoken</Token><OpenKfId>{KF}</OpenKfId></xml>"
)


def told(item: Mapping[str, object]) -> Event:
    return decode("corp", CORP, json.dumps(item))


def test_the_bell_names_the_account_that_rang_and_its_token() -> None:
    event = wecom.decode("corp", CORP, BELL)

    assert isinstance(event, KfRang)
    assert (event.kf, event.token, event.who) == (KF, "ENCtoken", None)


def test_a_bell_without_an_account_is_kept_as_it_is() -> None:
    assert wecom.decode("corp", CORP, BELL.replace(KF, "")).ignored()


def test_a_customer_types_something() -> None:
    event = told(said("m1", "领券"))

    assert isinstance(event, KfSaid)
    assert (event.text, event.menu_id, event.kf, event.msg_id) == ("领券", "", KF, "m1")
    assert event.who == Alias(AliasKind.EXTERNAL_USERID, CORP, ADA)
    assert event.at == datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)
    assert event.occasion == "text"


def test_a_tap_on_a_menu_names_its_line() -> None:
    event = told(said("m1", "接入人工", text={"content": "接入人工", "menu_id": "human"}))

    assert isinstance(event, KfSaid)
    assert event.menu_id == "human"


def test_a_customer_enters_from_a_link_and_may_be_welcomed() -> None:
    event = told(entered("e1", scene="pets", scene_param="%E7%8C%AB", welcome_code="WC"))

    assert isinstance(event, KfEntered)
    assert (event.scene, event.scene_param, event.welcome_code) == ("pets", "%E7%8C%AB", "WC")
    assert event.who == Alias(AliasKind.EXTERNAL_USERID, CORP, ADA)
    assert (event.kf, event.occasion) == (KF, "enter")


def test_the_ids_of_an_event_are_also_found_outside_it() -> None:
    bare: dict[str, object] = {"msgtype": "event", "event": {"event_type": "enter_session"}}
    event = told({**said("e1", ""), **bare})

    assert isinstance(event, KfEntered)
    assert (event.kf, event.who) == (KF, Alias(AliasKind.EXTERNAL_USERID, CORP, ADA))


def test_a_message_that_did_not_arrive_is_named() -> None:
    event = told(system("e2", "msg_send_fail", fail_msgid="x1", fail_type=10))

    assert isinstance(event, KfSentFailed)
    assert (event.fail_msgid, event.fail_type) == ("x1", "10")


@pytest.mark.parametrize("kind", ["text", "image", "msgmenu", "tomorrow"])
def test_what_a_person_on_duty_says_is_never_a_customers_words(kind: str) -> None:
    event = told(said("m2", "您好", origin=5, servicer_userid="bo", msgtype=kind))

    assert isinstance(event, KfServicerSaid)
    assert event.servicer == "bo"
    assert event.occasion == ""


def test_a_conversation_changes_hands() -> None:
    event = told(
        system(
            "e3", "session_status_change", change_type=2, old_servicer_userid="bo",
            new_servicer_userid="cy", msg_code="MC",
        )
    )  # fmt: skip

    assert isinstance(event, KfSessionChanged)
    assert (event.change, event.old_servicer, event.new_servicer) == ("2", "bo", "cy")
    assert event.msg_code == "MC"


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        (said("m", "", msgtype="image", image={"media_id": "M"}), "kf.msg.image"),
        (said("m", "", msgtype="tomorrow", tomorrow={"a": [{"b": 1}]}), "msg.tomorrow"),
        (said("m", "hi", origin=4), "kf.msg.text"),
        (said("m", "hi", origin=None), "kf.msg.text"),
        (said("m", "hi", external_userid=""), "kf.msg.text"),
        (said("m", "hi", open_kfid=""), "kf.msg.text"),
        (entered("m", external_userid=""), "kf.event.enter_session"),
        (system("m", "user_recall_msg", recall_msgid="m1"), "kf.event.user_recall_msg"),
        (system("m", "servicer_status_change", status=1), "kf.event.servicer_status_change"),
        ({"msgtype": "text"}, "kf.msg.text"),
        ({"errcode": 0, "msg_list": []}, "other"),
    ],
)
def test_every_other_item_is_kept_with_all_its_fields(
    item: Mapping[str, object], kind: str
) -> None:
    event = told(item)

    assert isinstance(event, KfNotice if kind.startswith("kf.") else KfOther)
    assert event.kind == kind
    assert len(event.fields) >= len([v for v in item.values() if not isinstance(v, list)])


def test_a_picture_keeps_its_sender_and_its_media() -> None:
    event = told(said("m", "", msgtype="image", image={"media_id": "M1"}))

    assert event.who == Alias(AliasKind.EXTERNAL_USERID, CORP, ADA)
    assert event.fields["image.media_id"] == "M1"


def test_an_item_is_named_once_for_ever_by_its_account_and_id() -> None:
    first, again, other = (told(said(*one)) for one in (("m1", "a"), ("m1", "b"), ("m2", "a")))
    elsewhere = told(said("m1", "a", open_kfid="wkOther"))

    assert first.once() == again.once() != ""
    assert len({first.once(), other.once(), elsewhere.once()}) == 3
    assert told(said("m1", "", msgtype="image")).once() == first.once()
    assert told(said("", "a")).once() == ""


def test_an_item_that_does_not_name_its_account_is_of_the_one_that_was_pulled() -> None:
    event = event_of("corp", CORP, said("m1", "hi", open_kfid=None), KF)

    assert isinstance(event, KfSaid)
    assert event.kf == KF


@pytest.mark.parametrize(
    "item",
    [
        said("m1", "x" * 70_000),
        said("m1", "a\0b"),
        said("m1", "", msgtype="note", note={str(n): [[]] * 9 for n in range(5000)}),
    ],
    ids=["64 KiB", "a NUL", "4,096 nodes"],
)
def test_an_item_beyond_the_limits_keeps_its_head(item: dict[str, object]) -> None:
    event = event_of("corp", CORP, item, KF)

    assert isinstance(event, KfOther)
    assert (event.kind, event.msg_id, event.kf) == ("msg.unreadable", "m1", KF)
    assert event.who == Alias(AliasKind.EXTERNAL_USERID, CORP, ADA)
    assert event.once() == told(said("m1", "")).once()


@pytest.mark.parametrize("item", ["text", 7, None, [], {"msgid": "\0" * 900, "msgtype": "a\0"}])
def test_an_item_that_is_no_object_is_still_an_event(item: object) -> None:
    assert isinstance(event_of("corp", CORP, item, KF), KfOther)


@pytest.mark.parametrize(
    "item",
    [
        said("m1", "领券"),
        said("m1", "", msgtype="image"),
        said("m1", "", origin=5, servicer_userid="bo"),
        entered("e1", welcome_code="WC"),
        system("e2", "msg_send_fail", fail_msgid="x"),
        system("e3", "session_status_change", change_type=3),
    ],
)
def test_every_event_survives_the_row_it_waits_in(item: Mapping[str, object]) -> None:
    event = told(item)

    assert event_from_json(type(event).__name__, event_to_json(event)) == event


# --- decode, the command ---


@pytest.mark.parametrize(
    ("payload", "kind", "recognised", "event"),
    [
        (BELL, "event.kf_msg_or_event", True, "KfRang"),
        (json.dumps(said("m1", "hi")), "msg.text", True, "KfSaid"),
        (json.dumps(entered("e1")), "event.enter_session", True, "KfEntered"),
        (json.dumps(said("m1", "", msgtype="image")), "msg.image", True, "KfNotice"),
        ('{"msgtype": "text", "send_time": 1}', "msg.text", True, "KfNotice"),
        ('{"msgtype": "tomorrow"}', "msg.tomorrow", False, "KfOther"),
        ('{"errcode": 0, "msg_list": [{"msgtype": "text"}]}', "sync_response", True, "Pulled"),
        ('{"errcode": 42001}', "sync_response", True, "Pulled"),
        (
            BELL.replace("kf_msg_or_event", "kf_account_auth_change"),
            "event.kf_account_auth_change",
            True,
            "Notice",
        ),
    ],
)
def test_decode_tells_the_bell_and_what_it_announces(
    payload: str, kind: str, recognised: bool, event: str
) -> None:
    answer = json.loads(decode_one("kf", payload))

    assert (answer["kind"], answer["recognised"]) == (kind, recognised)
    assert answer["event"]["type"] == event
    assert answer["fields"]
