"""The seal opens what is genuine and for us, and names the step at which all else fails."""

import base64
import json
from pathlib import Path

import pytest
from wechatpy.crypto import WeChatCrypto

from bot.errors import Refused
from bot.platforms.envelope import Key, Seal, signature, stamp_of
from bot.platforms.outer import encrypt_of
from tests.sealing import (
    AES_KEY,
    NONCE,
    OTHER_KEY,
    RECEIVER,
    TIMESTAMP,
    TOKEN,
    Post,
    encrypted,
    frame,
    padded,
    sealed,
    signed,
)

VECTORS = Path(__file__).parents[1].parent / "shared" / "cases" / "vectors.jsonl"
SEAL = Seal(token=TOKEN, keys=(Key(AES_KEY),), receivers=frozenset({RECEIVER}))


def opened(post: Post, seal: Seal = SEAL) -> bytes:
    return seal.open(
        post.encrypt, timestamp=post.timestamp, nonce=post.nonce, msg_signature=post.signature
    )


def refused_step(post: Post, seal: Seal = SEAL) -> str:
    with pytest.raises(Refused) as refusal:
        opened(post, seal)
    return refusal.value.step


def test_a_sealed_message_opens() -> None:
    assert opened(sealed("你好")) == "你好".encode()


def test_a_message_that_fills_its_block_carries_a_whole_block_of_padding() -> None:
    message = b"x" * (32 * 3 - 20 - len(RECEIVER))

    assert len(frame(message)) % 32 == 0
    assert opened(sealed(message)) == message


@pytest.mark.parametrize("last", "EFGH")
def test_spare_bits_in_the_last_character_of_a_key_do_not_matter(last: str) -> None:
    seal = Seal(token=TOKEN, keys=(Key(AES_KEY[:-1] + last),), receivers=frozenset({RECEIVER}))

    assert opened(sealed("ok"), seal) == b"ok"


@pytest.mark.parametrize("text", ["", AES_KEY[:-1], AES_KEY + "A", AES_KEY[:-1] + "领", "-" * 43])
def test_a_key_of_another_form_is_named_as_such(text: str) -> None:
    with pytest.raises(ValueError, match="43"):
        Key(text)


def test_a_seal_shows_neither_token_nor_key() -> None:
    assert TOKEN not in repr(SEAL)
    assert AES_KEY not in repr(SEAL)


def test_after_a_rotation_the_previous_key_still_opens() -> None:
    keys = (Key(OTHER_KEY), Key(AES_KEY))
    seal = Seal(token=TOKEN, keys=keys, receivers=frozenset({RECEIVER}))

    assert opened(sealed("ok"), seal) == b"ok"


def test_with_two_keys_the_refusal_is_that_of_the_key_that_got_furthest() -> None:
    keys = (Key(OTHER_KEY), Key(AES_KEY))
    seal = Seal(token=TOKEN, keys=keys, receivers=frozenset({"ww_other"}))

    assert refused_step(sealed("ok"), seal) == "receiver"


def test_an_internal_bot_has_an_empty_receiver() -> None:
    seal = Seal(token=TOKEN, keys=(Key(AES_KEY),), receivers=frozenset({""}))

    assert opened(sealed("ok", receiver=""), seal) == b"ok"
    assert refused_step(sealed("ok"), seal) == "receiver"


