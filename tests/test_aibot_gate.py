"""The internal bot's door: sealed JSON becomes typed events, and whatever else comes is kept."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import Refused
from bot.events import BotAsked, BotEntered, CardTapped, Event, Notice, Unrecognised
from bot.platforms.aibot.gate import answer_get, decode, open_post, stream_asked
from bot.platforms.aibot.reply import (
    LIMIT_CONTENT_BYTES,
    NOTHING,
    answer,
    sealed_reply,
    stream_reply,
)
from bot.platforms.envelope import Key, Seal
from commands.decode import decode_one
from tests.bot_letters import INNER, URL, asked, entered, polled, tapped
from tests.sealing import NONCE, TIMESTAMP, Post, sealed

CASES = Path(__file__).parents[1].parent / "shared" / "cases" / "callbacks.jsonl"
SHEET_TOKEN = "sheetToken2026"
SHEET_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
# wecom/crypto.md, vector S1: a question to a bot, whose receiver is empty.
SHEET_CIPHER = (
    "Q3stYC6hdFzMh9T8HCvyDHOv/tCS0Pqsvb6Kjz2ObMVMpHvbCrfRHOc9e7mi3tIjHV+DW1dZf32bzU5V+Txlw7fTwsSWN"
    "79XqUBbF+jGQT9Gc10FRTbDirUsG0DKVwDIh5xtD2cXjHC0tRiWuigj1JZGe6iA0pFMeIzMDkH1KkPNOVSj/jqhlb8sBl"
    "vZmlhohNRK9FjWWp6AmH4Jq/nkEx4mbrSGKtrY8B2xH+sd1QaKoswsu/OGkihrL7JdpdWAplPTiiqpMLUyCH2YF8b4eZE"
    "7nNJOT+kxCIfEOMSZYjk7B+bCdCL/yMPD9U+w5yHHdqdS2hltvhmgkn5Vzw1rEA=="
)
SHEET_SIGNATURE = "983bbd690f1a504aa119d7aa8b6f11009aa0bf35"
SHEET_REPLY = (
    "Q3stYC6hdFzMh9T8HCvyDH1QhNxlY9aRJQCMMGpA/xyriEom4ElaVfNzf7unswM6FtNMQ+GGZWgzg/PDzBCL6TL/nab4W"
    "SbevSPUaqylKYpmZu7P6tUfizCcyREUQy8LzSMm/E2mzu0S+9seKoRhBSFK/M7C80GFw9092ocOibo="
)
SHEET_SEAL = Seal(token=SHEET_TOKEN, keys=(Key(SHEET_KEY),), receivers=frozenset({""}))


def told(message: str, name: str = "店小二") -> Event:
    return decode("bot", name, message)


def sheet_query(signature: str = SHEET_SIGNATURE) -> dict[str, str]:
    return {"msg_signature": signature, "timestamp": TIMESTAMP, "nonce": NONCE}


def test_the_sheets_own_question_opens() -> None:
    body = json.dumps({"encrypt": SHEET_CIPHER}).encode()

    event = told(open_post(SHEET_SEAL, sheet_query(), body).decode())

    assert isinstance(event, BotAsked)
    assert (event.text, event.staff, event.msg_id, event.chat) == ("你好", "zhangsan", "m-0001", "")
    assert event.response_url.endswith("response_code=RC0001")


def test_the_sheets_own_reply_is_sealed_byte_for_byte() -> None:
    clear = '{"msgtype":"stream","stream":{"id":"st-1","finish":false,"content":"处理中"}}'.encode()

    made = SHEET_SEAL.close(clear, nonce=NONCE, timestamp=TIMESTAMP, random16=b"0123456789abcdef")

    assert (made.encrypt, made.signature) == (
        SHEET_REPLY,
        "4a3481ddf727d9b3626fe849fdb61dd75d0892b7",
    )


def test_the_echo_of_a_verification_comes_back_bare() -> None:
    seal = Seal(token="demoToken2026", keys=(Key(SHEET_KEY),), receivers=frozenset({""}))
    post = sealed("任意 echo 文字", "")

    echo = answer_get(seal, {**post.query, "echostr": post.encrypt})

    assert echo.decode() == "任意 echo 文字"


def envelope(post: Post) -> bytes:
    return json.dumps({"encrypt": post.encrypt}).encode()


@pytest.mark.parametrize(
    ("post", "body", "step"),
    [
        (sealed(asked("hi"), "ww0123456789abcdef"), None, "receiver"),
        (sealed(asked("hi"), ""), asked("hi").encode(), "envelope"),
        (sealed(asked("hi"), ""), b'{"encrypt": "A", "encrypt": "B"}', "envelope"),
        (sealed(asked("hi"), ""), b'{"data": {"encrypt": "A"}}', "envelope"),
        (sealed(asked("hi"), ""), b'{"encrypt": 1}', "signature"),
        (sealed(asked("hi"), ""), b"", "envelope"),
        (sealed(asked("hi"), ""), b"\xff\xfe", "envelope"),
    ],
    ids=["another receiver", "in clear", "two", "deeper", "number", "empty", "no text"],
)
def test_what_is_not_sealed_for_this_bot_is_refused_at_its_step(
    post: Post, body: bytes | None, step: str
) -> None:
    seal = Seal(token="demoToken2026", keys=(Key(SHEET_KEY),), receivers=frozenset({""}))
    with pytest.raises(Refused) as refused:
        open_post(seal, post.query, envelope(post) if body is None else body)
    assert refused.value.step == step


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("@店小二 今天谁没领券", "今天谁没领券"),
        ("@店小二\u2005今天谁没领券", "今天谁没领券"),
        ("@店小二今天谁没领券", "今天谁没领券"),
        ("今天谁没领券 @店小二", "今天谁没领券"),
        ("@小助手 今天谁没领券", "今天谁没领券"),
        ("@小助手", ""),
        ("@店小二", ""),
        ("今天谁没领券", "今天谁没领券"),
    ],
)
def test_a_mention_is_no_part_of_a_groups_words(said: str, heard: str) -> None:
    event = told(asked(said, chat=INNER))

    assert isinstance(event, BotAsked)
    assert (event.text, event.chat) == (heard, INNER)


def test_alone_with_the_bot_an_at_sign_is_a_word_like_any_other() -> None:
    event = told(asked("@店小二 在吗", chatid="xiaowang"))

    assert isinstance(event, BotAsked)
    assert (event.text, event.chat) == ("@店小二 在吗", "")
    assert (event.response_url, event.occasion, event.who) == (URL, "text", None)


def test_a_bot_whose_name_has_a_space_is_mentioned_by_all_of_it() -> None:
    event = told(asked("@Shop Bot 群满了吗", chat=INNER), "Shop Bot")

    assert isinstance(event, BotAsked)
    assert event.text == "群满了吗"


def test_text_among_pictures_and_a_voice_are_words_too() -> None:
    parts = [
        {"msgtype": "text", "text": {"content": "@店小二 第一段"}},
        {"msgtype": "image", "image": {"url": "https://e/1"}},
        {"msgtype": "text", "text": {"content": "第二段"}},
    ]
    quote = {"msgtype": "mixed", "mixed": {"msg_item": parts}}
    mixed = told(asked("", chat=INNER, msgtype="mixed", mixed={"msg_item": parts}, quote=quote))
    voice = told(asked("", msgtype="voice", voice={"content": "今天核销"}))

    assert isinstance(mixed, BotAsked)
    assert isinstance(voice, BotAsked)
    assert (mixed.text, voice.text) == ("第一段\n第二段", "今天核销")
    assert mixed.fields["quote.mixed.msg_item[2].text.content"] == "第二段"


def test_an_employee_enters_and_taps() -> None:
    came, tap = told(entered()), told(tapped("task-1", "sent"))

    assert isinstance(came, BotEntered)
    assert (came.staff, came.at) == ("xiaowang", datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC))
    assert isinstance(tap, CardTapped)
    assert (tap.task, tap.key, tap.staff, tap.response_code) == ("task-1", "sent", "xiaowang", "")


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (asked("", msgtype="image", image={"url": "u", "aeskey": "k"}), "aibot.msg.image"),
        (asked("", msgtype="file", file={"url": "u"}), "aibot.msg.file"),
        (asked("", msgtype="video", video={"url": "u"}), "aibot.msg.video"),
        (asked("", msgtype="mixed", mixed={"msg_item": []}), "aibot.msg.mixed"),
        (asked("hi", staff=""), "aibot.msg.text"),
        (asked("hi", ""), "aibot.msg.text"),
        (asked(""), "aibot.msg.text"),
        (asked("", msgtype="hologram", hologram={"deep": [1, {"a": None}]}), "msg.hologram"),
        (
            asked("", msgtype="event", event={"eventtype": "feedback_event"}),
            "aibot.event.feedback_event",
        ),
        (asked("", msgtype="event", event={"eventtype": "tomorrow"}), "event.tomorrow"),
        ("{}", "other"),
        ("[]", "other"),
    ],
)
def test_every_other_message_is_kept_with_all_its_fields(message: str, kind: str) -> None:
    event = told(message)

    assert isinstance(event, Notice if kind.startswith("aibot.") else Unrecognised)
    assert event.kind == kind
    assert bool(event.fields) == (kind != "other")


def test_a_member_given_twice_keeps_both_values_and_the_first_counts() -> None:
    once = asked("今天领券")
    event = told(once[:-1] + ', "msgid": "m2", "ticket": 9007199254740993123}')

    assert isinstance(event, BotAsked)
    assert event.msg_id == "m1"
    assert (event.fields["msgid[0]"], event.fields["msgid[1]"]) == ("m1", "m2")
    assert event.fields["ticket"] == "9007199254740993123"


@pytest.mark.parametrize(
    "message",
    ["", "你好", "{", '{"a": "\\u0000"}', "[" * 9 + "]" * 9, '{"a": "' + "x" * 65_536 + '"}'],
)
def test_what_is_no_readable_document_is_refused_and_nothing_else(message: str) -> None:
    for reader in (told, stream_asked):
        with pytest.raises(Refused) as refused:
            reader(message)
        assert refused.value.step == "parse"


def test_only_a_poll_asks_for_a_stream() -> None:
    found = stream_asked(polled("S1"))

    assert found is not None
    assert found.stream == "S1"
    assert stream_asked(asked("hi")) is None
    assert stream_asked('{"msgtype": "stream"}') is None


def test_answers_fit_what_the_platform_takes() -> None:
    long = "券" * 10_000
    whole = json.loads(answer(told(asked("hi")), "S1", long))
    greeting = json.loads(answer(told(entered()), "S1", "您好"))
    step = json.loads(stream_reply("S1", "正在查…", finish=False))

    assert whole["stream"]["id"] == "S1"
    assert whole["stream"]["finish"] is True
    assert len(whole["stream"]["content"].encode()) <= LIMIT_CONTENT_BYTES
    assert whole["stream"]["content"].endswith("券…")
    assert greeting == {"msgtype": "text", "text": {"content": "您好"}}
    assert step["stream"] == {"id": "S1", "finish": False, "content": "正在查…"}


def test_a_reply_is_sealed_under_the_callbacks_own_nonce() -> None:
    sealed_body = json.loads(sealed_reply(SHEET_SEAL, NOTHING, NONCE, 1_760_000_000))

    assert sealed_body.keys() == {"encrypt", "msgsignature", "timestamp", "nonce"}
    assert (sealed_body["nonce"], sealed_body["timestamp"]) == (NONCE, 1_760_000_000)
    opened = SHEET_SEAL.open(
        sealed_body["encrypt"], timestamp=TIMESTAMP, nonce=NONCE,
        msg_signature=sealed_body["msgsignature"],
    )  # fmt: skip
    assert opened == b"{}"


# --- decode, the command ---


def test_decode_tells_a_poll_from_a_question() -> None:
    question, poll = (json.loads(decode_one("aibot", one)) for one in (asked("hi"), polled("S")))

    assert (question["recognised"], question["event"]["type"]) == (True, "BotAsked")
    assert (poll["recognised"], poll["kind"]) == (True, "msg.stream")
    assert poll["event"] == {"type": "StreamAsked", "stream": "S"}


@pytest.mark.skipif(not CASES.exists(), reason=f"no payloads of other projects at {CASES}")
def test_every_leaf_of_other_projects_payloads_is_kept() -> None:
    types = {}
    for line in CASES.read_text().splitlines():
        case = json.loads(line)
        if case["platform"] != "aibot":
            continue
        told_of = json.loads(decode_one("aibot", json.dumps(case["payload"], ensure_ascii=False)))
        derived = {path: str(leaf) for path, leaf in case["expected"]["derived"].items()}
        assert told_of["fields"] == derived, case["id"]
        types[case["kind"]] = told_of["event"]["type"]
    assert types == {
        "aibot.stream": "StreamAsked",
        "aibot.text.single": "BotAsked",
        "aibot.text.group": "BotAsked",
        "aibot.mixed": "BotAsked",
        "aibot.event.enter_chat": "BotEntered",
        "aibot.event.template_card_event": "CardTapped",
        "aibot.image": "Notice",
    }
