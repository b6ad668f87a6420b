"""`decode` answers every line in order: an event, a refusal, or what is wrong with the line."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.decode import LIMIT_LINE_CHARS, decode_lines, decode_one, run
from commands.report.payload import PLATFORMS
from tests.sealing import AES_KEY, RECEIVER, TOKEN, Post, encrypted, padded, sealed, signed

CASES = Path(__file__).parents[1].parent / "shared" / "cases"
TEXT = (
    "<xml><ToUserName>gh_1</ToUserName><FromUserName>oAda</FromUserName>"
    "<CreateTime>1760000000</CreateTime><MsgType>text</MsgType>"
    "<Content>领券</Content><MsgId>1</MsgId></xml>"
)


def answers(platform: str, *lines: object) -> list[dict[str, object]]:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    return [json.loads(answer) for answer in decode_lines(platform, texts)]


def line_of(post: Post, **changes: object) -> dict[str, object]:
    return {
        "payload": post.body.decode(),
        "token": TOKEN,
        "aes_key": AES_KEY,
        "receiver": RECEIVER,
        "timestamp": post.timestamp,
        "nonce": post.nonce,
        "msg_signature": post.signature,
    } | changes


def test_a_clear_payload_becomes_its_typed_event() -> None:
    assert answers("oa", {"payload": TEXT}) == [
        {
            "v": 1,
            "kind": "msg.text",
            "recognised": True,
            "event": {
                "type": "TextSaid",
                "at": "2025-10-09T08:53:20Z",
                "who": {"kind": "oa_openid", "scope": "", "value": "oAda"},
                "text": "领券",
                "msg_id": "1",
                "menu_id": "",
            },
            "fields": {
                "ToUserName": "gh_1",
                "FromUserName": "oAda",
                "CreateTime": "1760000000",
                "MsgType": "text",
                "Content": "领券",
                "MsgId": "1",
            },
        }
    ]


def test_the_same_payload_means_something_else_to_another_platform() -> None:
    (answer,) = answers("wecom", {"payload": TEXT})

    assert (answer["kind"], answer["recognised"]) == ("msg.text", True)
    assert answer["event"] == {
        "type": "Notice",
        "at": "2025-10-09T08:53:20Z",
        "who": None,
        "kind": "wecom.msg.text",
        "incomplete": True,
    }


@pytest.mark.parametrize(
    ("platform", "payload", "kind"),
    [
        ("aibot", '{"msgtype": "event", "event": {"eventtype": "enter_chat"}}', "event.enter_chat"),
        ("aibot", '{"cmd": "x", "body": {"msgtype": "mixed"}}', "msg.mixed"),
    ],
)
def test_what_lacks_its_subject_is_still_read_whole(platform: str, payload: str, kind: str) -> None:
    (answer,) = answers(platform, {"payload": payload})

    assert (answer["kind"], answer["recognised"]) == (kind, True)
    assert answer["fields"]


def test_a_sealed_payload_is_verified_and_opened() -> None:
    post = sealed(TEXT)

    whole, bare, as_json, as_object = answers(
        "oa",
        line_of(post),
        line_of(post, payload=post.encrypt),
        line_of(post, payload=json.dumps({"encrypt": post.encrypt})),
        line_of(post, payload={"Encrypt": post.encrypt}, timestamp=int(post.timestamp)),
    )

    assert whole["kind"] == "msg.text"
    assert whole["recognised"] is True
    assert whole == bare == as_json == as_object


def test_the_receiver_is_where_a_sealed_name_is_valid() -> None:
    (answer,) = answers("oa", line_of(sealed(TEXT)))

    assert isinstance(answer["event"], dict)
    assert answer["event"]["who"]["scope"] == RECEIVER


@pytest.mark.parametrize("echo", ["1616140317555161061", "abc", ""])
def test_an_opened_echo_is_an_echo(echo: str) -> None:
    (answer,) = answers("wecom", line_of(sealed(echo), payload=sealed(echo).encrypt))

    assert answer == {
        "v": 1,
        "kind": "echo",
        "recognised": True,
        "event": {"echo": echo},
        "fields": {},
    }


def test_an_internal_bot_has_an_empty_receiver() -> None:
    (answer,) = answers("aibot", line_of(sealed('{"msgtype":"text"}', ""), receiver=""))

    assert answer["kind"] == "msg.text"


def test_an_unusual_timestamp_is_for_the_signature_to_judge() -> None:
    (answer,) = answers("oa", line_of(sealed(TEXT), timestamp="0"))

    assert answer["step"] == "signature"


REFUSED = {
    "envelope": line_of(sealed(TEXT), payload="<xml><A/></xml>"),
    "envelope, empty": line_of(sealed(TEXT), payload=" "),
    "envelope, two": line_of(sealed(TEXT), payload='{"encrypt": "A", "Encrypt": "B"}'),
    "signature": line_of(sealed(TEXT), token="another"),
    "signature, surrogate": line_of(sealed(TEXT), nonce="\ud800"),
    "base64": line_of(signed("AAAA AAAA"), payload="AAAA AAAA"),
    "decrypt": line_of(signed("AAAA")),
    "padding": line_of(signed(encrypted(bytes(32)))),
    "length": line_of(signed(encrypted(padded(b"\xff" * 40)))),
    "receiver": line_of(sealed(TEXT), receiver="wx_other"),
    "receiver, surrogate": line_of(sealed(TEXT), receiver="\ud800"),
    "parse": {"payload": "<xml>"},
    "parse, nothing": {"payload": ""},
    "parse, surrogate": {"payload": "<a>\ud800</a>"},
    "parse, NUL": {"payload": '{"a": "\\u0000"}'},
    "parse, sealed": line_of(sealed("<xml>")),
    "parse, sealed and not UTF-8": line_of(sealed(b"\xff\xfe")),
    "parse, too long": {"payload": "<a>" + "x" * 65_536 + "</a>"},
    "usage": {"payload": sealed(TEXT).body.decode(), "token": TOKEN},
    "usage, no receiver": line_of(sealed(TEXT), receiver=None),
    "decrypt, key": line_of(sealed(TEXT), aes_key="short"),
    "signature, before the key": line_of(sealed(TEXT), aes_key="short", token="other"),
    "usage, types": line_of(sealed(TEXT), nonce=["n"]),
    "usage, boolean": line_of(sealed(TEXT), nonce=True),
    "usage, no payload": {},
    "usage, payload a number": {"payload": 5},
    "usage, payload deep": '{"payload": ' + "[" * 900 + "]" * 900 + "}",
    "usage, blank": "",
    "usage, white": " \r\n",
    "usage, words": "<xml/>",
    "usage, a list": [TEXT],
    "usage, endless": "[" * 100_000,
    "usage, huge number": '{"payload": ' + "9" * 5000 + "}",
    "usage, too long": " " * (LIMIT_LINE_CHARS + 1),
}


@pytest.mark.parametrize(("name", "line"), REFUSED.items(), ids=REFUSED.keys())
def test_what_is_refused_names_its_step(name: str, line: object) -> None:
    (answer,) = answers("oa", line)

    assert answer.keys() == {"v", "error", "step"}
    # Python's own limit on nesting decides who refuses a payload that is nested without sense.
    wanted = {name.split(",", maxsplit=1)[0]} | ({"parse"} if "deep" in name else set())
    assert answer["step"] in wanted


def test_each_line_has_its_answer_in_order() -> None:
    mixed = [{"payload": f"<a><n>{n}</n></a>"} if n % 3 else "rubbish" for n in range(30)]

    told = answers("oa", *mixed)

    assert [answer.get("fields", {}) for answer in told] == [
        {"n": str(n)} if n % 3 else {} for n in range(30)
    ]


def test_a_payload_given_as_an_object_is_read_as_json() -> None:
    (answer,) = answers("oa", {"payload": {"MsgType": "text", "n": [1, True, None]}})

    assert answer["fields"] == {"MsgType": "text", "n[0]": "1", "n[1]": "true", "n[2]": ""}


def test_an_answer_stays_on_one_line_for_every_reader() -> None:
    (answer,) = decode_lines("oa", [json.dumps({"payload": "<a><b>\u2028\u2029\x85</b></a>"})])

    assert len(answer.splitlines()) == 1
    assert json.loads(answer)["fields"] == {"b": "\u2028\u2029\x85"}


def stream(content: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="ascii")


def test_standard_input_may_hold_any_bytes() -> None:
    good = json.dumps({"payload": "<a><b>1</b></a>"}).encode()
    out = io.StringIO()
    content = b"\n".join([good, b"\xff", good + b"\r", b"a\rb\x0cc", b"x" * (5 << 20), b"", good])

    assert run("oa", True, stream(content), out) == 0

    told = [json.loads(answer) for answer in out.getvalue().splitlines()]
    assert ["fields" in answer for answer in told] == [True, False, True, False, False, False, True]


@pytest.mark.parametrize(
    ("platform", "payload", "code"),
    [("oa", TEXT, 0), ("oa", "<xml>", 1), ("oa", "", 1), ("weibo", TEXT, 2)],
)
def test_one_payload_sets_the_exit_code(platform: str, payload: str, code: int) -> None:
    out = stream(b"")

    assert run(platform, False, stream(payload.encode()), out) == code
    out.seek(0)
    assert isinstance(json.loads(out.read()), dict)


def test_a_plain_text_stream_will_do() -> None:
    out = io.StringIO()

    assert run("oa", True, io.StringIO('{"payload": "<a/>"}\n\n'), out) == 0
    assert len(out.getvalue().splitlines()) == 2
    assert run("oa", False, io.StringIO(TEXT), out) == 0


def test_one_payload_is_read_with_its_trailing_line_end() -> None:
    assert json.loads(decode_one("oa", TEXT + "\n"))["kind"] == "msg.text"


def callbacks() -> Iterator[dict[str, object]]:
    for line in (CASES / "callbacks.jsonl").read_text().splitlines():
        yield json.loads(line)


@pytest.mark.skipif(not CASES.exists(), reason=f"no payloads of other projects at {CASES}")
@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_payloads_of_other_projects_are_named_as_they_name_them(platform: str) -> None:
    for case in callbacks():
        (answer,) = answers(platform, {"payload": case["payload"]})
        kind = str(case["kind"])
        assert "error" not in answer, case["id"]
        if kind.startswith(("msg.", "event.", "info.")):
            assert answer["kind"] == kind, case["id"]


@pytest.mark.skipif(not CASES.exists(), reason=f"no vectors of other projects at {CASES}")
def test_the_vectors_of_other_projects_open_or_are_refused_where_they_say() -> None:
    names = {"encoding_aes_key": "aes_key", "receive_id": "receiver", "encrypt": "payload"}
    judged = 0
    for text in (CASES / "vectors.jsonl").read_text().splitlines():
        case = json.loads(text)
        line = {names.get(name, name): value for name, value in case["payload"].items()}
        (answer,) = answers(case["platform"], line)
        if not {"token", "aes_key", "receiver"} <= line.keys():
            assert answer["step"] == "usage", case["id"]
        elif case["expected"]["verified"]:
            assert "error" not in answer, case["id"]
            judged += 1
        else:
            wanted = {"receive_id": "receiver"}.get(case["expected"]["reject"], "signature")
            assert answer["step"] == wanted, case["id"]
            judged += 1
    assert judged >= 16
