"""The callbacks about service notices, as the platform writes them."""

import json

import pytest

from bot.events import (
    Consent,
    ConsentAnswered,
    ConsentChanged,
    Event,
    Notice,
    Subscribed,
    SubscriptionReported,
    TemplateReported,
)
from bot.platforms.oa import gate

HEAD = (
    "<ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>"
    "<FromUserName><![CDATA[oAda]]></FromUserName><CreateTime>1760000000</CreateTime>"
    "<MsgType><![CDATA[event]]></MsgType>"
)


def told(name: str, inside: str) -> Event:
    return gate.decode("oa", "wx1", f"<xml>{HEAD}<Event><![CDATA[{name}]]></Event>{inside}</xml>")


def listed(**leaves: str) -> str:
    return "".join(
        ["<List>", *(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in leaves.items()), "</List>"]
    )


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        ("success", ""),
        ("Success", ""),
        ("failed:user block", "block"),
        ("failed: system failed", "system failed"),
        ("failed:something new", "something new"),
    ],
)
def test_a_report_says_whether_the_message_arrived(status: str, failure: str) -> None:
    inside = f"<MsgID>200163836</MsgID><Status><![CDATA[{status}]]></Status>"
    event = told("TEMPLATESENDJOBFINISH", inside)
    assert isinstance(event, TemplateReported)
    assert (event.msgid, event.failure) == ("200163836", failure)
    assert event.who is not None and event.who.value == "oAda"


@pytest.mark.parametrize("inside", ["<Status>success</Status>", "<MsgID>1</MsgID>"])
def test_a_report_that_names_no_message_or_says_nothing_is_incomplete(inside: str) -> None:
    event = told("TEMPLATESENDJOBFINISH", inside)
    assert isinstance(event, Notice) and event.incomplete


def test_the_answers_to_a_question_come_as_repeated_elements() -> None:
    rows = listed(TemplateId="TPL-A", SubscribeStatusString="accept", PopupScene="2") + listed(
        TemplateId="TPL-B", SubscribeStatusString="reject", PopupScene="2"
    )
    event = told(
        "subscribe_msg_popup_event", f"<SubscribeMsgPopupEvent>{rows}</SubscribeMsgPopupEvent>"
    )
    assert isinstance(event, ConsentAnswered)
    assert event.consents == (
        Consent(template="TPL-A", given=True), Consent(template="TPL-B", given=False),
    )  # fmt: skip


@pytest.mark.parametrize("many", [False, True])
def test_in_json_the_list_is_one_object_or_an_array(many: bool) -> None:
    row = {"TemplateId": "TPL-A", "SubscribeStatusString": "accept", "PopupScene": "0"}
    message = {
        "ToUserName": "gh", "FromUserName": "oAda", "CreateTime": 1760000000, "MsgType": "event",
        "Event": "subscribe_msg_popup_event",
        "SubscribeMsgPopupEvent": {"List": [row, row] if many else row},
    }  # fmt: skip
    event = gate.decode("oa", "wx1", json.dumps(message))
    assert isinstance(event, ConsentAnswered)
    assert event.consents == (Consent(template="TPL-A", given=True),) * (1 + many)


def test_a_switched_off_template_and_a_word_we_do_not_know_allow_nothing() -> None:
    rows = listed(TemplateId="TPL-A", SubscribeStatusString="reject") + listed(
        TemplateId="TPL-B", SubscribeStatusString="perhaps"
    )
    event = told(
        "subscribe_msg_change_event", f"<SubscribeMsgChangeEvent>{rows}</SubscribeMsgChangeEvent>"
    )
    assert isinstance(event, ConsentChanged)
    assert [one.given for one in event.consents] == [False, False]


@pytest.mark.parametrize(
    ("code", "status", "failure"),
    [("0", "success", 0), ("1", "system failed", 1), ("", "success", 0), ("", "refused", -1)],
)
def test_what_became_of_a_subscription_notice_is_read(code: str, status: str, failure: int) -> None:
    row = listed(TemplateId="TPL-A", MsgID="1700", ErrorCode=code, ErrorStatus=status)
    event = told(
        "subscribe_msg_sent_event", f"<SubscribeMsgSentEvent>{row}</SubscribeMsgSentEvent>"
    )
    assert isinstance(event, SubscriptionReported)
    assert event.notices == (
        Subscribed(template="TPL-A", msgid="1700", code=failure, failure=status),
    )
