"""Hostile messages 46 to 112, each twice: unsigned, and sealed and signed with the real Token.

Unsigned, none leaves a trace. Signed, each is answered so that the platform does not send it
again, and stands in one row: in quarantine when it cannot be read, else as what it is.
"""

import base64
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import ClientResponse

from tests.callbacks import CORP, GH, contact_added, said
from tests.front import Client, front
from tests.rooms import Installed, installed
from tests.sealing import Post, sealed, signed
from tests.test_envelope import HOSTILE as CIPHERS
from tests.test_tree import HOSTILE as DOCUMENTS

ROOM_BYTES = 48 * 1024  # what fits into a body of 64 KiB once it is sealed


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


@pytest.fixture
async def client(shop: Installed) -> AsyncIterator[Client]:
    async with front(shop) as one:
        yield one


async def post(client: Client, one: Post, account: str = "oa") -> ClientResponse:
    return await client.post(f"/callback/{account}", params=one.query, data=one.body)


def _bytes(document: bytes | str) -> bytes:
    return document.encode("utf-8", "surrogatepass") if isinstance(document, str) else document


SMALL = {name: _bytes(text) for name, text in DOCUMENTS.items() if len(text) < ROOM_BYTES}
LARGE = {name: _bytes(text) for name, text in DOCUMENTS.items() if name not in SMALL}
LARGE["108 Content of 1 MiB"] = said("ada", "x" * (1 << 20), 1).encode()
LARGE["53 100,000 deep"] = b"<a>" * 100_000
LARGE["54 200,000 siblings"] = b"<x>" + b"<a/>" * 200_000 + b"</x>"
LARGE["55 50,000 attributes"] = b"<x " + b" ".join(b'a%d=""' % n for n in range(50_000)) + b"/>"


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
async def test_a_hostile_document_that_nobody_signed_leaves_no_trace(
    shop: Installed, client: Client, document: bytes | str
) -> None:
    genuine = sealed("<xml/>")

    got = await client.post("/callback/oa", params=genuine.query, data=BytesIO(_bytes(document)))

    assert (got.status, await got.read()) == (403, b"")
    assert await shop.one("SELECT count(*) FROM inbox") == 0


async def test_signed_hostile_documents_are_quarantined_in_one_row_each(
    shop: Installed, client: Client
) -> None:
    for document in SMALL.values():
        for _ in range(2):
            got = await post(client, sealed(document))
            assert (got.status, await got.text()) == (200, "success")

    rows = await shop.rows("SELECT body, state, error, duplicates FROM inbox ORDER BY id")
    assert [bytes(row["body"]) for row in rows] == [*dict.fromkeys(SMALL.values())]
    assert {(row["state"], row["error"].split(":")[0]) for row in rows} == {
        ("quarantined", "parse")
    }
    assert shop.platform.asked == []


async def test_a_document_beyond_the_limit_of_a_body_is_refused_unread(
    shop: Installed, client: Client
) -> None:
    for document in LARGE.values():
        large = sealed(document)
        got = await client.post("/callback/oa", params=large.query, data=BytesIO(large.body))
        assert got.status == 403
    assert await shop.one("SELECT count(*) FROM inbox") == 0


async def test_hostile_ciphers_leave_no_trace_unsigned_and_one_row_signed(
    shop: Installed, client: Client
) -> None:
    for one, _step in CIPHERS.values():
        unsigned = Post(encrypt=one.encrypt, signature="0" * 40)
        assert (await post(client, unsigned)).status == 403
    assert await shop.one("SELECT count(*) FROM inbox") == 0

    for one, _step in CIPHERS.values():
        got = await post(client, one)
        assert (got.status, await got.text()) == (200, "success")

    found = await shop.rows("SELECT state, error FROM inbox ORDER BY id")
    assert [row["error"].split(":")[0] for row in found] == [step for _, step in CIPHERS.values()]
    assert {row["state"] for row in found} == {"quarantined"}


def message(inner: str, openid: str = "ada") -> str:
    return (
        f"<xml><ToUserName>{GH}</ToUserName><FromUserName>{openid}</FromUserName>"
        f"<CreateTime>1760000000</CreateTime>{inner}</xml>"
    )


