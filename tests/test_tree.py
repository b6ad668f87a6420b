"""A document becomes leaves that lose nothing, or is refused before it can do harm."""

import json
from pathlib import Path

import pytest

from bot.errors import Refused
from bot.platforms.outer import encrypt_of
from bot.platforms.tree import LIMIT_BYTES, leaves, parse

CALLBACKS = Path(__file__).parents[1].parent / "shared" / "cases" / "callbacks.jsonl"

LOSSLESS = {
    "the root's name is left out": ("<any><A>1</A></any>", {"A": "1"}),
    "an empty element is empty": ("<xml><A/><B></B></xml>", {"A": "", "B": ""}),
    "an empty document has no leaf": ("<xml> </xml>", {}),
    "a root that speaks is a leaf": ("<xml>hi</xml>", {"": "hi"}),
    "text is untrimmed": ("<xml><A> \n<![CDATA[x]]> </A></xml>", {"A": " \nx "}),
    "69 split CDATA": ("<x><A><![CDATA[a]]]]><![CDATA[>b]]></A></x>", {"A": "a]]>b"}),
    "one child is not numbered": ("<x><L><I>1</I></L></x>", {"L.I": "1"}),
    "siblings are numbered": (
        "<x><L><I>1</I><I>2</I></L><Z/></x>",
        {"L.I[0]": "1", "L.I[1]": "2", "Z": ""},
    ),
    "siblings are numbered at every level": (
        "<x><a><b>1</b><b>2</b></a><a><b>3</b></a></x>",
        {"a[0].b[0]": "1", "a[0].b[1]": "2", "a[1].b": "3"},
    ),
    "numbers count siblings apart": (
        "<x><a>1</a><b>2</b><a>3</a></x>",
        {"a[0]": "1", "b": "2", "a[1]": "3"},
    ),
    "58 an attribute cannot pose as an element": (
        '<x MsgType="text"><A b="1">t</A></x>',
        {"@MsgType": "text", "A": "t", "A@b": "1"},
    ),
    "66 a namespace prefix stays in the name": (
        '<x xmlns:e="u"><e:MsgType>text</e:MsgType></x>',
        {"@xmlns:e": "u", "e:MsgType": "text"},
    ),
    "words between elements are kept": ("<x><a>1<b/>2</a></x>", {"a.b": "", "a#text": "12"}),
    "zero-width indentation is nothing": ("<x>\n\u200b<a>1</a>\n</x>", {"a": "1"}),
    "68 a comment is nothing": ("<x><a>1<!-- 2 -->3</a></x>", {"a": "13"}),
    "65 a byte order mark is nothing": ("\ufeff <x><a>1</a></x>", {"a": "1"}),
    "a declaration may say UTF-8": ('<?xml version="1.0" encoding="utf-8"?><x><a/></x>', {"a": ""}),
    "JSON texts, truths and nothing": (
        '{"a": "x", "b": true, "c": false, "d": null}',
        {"a": "x", "b": "true", "c": "false", "d": ""},
    ),
    "numbers stay as written": (
        '{"a": 1.0, "b": 1e400, "c": -0, "d": 1180591620717411303424}',
        {"a": "1.0", "b": "1e400", "c": "-0", "d": "1180591620717411303424"},
    ),
    "array items are always numbered": (
        '{"a": ["x"], "b": [{"c": 1}]}',
        {"a[0]": "x", "b[0].c": "1"},
    ),
    "an array as root": ("[1, [2]]", {"[0]": "1", "[1][0]": "2"}),
    "empty objects and arrays have no leaf": ('{"a": {}, "b": [], "c": ""}', {"c": ""}),
    "a member given twice is two siblings": (
        '{"a": 1, "a": {"b": 2}, "c": 3}',
        {"a[0]": "1", "a[1].b": "2", "c": "3"},
    ),
    "names with dots never swallow another leaf": (
        '{"a.b": 1, "a": {"b": 2}, "c[0]": 3, "c": [4]}',
        {"a.b": "1", "a.b[1]": "2", "c[0]": "3", "c[0][1]": "4"},
    ),
    "an empty name is a name": ('{"": 1, "a": {"": 2}}', {"": "1", "a.": "2"}),
    "surrogate pairs are text": ('{"a": "\\ud83d\\ude04"}', {"a": "😄"}),
}