SOUND = padded(frame(b"<xml/>"))
HOSTILE = {
    "71 not base64": (signed("not base64!"), "base64"),
    "72 url-safe base64": (signed("-_" * 32), "base64"),
    "73 white space inside": (signed(encrypted(SOUND)[:8] + "\n" + encrypted(SOUND)[8:]), "base64"),
    "73b padding missing": (signed(base64.b64encode(b"x" * 64).decode().rstrip("=")), "base64"),
    "73c more after the padding": (signed(encrypted(SOUND[:32]) + "AAAA"), "base64"),
    "73d full-width": (signed("ＡＡＡＡ"), "base64"),
    "74 not a block multiple": (signed(base64.b64encode(b"x" * 33).decode()), "decrypt"),
    "75 one block": (signed(encrypted(b"x" * 16)), "decrypt"),
    "76 empty": (signed(""), "decrypt"),
    "77 pad 0": (signed(encrypted(b"x" * 31 + b"\0")), "padding"),
    "78 pad 33": (signed(encrypted(b"x" * 31 + b"\x21" + b"\x21" * 32)), "padding"),
    "78b pad 255": (signed(encrypted(b"\xff" * 288)), "padding"),
    "79 inconsistent pad": (signed(encrypted(b"x" * 30 + b"\x03\x02")), "padding"),
    "79b nothing but padding": (signed(encrypted(b"\x20" * 32)), "length"),
    "80 inner length 2^31": (signed(encrypted(padded(frame(b"m", length=2**31)))), "length"),
    "81 inner length 0": (signed(encrypted(padded(frame(b"m", length=0)))), "receiver"),
    "82 one too long": (signed(encrypted(padded(frame(b"m", length=2)))), "receiver"),
    "82b one past the end": (
        signed(encrypted(padded(frame(b"m", length=2 + len(RECEIVER))))),
        "length",
    ),
    "83 wrong receiver": (sealed("ok", receiver="ww_somebody"), "receiver"),
    "84 empty receiver": (sealed("ok", receiver=""), "receiver"),
    "85 prefix of ours": (sealed("ok", receiver=RECEIVER[:-1]), "receiver"),
    "85b ours and more": (sealed("ok", receiver=RECEIVER + "x"), "receiver"),
    "another key": (signed(encrypted(SOUND, OTHER_KEY)), "padding"),
}


