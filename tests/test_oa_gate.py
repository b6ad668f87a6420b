"""An Official Account's door: three modes, five kinds of event, and an answer that is safe."""

from datetime import UTC, datetime

import pytest
from multidict import MultiDict

from bot.errors import Refused
from bot.events import (
    Alias,
    AliasKind,
    Event,
    Followed,
    MenuTapped,
    Notice,
    Scanned,
    TextSaid,
    Unfollowed,
    Unrecognised,
)
from bot.platforms.envelope import Key, Seal
from bot.platforms.happening import dedupe_text
from bot.platforms.oa.gate import Mode, answer_get, decode, open_post
from bot.platforms.tree import leaves, parse
from tests.sealing import AES_KEY, NONCE, RECEIVER, TIMESTAMP, TOKEN, Post, sealed, sign

SEAL = Seal(token=TOKEN, keys=(Key(AES_KEY),), receivers=frozenset({RECEIVER}))
ADA = "oDemo0000000000000000000001"
PLAIN_QUERY = {
    "signature": sign(TOKEN, TIMESTAMP, NONCE),
    "timestamp": TIMESTAMP,
    "nonce": NONCE,
}


def message(inner: str, openid: str = ADA) -> str:
    return (
        f"<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>"
        f"<FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>1760000000</CreateTime>{inner}</xml>"
    )


def happening(name: str, inner: str = "") -> str:
    return message(f"<MsgType>event</MsgType><Event>{name}</Event>{inner}")


def told(plain: str) -> Event:
    return decode("brand-oa", RECEIVER, plain.encode())


TEXT = message("<MsgType>text</MsgType><Content>领券</Content><MsgId>24000000000000001</MsgId>")


def test_a_follower_types_something() -> None:
    event = told(TEXT)

    assert isinstance(event, TextSaid)
    assert (event.text, event.msg_id, event.account) == ("领券", "24000000000000001", "brand-oa")
    assert event.who == Alias(AliasKind.OA_OPENID, RECEIVER, ADA)
    assert event.at == datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)
    assert event.fields["Content"] == "领券"


@pytest.mark.parametrize(
    ("key", "scene"),
    [
        ("<EventKey>qrscene_S012</EventKey>", "S012"),
        ("<EventKey>qrscene_qrscene_S012</EventKey>", "qrscene_S012"),
        ("<EventKey>\n  <![CDATA[qrscene_S012]]>\n</EventKey>", "S012"),
        ("<EventKey></EventKey>", ""),
        ("", ""),
        ("<EventKey>last_trade_no_400807</EventKey>", ""),
        ("<EventKey>scanbarcode|keystandard|keystr</EventKey>", ""),
    ],
)
def test_a_follow_knows_the_entry_code_that_was_scanned(key: str, scene: str) -> None:
    event = told(happening("subscribe", key))

    assert isinstance(event, Followed)
    assert event.scene == scene


def test_scans_taps_and_leaving_are_told_in_any_case() -> None:
    scanned = told(happening("SCAN", "<EventKey>S012</EventKey>"))
    tapped = told(happening("click", "<EventKey>MENU_COUPON</EventKey>"))

    assert isinstance(scanned, Scanned)
    assert scanned.scene == "S012"
    assert isinstance(tapped, MenuTapped)
    assert tapped.key == "MENU_COUPON"
    assert isinstance(told(happening("unsubscribe")), Unfollowed)


UNKNOWN = {
    "89 no MsgType": (message("<Content>hi</Content>"), "other"),
    "90 MsgType an object": (message("<MsgType><a>text</a></MsgType>"), "other"),
    "91 unknown MsgType": (message("<MsgType>hologram</MsgType>"), "msg.hologram"),
    "92 unknown event": (happening("Teleported"), "event.Teleported"),
    "93 event without a name": (message("<MsgType>event</MsgType>"), "event"),
    "58 MsgType an attribute": ('<xml MsgType="text"><Content>hi</Content></xml>', "other"),
    "97 a sender of 10 KiB": (TEXT.replace(ADA, "o" * 10240), "oa.msg.text"),
    "100 a sender with a line end": (TEXT.replace(ADA, "o\nx"), "oa.msg.text"),
    "no sender": (TEXT.replace(ADA, ""), "oa.msg.text"),
    "a text without words": (TEXT.replace("领券", ""), "oa.msg.text"),
    "a scan of nothing": (happening("SCAN"), "oa.event.scan"),
    "a tap on nothing": (happening("CLICK", "<EventKey/>"), "oa.event.click"),
    "an unopened envelope": ("<xml><Encrypt>QUJD</Encrypt></xml>", "sealed"),
    "an empty document": ("<xml/>", "other"),
}