@pytest.mark.parametrize(("text", "expected"), LOSSLESS.values(), ids=LOSSLESS.keys())
def test_every_leaf_is_there_under_its_path(text: str, expected: dict[str, str]) -> None:
    assert leaves(parse(text)) == expected
    assert leaves(parse(text.encode())) == expected


BOMB = "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY a{n} '{'&a' * 10};'>" for n in range(10)
)
HOSTILE: dict[str, bytes | str] = {
    "1 empty": b"",
    "blank": b" \n",
    "words": b"success",
    "a bare number": b"42",
    "46 DOCTYPE": b"<!DOCTYPE x><x/>",
    "47 internal entity": b"<!DOCTYPE x [<!ENTITY e 'v'>]><x>&e;</x>",
    "48 external file": b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
    "49 external address": b"<!DOCTYPE x SYSTEM 'http://127.0.0.1/x.dtd'><x/>",
    "50 parameter entity": b"<!DOCTYPE x [<!ENTITY % p SYSTEM 'http://127.0.0.1/'> %p;]><x/>",
    "51 billion laughs": BOMB + "]><x>&a9;</x>",
    "52 quadratic blow-up": f"<!DOCTYPE x [<!ENTITY e '{'y' * 9999}'>]><x>{'&e;' * 999}</x>",
    "an entity nobody declared": b"<x>&nbsp;</x>",
    "53 depth": b"<a>" * 9 + b"</a>" * 9,
    "53b depth without end": b"<a>" * 20_000,
    "54 siblings": b"<x>" + b"<a/>" * 4096 + b"</x>",
    "55 attributes": "<x " + " ".join(f'a{n}=""' for n in range(4097)) + "/>",
    "60 two roots": b"<x/><x/>",
    "61 NUL": b"<x>\0</x>",
    "61b NUL in JSON": b'{"a": "\\u0000"}',
    "61c NUL as a name": b'{"\\u0000": 1}',
    "62 half a surrogate pair": b"<x>\xed\xa0\x80</x>",
    "62b in a str": "<x>\ud800</x>",
    "62c as a reference": b"<x>&#xD800;</x>",
    "62d in JSON": b'{"a": "\\ud800"}',
    "62e as a name": b'{"\\udfff": 1}',
    "63 UTF-16": "<x/>".encode("utf-16"),
    "64 GB18030": "<?xml version='1.0' encoding='GB18030'?><x>领</x>".encode("gb18030"),
    "64b GB18030 only declared": b"<?xml version='1.0' encoding='GB18030'?><x>a</x>",
    "67 processing instruction": b"<?php echo 1 ?><x/>",
    "68 1 MiB comment": b"<x><!--" + b"-" * (1 << 20) + b"--></x>",
    "2 one byte over 64 KiB": b"<x>" + b"y" * (LIMIT_BYTES - 6) + b"</x>",
    "not closed": b"<x>",
    "JSON not closed": b'{"a": 1',
    "JSON depth": b"[" * 9 + b"]" * 9,
    "175 JSON depth without end": b"[" * 60_000,
    "JSON items": json.dumps(list(range(4096))),
    "JSON NaN": b'{"a": NaN}',
    "JSON infinity": b"[-Infinity]",
    "JSON and more": b"{} {}",
    "JSON comment": b"{/**/}",
}


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_document_is_refused_as_unreadable(payload: bytes | str) -> None:
    with pytest.raises(Refused) as refusal:
        parse(payload)
    assert refusal.value.step == "parse"


