"""An Official Account's answer: to the one who wrote, safe whatever the words, sealed when due."""

from datetime import UTC, datetime

import pytest

from bot.platforms.oa.reply import text_reply
from bot.platforms.outer import encrypt_of
from bot.platforms.passive import LIMIT_TEXT_BYTES, sealed_reply
from bot.platforms.tree import leaves, parse
from tests.sealing import NONCE
from tests.test_oa_gate import ADA, SEAL, TEXT, told

NOW = datetime(2025, 10, 9, 8, 53, 21, tzinfo=UTC)


def test_an_answer_goes_back_to_the_one_who_wrote() -> None:
    assert leaves(parse(text_reply(told(TEXT), "收到", NOW))) == {
        "ToUserName": ADA,
        "FromUserName": "gh_0123456789ab",
        "CreateTime": "1760000001",
        "MsgType": "text",
        "Content": "收到",
    }


def test_words_cannot_break_out_of_an_answer() -> None:
    words = "a]]><Content>b</Content>\0\x0b\ud800c"

    reply = leaves(parse(text_reply(told(TEXT), words, NOW)))

    assert reply["Content"] == "a]]><Content>b</Content>c"


def test_a_text_too_long_is_cut_at_a_character() -> None:
    content = leaves(parse(text_reply(told(TEXT), "券" * 1000, NOW)))["Content"]

    assert len(content.encode()) <= LIMIT_TEXT_BYTES
    assert content.endswith("券…")


@pytest.mark.parametrize("words", ["", " \n", "\0"])
def test_an_answer_that_says_nothing_is_not_written(words: str) -> None:
    with pytest.raises(ValueError, match="says nothing"):
        text_reply(told(TEXT), words, NOW)


def test_a_sealed_answer_opens_again() -> None:
    body = sealed_reply(SEAL, b"<xml/>", NONCE, 1760000001)
    reply = leaves(parse(body))

    assert list(reply) == ["Encrypt", "MsgSignature", "TimeStamp", "Nonce"]
    assert reply["Nonce"] == NONCE
    assert (
        SEAL.open(
            encrypt_of(body),
            timestamp="1760000001",
            nonce=NONCE,
            msg_signature=reply["MsgSignature"],
        )
        == b"<xml/>"
    )