@pytest.mark.parametrize(("plain", "kind"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_we_cannot_act_on_is_kept_under_its_own_name(plain: str, kind: str) -> None:
    event = told(plain)

    assert isinstance(event, Notice | Unrecognised)
    assert event.kind == kind
    assert event.ignored()
    assert event.fields == leaves(parse(plain))


@pytest.mark.parametrize(
    ("plain", "kind"),
    [
        ("<xml><InfoType>authorized</InfoType></xml>", "oa.info.authorized"),
        (message("<MsgType>device_event</MsgType><Event>bind</Event>"), "oa.event.bind"),
        (message("<MsgType>voice</MsgType><MediaId>m</MediaId>"), "oa.msg.voice"),
        (happening("MassSendJobFinish", "<MsgID>1</MsgID>"), "oa.event.masssendjobfinish"),
        (happening("complaint callback"), "oa.event.complaint_callback"),
    ],
)
def test_what_the_manual_names_and_we_only_record_is_a_notice(plain: str, kind: str) -> None:
    event = told(plain)

    assert isinstance(event, Notice)
    assert (event.kind, event.incomplete, event.ignored()) == (kind, False, False)
    assert event.fields == leaves(parse(plain))


def test_a_line_tapped_in_a_menu_message_is_said_under_its_id() -> None:
    event = told(TEXT.replace("</xml>", "<bizmsgmenuid>m1</bizmsgmenuid></xml>"))

    assert isinstance(event, TextSaid)
    assert (event.text, event.menu_id) == ("领券", "m1")


HARMLESS = [
    "../../etc/passwd",
    "' OR 1=1 --",
    "{{7*7}}",
    "=cmd()",
    "&lt;script&gt;",
    "\u200b\u202e",
    "a" + "\u0301" * 10_000,
    "👨\u200d👩\u200d👧" * 100,
]


@pytest.mark.parametrize("words", HARMLESS)
def test_strange_words_are_words(words: str) -> None:
    assert isinstance(told(TEXT.replace("领券", words)), TextSaid)


@pytest.mark.parametrize("time", ["abc", "1e308", "", "-5", "0", "１７６", "9" * 19, "4102444800"])
def test_a_time_that_is_none_is_none(time: str) -> None:
    event = told(TEXT.replace("1760000000", time))

    assert isinstance(event, TextSaid)
    assert event.at is None


def test_a_repeated_content_never_replaces_the_first() -> None:
    event = told(TEXT.replace("</Content>", "</Content><Content>二</Content>"))

    assert isinstance(event, TextSaid)
    assert event.text == "领券"


def test_json_is_read_as_well() -> None:
    event = told('{"FromUserName": "oAda", "MsgType": "text", "Content": "hi", "MsgId": 1234}')

    assert isinstance(event, TextSaid)
    assert event.msg_id == "1234"


def test_a_redelivery_has_the_same_key_and_another_message_has_not() -> None:
    key = dedupe_text("brand-oa", told(TEXT).fields)
    again = told(TEXT.replace("MsgId>", "msgid>").replace("领券", " 领券"))

    assert dedupe_text("brand-oa", again.fields) == key
    assert dedupe_text("other-oa", told(TEXT).fields) != key
    assert dedupe_text("brand-oa", told(TEXT.replace("0001<", "0002<")).fields) != key
    assert dedupe_text("brand-oa", told(TEXT.replace(ADA, ADA + "x")).fields) != key


def test_two_events_of_one_second_have_two_keys() -> None:
    one = dedupe_text("a", told(happening("CLICK", "<EventKey>A</EventKey>")).fields)
    two = dedupe_text("a", told(happening("CLICK", "<EventKey>B</EventKey>")).fields)

    assert one != two
    assert dedupe_text("a", {"b": "c", "d": "e"}) != dedupe_text("a", {"b": "cd", "": "e"})


def test_the_callback_address_is_verified_with_a_clear_echo() -> None:
    assert answer_get(SEAL, PLAIN_QUERY | {"echostr": "4375120948"}) == b"4375120948"


@pytest.mark.parametrize(
    ("change", "step"),
    [
        ({"signature": "0" * 40}, "signature"),
        ({"nonce": "another"}, "signature"),
        ({"echostr": ""}, "envelope"),
        ({"echostr": "领"}, "envelope"),
    ],
)
def test_a_false_verification_is_refused(change: dict[str, str], step: str) -> None:
    with pytest.raises(Refused) as refusal:
        answer_get(SEAL, PLAIN_QUERY | {"echostr": "1"} | change)
    assert refusal.value.step == step


def test_each_mode_opens_what_it_should() -> None:
    post = sealed(TEXT)
    both = post.body.replace(b"<Encrypt>", b"<Content>forged</Content><Encrypt>")

    assert open_post(Mode.PLAIN, SEAL, PLAIN_QUERY, TEXT.encode()) == TEXT.encode()
    assert open_post(Mode.SAFE, SEAL, post.query | PLAIN_QUERY, post.body) == TEXT.encode()
    assert open_post(Mode.COMPATIBLE, SEAL, post.query, both) == TEXT.encode()


SEALED_TEXT = sealed(TEXT)
FORGED = Post(encrypt=SEALED_TEXT.encrypt, signature="0" * 40)
REFUSED_POSTS = {
    "41 downgrade": (Mode.SAFE, PLAIN_QUERY, TEXT.encode(), "envelope"),
    "41b with the sealed body": (Mode.COMPATIBLE, PLAIN_QUERY, SEALED_TEXT.body, "envelope"),
    "42 raw": (
        Mode.SAFE,
        SEALED_TEXT.query | {"encrypt_type": "raw"},
        SEALED_TEXT.body,
        "envelope",
    ),
    "clear body": (Mode.SAFE, SEALED_TEXT.query, TEXT.encode(), "envelope"),
    "forged": (Mode.SAFE, FORGED.query, FORGED.body, "signature"),
    "plain forged": (Mode.PLAIN, PLAIN_QUERY | {"signature": "0" * 40}, b"<xml/>", "signature"),
    "26 twice": (
        Mode.SAFE,
        MultiDict([*SEALED_TEXT.query.items(), ("nonce", NONCE)]),
        SEALED_TEXT.body,
        "envelope",
    ),
}


@pytest.mark.parametrize(
    ("mode", "query", "body", "step"), REFUSED_POSTS.values(), ids=REFUSED_POSTS.keys()
)
def test_a_post_that_proves_nothing_is_refused(
    mode: Mode, query: dict[str, str], body: bytes, step: str
) -> None:
    with pytest.raises(Refused) as refusal:
        open_post(mode, SEAL, query, body)
    assert refusal.value.step == step