def test_the_limits_themselves_are_allowed() -> None:
    parse(b"<x>" + b"y" * (LIMIT_BYTES - 7) + b"</x>")
    parse(b"<a>" * 8 + b"</a>" * 8)
    parse(b"<x>" + b"<a/>" * 4095 + b"</x>")
    parse(b"[" * 8 + b"]" * 8)


@pytest.mark.parametrize(
    "body",
    [
        "<xml><Encrypt>QUJD</Encrypt></xml>",
        "<xml><Encrypt><![CDATA[QUJD]]></Encrypt></xml>",
        "\n<xml>\n <AgentID></AgentID> <Encrypt>QUJD</Encrypt>\n<ToUserName/></xml>\n",
        "<xml><Encrypt>QUJD</Encrypt>\n<ToUserName>ww1</ToUserName></xml>",
        "<other><Encrypt>\n  <![CDATA[QUJD]]>\n</Encrypt></other>",
        "<?xml version='1.0'?><xml><FromUserName>某人</FromUserName><Encrypt>QUJD</Encrypt></xml>",
        '{"encrypt": "QUJD"}',
        '{"ToUserName": "gh_1", "Encrypt": "QUJD"}',
    ],
)
def test_the_one_encrypt_of_an_envelope_is_found(body: str) -> None:
    assert encrypt_of(body.encode()) == "QUJD"


ENVELOPES = {
    "nothing": "",
    "not a document": "QUJD",
    "not closed": "<xml><Encrypt>QUJD</Encrypt>",
    "no Encrypt": "<xml><ToUserName>ww1</ToUserName></xml>",
    "56 two Encrypt": "<xml><Encrypt>QUJD</Encrypt><Encrypt>QUJD</Encrypt></xml>",
    "56b in two spellings": '{"encrypt": "QUJD", "Encrypt": "QUJD"}',
    "56c a member twice": '{"encrypt": "QUJD", "encrypt": "QUJD"}',
    "57 nested": "<xml><a><Encrypt>QUJD</Encrypt></a></xml>",
    "57b in itself": "<xml><Encrypt><Encrypt>QUJD</Encrypt></Encrypt></xml>",
    "57c a second below": "<xml><Encrypt>QUJD</Encrypt><a><encrypt>QUJD</encrypt></a></xml>",
    "58 as an attribute": '<xml Encrypt="QUJD"/>',
    "a list": '{"encrypt": ["QUJD"]}',
    "46 DOCTYPE": "<!DOCTYPE xml><xml><Encrypt>QUJD</Encrypt></xml>",
    "60 two roots": "<xml><Encrypt>QUJD</Encrypt></xml><xml/>",
    "a form feed is no white space": "<xml>\x0c<Encrypt>QUJD</Encrypt></xml>",
    "over 64 KiB": "<xml><Encrypt>" + "A" * LIMIT_BYTES + "</Encrypt></xml>",
}


@pytest.mark.parametrize("body", ENVELOPES.values(), ids=ENVELOPES.keys())
def test_an_envelope_without_exactly_one_encrypt_is_refused(body: str) -> None:
    with pytest.raises(Refused) as refusal:
        encrypt_of(body.encode())
    assert refusal.value.step == "envelope"


@pytest.mark.skipif(not CALLBACKS.exists(), reason=f"no payloads of other projects at {CALLBACKS}")
def test_the_payloads_of_other_projects_lose_no_leaf() -> None:
    cases = [json.loads(line) for line in CALLBACKS.read_text().splitlines()]
    for case in cases:
        payload = case["payload"]
        text = payload if isinstance(payload, str) else json.dumps(payload)
        derived = {
            path: leaf if isinstance(leaf, str) else json.dumps(leaf)
            for path, leaf in case["expected"]["derived"].items()
        }
        assert leaves(parse(text)) == derived, case["id"]
    assert len(cases) > 400
