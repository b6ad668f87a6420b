"""Whom a notice is about: who sent or did what is only kept, and else nobody."""

import pytest

from bot.events import Alias, AliasKind, Event, Notice, Unrecognised
from bot.platforms.oa import gate as oa
from bot.platforms.wecom import gate as wecom
from tests.sealing import RECEIVER
from tests.test_oa_gate import ADA, happening, message
from tests.test_wecom_gate import ADA as CUSTOMER
from tests.test_wecom_gate import CORP, PAIR, contact
from tests.test_wecom_gate import happening as corp_happening


def at_oa(plain: str) -> Event:
    return oa.decode("brand-oa", RECEIVER, plain)


def at_wecom(plain: str) -> Event:
    return wecom.decode("brand-wecom", CORP, plain)


ADA_AT_OA = Alias(AliasKind.OA_OPENID, RECEIVER, ADA)


@pytest.mark.parametrize(
    "plain",
    [
        *(
            message(f"<MsgType>{kind}</MsgType><MediaId>m</MediaId>")
            for kind in ("image", "voice", "video", "shortvideo", "location", "link")
        ),
        happening("VIEW", "<EventKey>https://shop.example</EventKey>"),
        happening("pic_weixin", "<EventKey>PIC</EventKey>"),
        happening("LOCATION", "<Latitude>39.9</Latitude>"),
        happening("user_pay_from_pay_cell", "<Fee>1000</Fee>"),
        happening("kf_create_session", "<KfAccount>a@gh</KfAccount>"),
        message("<MsgType>text</MsgType><Content></Content>"),
    ],
)
def test_what_a_follower_sends_or_does_is_theirs_even_when_it_is_only_kept(plain: str) -> None:
    event = at_oa(plain)

    assert isinstance(event, Notice)
    assert event.who == ADA_AT_OA


@pytest.mark.parametrize(
    "plain",
    [
        happening("MASSSENDJOBFINISH", "<MsgID>1</MsgID>"),
        happening("PUBLISHJOBFINISH"),
        happening("card_pass_check", "<CardId>c</CardId>"),
        happening("wificonnected"),
        happening("Teleported"),
        message("<MsgType>hologram</MsgType>"),
        message("<InfoType>authorized</InfoType>"),
        message("<InfoType>authorized</InfoType><MsgType>image</MsgType>"),
    ],
)
def test_what_the_platform_says_or_nobody_knows_is_about_nobody(plain: str) -> None:
    assert at_oa(plain).who is None


def test_a_changed_profile_is_about_the_follower_it_names() -> None:
    changed = happening("user_info_modified", f"<OpenID>{ADA}</OpenID>").replace(ADA, "oSys", 1)
    assert at_oa(changed).who == ADA_AT_OA


@pytest.mark.parametrize(
    ("plain", "customer"),
    [
        (contact("transfer_fail"), CUSTOMER),
        (contact("msg_audit_approved"), CUSTOMER),
        (corp_happening("customer_acquisition", "customer_start_chat", PAIR), CUSTOMER),
        (contact("add_external_contact", f"<ExternalUserID>{CUSTOMER}</ExternalUserID>"), CUSTOMER),
        (corp_happening("customer_acquisition", "balance_low"), ""),
        (corp_happening("change_external_tag", "create", PAIR), ""),
        (contact("clone_external_contact"), ""),
        ("<xml><FromUserName>bo</FromUserName><MsgType>image</MsgType></xml>", ""),
        (
            "<xml><InfoType>change_external_contact</InfoType>"
            f"<ChangeType>add_external_contact</ChangeType>{PAIR}</xml>",
            "",
        ),
    ],
)
def test_a_notice_is_about_the_customer_who_did_it_and_else_about_nobody(
    plain: str, customer: str
) -> None:
    event = at_wecom(plain)

    assert isinstance(event, Notice | Unrecognised)
    assert (event.who.value if event.who else "") == customer
