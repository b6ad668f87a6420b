"""Whatever arrives is refused or decoded: no bytes can crash a door, and sealing loses nothing."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.events import Event
from bot.platforms.aibot import gate as aibot
from bot.platforms.envelope import Key, Seal
from bot.platforms.happening import dedupe_text
from bot.platforms.kf import gate as kf
from bot.platforms.oa import gate as oa
from bot.platforms.oa.reply import text_reply
from bot.platforms.outer import encrypt_of
from bot.platforms.tree import leaves, parse
from bot.platforms.wecom import gate as wecom
from commands.decode import decode_lines
from tests.sealing import AES_KEY, RECEIVER, TOKEN, sealed, signed
from tests.test_oa_gate import TEXT
from tests.test_oa_reply import NOW

SEAL = Seal(token=TOKEN, keys=(Key(AES_KEY),), receivers=frozenset({RECEIVER}))

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=30,
)
PIECES = st.sampled_from(
    ["<xml>", "</xml>", "<Event>", "</Event>", "<MsgType>event</MsgType>", "<a b='c'/>", "&amp;",
     "<![CDATA[", "]]>", "change_external_chat", "<Encrypt>", "</Encrypt>", "QUJD", "\n", "\0",
     "<ChatId>wr1</ChatId>", "<ChangeType>update</ChangeType>", "领券", "<!DOCTYPE x>", "<?x ?>"]
)  # fmt: skip
XMLISH = st.lists(PIECES, max_size=12).map(lambda parts: "<xml>" + "".join(parts) + "</xml>")
DOCUMENTS = st.binary(max_size=300) | XMLISH.map(str.encode) | JSON.map(json.dumps).map(str.encode)
STEPS = {"envelope", "signature", "base64", "decrypt", "padding", "length", "receiver", "parse"}


def decoded(plain: bytes) -> list[Event]:
    try:
        return [door.decode("a", "ww1", plain) for door in (oa, wecom, kf, aibot)]
    except Refused as refusal:
        assert refusal.step == "parse"
        return []


@given(DOCUMENTS)
def test_any_bytes_are_refused_or_decoded_and_lose_no_leaf(plain: bytes) -> None:
    for event in decoded(plain):
        assert event.fields == leaves(parse(plain))
        assert dedupe_text("a", event.fields)


@given(JSON.filter(lambda value: isinstance(value, dict | list)))
def test_every_scalar_of_a_json_document_has_its_leaf(value: object) -> None:
    try:
        found = leaves(parse(json.dumps(value)))
    except Refused:
        return

    def count(part: object) -> int:
        if isinstance(part, dict):
            return sum(map(count, part.values()))
        return sum(map(count, part)) if isinstance(part, list) else 1

    assert len(found) == count(value)


@given(DOCUMENTS, st.dictionaries(st.sampled_from(list(sealed("").query)), st.text(max_size=50)))
def test_any_post_is_refused_with_a_step_or_opened(body: bytes, query: dict[str, str]) -> None:
    for mode in oa.Mode:
        try:
            oa.open_post(mode, SEAL, sealed("").query | query, body)
        except Refused as refusal:
            assert refusal.step in STEPS


@given(st.binary(max_size=600), st.binary(min_size=16, max_size=16))
def test_what_is_closed_opens_as_it_was(plain: bytes, random16: bytes) -> None:
    reply = SEAL.close(plain, nonce="n", timestamp="1760000000", random16=random16)

    opened = SEAL.open(
        reply.encrypt, timestamp="1760000000", nonce="n", msg_signature=reply.signature
    )
    assert opened == plain
    assert len(reply.encrypt) % 4 == 0


@given(st.binary(max_size=600))
def test_what_another_codec_sealed_opens_as_it_was(plain: bytes) -> None:
    post = sealed(plain)

    opened = SEAL.open(
        post.encrypt, timestamp=post.timestamp, nonce=post.nonce, msg_signature=post.signature
    )
    assert opened == plain


@given(st.text(max_size=200))
def test_any_signed_text_is_refused_with_a_step_or_opened(encrypt: str) -> None:
    try:
        post = signed(encrypt)
    except UnicodeEncodeError:
        return
    try:
        SEAL.open(
            post.encrypt, timestamp=post.timestamp, nonce=post.nonce, msg_signature=post.signature
        )
    except Refused as refusal:
        assert refusal.step in STEPS


@given(XMLISH | XMLISH.map(lambda text: text.replace("<xml>", "<xml><Encrypt>QUJD</Encrypt>", 1)))
def test_the_short_way_to_encrypt_agrees_with_the_parser(text: str) -> None:
    body = text.encode()
    # A comment says nothing to a parser, and the short way does not know any.
    slow = body.replace(b"<xml>", b"<xml><!-- -->", 1)

    assert _found(body) == _found(slow)


def _found(body: bytes) -> str:
    try:
        return encrypt_of(body)
    except Refused as refusal:
        return refusal.step


@given(st.text(max_size=3000))
def test_any_words_survive_an_answer_or_are_none(words: str) -> None:
    event = oa.decode("a", RECEIVER, TEXT)
    try:
        content = leaves(parse(text_reply(event, words, NOW)))["Content"]
    except ValueError:
        return
    kept = re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", words)
    sent = kept.replace("\r\n", "\n").replace("\r", "\n")  # as every XML reader does
    assert content == sent or (content.endswith("…") and sent.startswith(content[:-1]))


LINES = (
    st.text(max_size=200)
    | JSON.map(json.dumps)
    | st.fixed_dictionaries(
        {"payload": JSON | XMLISH},
        optional={name: JSON for name in ("token", "aes_key", "receiver", "nonce")},
    ).map(json.dumps)
)


@given(st.lists(LINES, max_size=5))
def test_every_line_has_one_answer(lines: list[str]) -> None:
    for platform in ("oa", "wecom", "kf", "aibot"):
        told = list(decode_lines(platform, lines))

        assert len(told) == len(lines)
        for answer in told:
            assert len(answer.splitlines()) == 1
            assert json.loads(answer).keys() & {"kind", "error"}