TEXT = "<MsgType>text</MsgType><Content>领券</Content><MsgId>1</MsgId>"
EVENT = "<MsgType>event</MsgType>"
# What is well-formed is kept as what it is: name -> message, the state it ends in.
READABLE = {
    "58 an attribute named MsgType": ('<xml MsgType="text"><Content>x</Content></xml>', "ignored"),
    "59 another root": (message(TEXT).replace("xml>", "root>"), "done"),
    "65 a byte order mark": ("\ufeff" + message(TEXT), "done"),
    "66 a namespace prefix": (
        message(TEXT).replace("<xml>", '<xml xmlns:e="u">').replace("MsgType", "e:MsgType"),
        "ignored",
    ),
    "68 a comment": (message("<!-- no -->" + TEXT), "done"),
    "69 split CDATA": (
        message(TEXT.replace("领券", "<![CDATA[领]]><![CDATA[券]]>")),
        "done",
    ),
    "70 JSON": ('{"FromUserName": "ada", "MsgType": "text", "Content": "x", "MsgId": 1}', "done"),
    "89 no MsgType": (message("<Content>x</Content>"), "ignored"),
    "90 MsgType given twice": (message("<MsgType>image</MsgType>" + TEXT), "done"),
    "90 MsgType an object": (message("<MsgType><a>text</a></MsgType>"), "ignored"),
    "91 an unknown MsgType": (message("<MsgType>hologram</MsgType>"), "ignored"),
    "92 an unknown event": (message(f"{EVENT}<Event>teleported</Event>"), "ignored"),
    "93 an event without a name": (message(EVENT), "ignored"),
    "94 a time of letters": (message(TEXT).replace("1760000000", "abc"), "done"),
    "95 a time of 1e308": (message(TEXT).replace("1760000000", "1e308"), "done"),
    "96 no time": (message(TEXT).replace("1760000000", ""), "done"),
    "97 a sender of 10 KiB": (message(TEXT, "o" * 10_240), "ignored"),
    "98 ../": (message(TEXT, "../../etc/passwd"), "done"),
    "99 SQL": (message(TEXT, "' OR 1=1; DROP TABLE inbox; --"), "done"),
    "100 CR LF": (message(TEXT, "o&#13;&#10;Set-Cookie: a"), "ignored"),
    "101 a template": (message(TEXT, "{{7*7}}"), "done"),
    "102 a formula": (message(TEXT, "=cmd()"), "done"),
    "103 a script": (message(TEXT, "&lt;script&gt;"), "done"),
    "107 MsgId 2^70": (message(TEXT.replace(">1<", f">{2**70}<")), "done"),
    "109 nothing to see": (message(TEXT.replace("领券", "\u200b\u202e\u2066")), "done"),
    "110 10,000 marks": (message(TEXT.replace("领券", "a" + "\u0301" * 10_000)), "done"),
    "111 a confusable keyword": (message(TEXT.replace("领券", "颌券 сoupon")), "done"),
    "112 500 emoji joined": (message(TEXT.replace("领券", "👨\u200d" * 500)), "done"),
}


@pytest.mark.parametrize(("plain", "state"), READABLE.values(), ids=READABLE.keys())
async def test_a_strange_message_is_kept_in_one_row_as_what_it_is(
    shop: Installed, client: Client, plain: str, state: str
) -> None:
    unsigned = Post(encrypt=sealed(plain).encrypt, signature="0" * 40)
    assert (await post(client, unsigned)).status == 403
    assert await shop.one("SELECT count(*) FROM inbox") == 0

    for _ in range(2):
        assert (await post(client, sealed(plain))).status == 200
    await shop.settle_down()

    kept = await shop.rows("SELECT state FROM inbox WHERE source <> 'internal'")
    assert [row["state"] for row in kept] == [state]
    assert int(await shop.one("SELECT count(*) FROM coupon_grant")) <= 1


WELCOMES = {
    "104 an empty welcome code": [contact_added("m1", code="")],
    "105 a welcome code used again by another": [
        contact_added("m1", code="WC1"),
        contact_added("m2", code="WC1"),
    ],
    "106 a welcome code of 10 KiB": [contact_added("m1", code="W" * 10_240)],
}


@pytest.mark.parametrize("plains", WELCOMES.values(), ids=WELCOMES.keys())
async def test_a_strange_welcome_code_breaks_nothing(
    shop: Installed, client: Client, plains: list[str]
) -> None:
    for plain in plains:
        assert (await post(client, sealed(plain, CORP), "corp")).status == 200
    await shop.settle_down()

    states = {row["state"] for row in await shop.rows("SELECT state FROM inbox")}
    assert states <= {"done"}
    codes = [asked.body["welcome_code"] for asked in shop.platform.to("send_welcome_msg")]
    assert len(codes) <= len(plains)  # a code used twice is for the platform to refuse
    assert "" not in codes


async def test_86_what_opens_and_is_no_text_is_quarantined(shop: Installed, client: Client) -> None:
    for noise in (b"\xff\xfe<xml/>", b"<xml><Content>\xe9\xa2</Content></xml>"):
        assert (await post(client, sealed(noise))).status == 200

    states = [row["state"] for row in await shop.rows("SELECT state FROM inbox")]
    assert states == ["quarantined"] * 2


async def test_88_flips_that_are_signed_are_answered_and_quarantined(
    shop: Installed, client: Client
) -> None:
    whole = base64.b64decode(sealed(message(TEXT)).encrypt)
    for at in range(0, len(whole), 16):
        flipped = bytearray(whole)
        flipped[at] ^= 1
        one = signed(base64.b64encode(flipped).decode())
        assert (await post(client, one)).status == 200

    kept = await shop.rows("SELECT DISTINCT state FROM inbox")
    assert "quarantined" in {row["state"] for row in kept}