@pytest.mark.parametrize(("post", "step"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_signed_but_broken_message_is_refused_at_its_step(post: Post, step: str) -> None:
    assert refused_step(post) == step


@pytest.mark.parametrize(("post", "_step"), HOSTILE.values(), ids=HOSTILE.keys())
def test_unsigned_nothing_is_looked_at_but_the_signature(post: Post, _step: str) -> None:
    unsigned = Post(encrypt=post.encrypt, signature="0" * 40)

    assert refused_step(unsigned) == "signature"


def test_87_every_single_bit_flip_of_a_message_is_refused_by_the_signature() -> None:
    post = sealed("<xml><Content>领券</Content></xml>")
    for at in range(len(post.encrypt)):
        for bit in range(7):
            flipped = chr(ord(post.encrypt[at]) ^ (1 << bit))
            text = post.encrypt[:at] + flipped + post.encrypt[at + 1 :]
            assert refused_step(Post(encrypt=text, signature=post.signature)) == "signature"


def test_88_a_signed_flip_is_refused_with_a_step_or_opens_to_bytes() -> None:
    whole = base64.b64decode(sealed("<xml><Content>领券</Content></xml>").encrypt)
    refused = 0
    for at in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[at // 8] ^= 1 << at % 8
        try:
            opened(signed(base64.b64encode(flipped).decode()))
        except Refused as refusal:
            assert refusal.step in ("padding", "length", "receiver")
            refused += 1
    assert refused > 0


def test_the_signature_binds_timestamp_and_nonce() -> None:
    post = sealed("ok")
    moved = Post(
        encrypt=post.encrypt,
        signature=post.signature,
        timestamp=TIMESTAMP[:-1],
        nonce=TIMESTAMP[-1] + NONCE,
    )

    assert refused_step(moved) == "signature"


def test_half_a_surrogate_pair_fails_as_a_signature() -> None:
    assert refused_step(Post(encrypt="\ud800", signature="\udfff")) == "signature"


def test_a_seal_without_a_key_opens_nothing() -> None:
    seal = Seal(token=TOKEN, keys=(), receivers=frozenset({RECEIVER}))

    assert refused_step(sealed("ok"), seal) == "decrypt"


GOOD_QUERY = {"timestamp": TIMESTAMP, "nonce": NONCE, "msg_signature": "0" * 40}
BAD_PARAMETERS = {
    "24 no signature": ("msg_signature", None),
    "25 empty": ("msg_signature", ""),
    "27 renamed to an array": ("msg_signature[]", "0" * 40),
    "28 uppercase hex": ("msg_signature", "A" * 40),
    "29 not hex": ("msg_signature", "g" * 40),
    "30 39 digits": ("msg_signature", "0" * 39),
    "30b 41 digits": ("msg_signature", "0" * 41),
    "30c a newline after": ("msg_signature", "0" * 40 + "\n"),
    "33 timestamp 0": ("timestamp", "0"),
    "34 negative": ("timestamp", "-176000000"),
    "35 19 digits": ("timestamp", "1" * 19),
    "36 full-width digits": ("timestamp", "１７６０００００００"),
    "38 nonce of 10 KiB": ("nonce", "n" * 10240),
    "39 nonce closing a section": ("nonce", "]]>"),
}


@pytest.mark.parametrize(("name", "value"), BAD_PARAMETERS.values(), ids=BAD_PARAMETERS.keys())
def test_a_query_of_another_form_is_refused(name: str, value: str | None) -> None:
    query = {key: text for key, text in GOOD_QUERY.items() if key != name.removesuffix("[]")}
    if value is not None:
        query[name] = value

    with pytest.raises(Refused) as refusal:
        stamp_of(query, "msg_signature")
    assert refusal.value.step == "envelope"


def test_our_seal_opens_with_an_independent_codec() -> None:
    clear = "<xml><Content>收到</Content></xml>"
    ours = SEAL.close(clear.encode(), nonce=NONCE, timestamp=TIMESTAMP, random16=b"0" * 16)
    theirs = WeChatCrypto(TOKEN, AES_KEY, RECEIVER)
    envelope = f"<xml><Encrypt>{ours.encrypt}</Encrypt></xml>"

    opened_there = theirs.decrypt_message(envelope, ours.signature, TIMESTAMP, NONCE)

    assert opened_there in (clear, clear.encode())


def test_the_seal_of_an_independent_codec_opens_with_ours() -> None:
    theirs = WeChatCrypto(TOKEN, AES_KEY, RECEIVER).encrypt_message("你好", NONCE, TIMESTAMP)
    encrypt = encrypt_of(theirs.encode())
    signed_there = signature(TOKEN, TIMESTAMP, NONCE, encrypt)

    assert signed_there in theirs
    assert opened(Post(encrypt=encrypt, signature=signed_there)) == "你好".encode()


@pytest.mark.parametrize(
    ("random16", "seal"),
    [
        (b"short", SEAL),
        (b"0" * 16, Seal(token=TOKEN, keys=(), receivers=frozenset({RECEIVER}))),
        (b"0" * 16, Seal(token=TOKEN, keys=SEAL.keys, receivers=frozenset({"a", "b"}))),
    ],
)
def test_a_seal_that_cannot_close_says_so(random16: bytes, seal: Seal) -> None:
    with pytest.raises(ValueError, match="random bytes"):
        seal.close(b"", nonce=NONCE, timestamp=TIMESTAMP, random16=random16)


def test_a_published_reply_is_reproduced_byte_for_byte() -> None:
    seal = Seal(token="AAAAA", keys=(Key("A" * 43),), receivers=frozenset({"wxba5fad812f8e6fb9"}))

    ours = seal.close(
        b'{"demo_resp":"good luck"}',
        nonce="415670741",
        timestamp="1713424427",
        random16=b"707722b803182950",
    )

    assert ours.signature == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


@pytest.mark.skipif(not VECTORS.exists(), reason=f"no published vectors at {VECTORS}")
def test_every_published_vector_opens_or_is_refused_at_its_step() -> None:
    judged = 0
    for line in VECTORS.read_text().splitlines():
        case = json.loads(line)
        vector, expected = case["payload"], case["expected"]
        if not {"token", "encoding_aes_key"} <= vector.keys():
            continue
        seal = Seal(
            token=vector["token"],
            keys=(Key(vector["encoding_aes_key"]),),
            receivers=frozenset({vector["receive_id"]}),
        )
        post = Post(
            encrypt=vector["encrypt"],
            signature=vector["msg_signature"],
            timestamp=vector["timestamp"],
            nonce=vector["nonce"],
        )
        if expected["verified"]:
            assert opened(post, seal).decode() == expected["plaintext"], case["id"]
        else:
            wanted = {"receive_id": "receiver"}.get(expected["reject"], expected["reject"])
            assert refused_step(post, seal) == wanted, case["id"]
        judged += 1
    assert judged >= 16
