"""Hostile queries 24 to 45: a stamp that proves nothing is refused like every other."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from multidict import MultiDict

from bot.clock import moment
from tests.bare_socket import request, spoken, status_of
from tests.callbacks import said
from tests.front import Client, front
from tests.little_shop import NOW_US
from tests.rooms import Installed, installed, post_of
from tests.sealing import NONCE, TIMESTAMP, TOKEN, sign

GENUINE = post_of(said("ada", "领券", 1))
PATH = "/callback/oa"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


@pytest.fixture
async def client(shop: Installed) -> AsyncIterator[Client]:
    async with front(shop) as one:
        yield one


async def nothing_is_left(shop: Installed) -> bool:
    kept = await shop.one("SELECT count(*) FROM inbox")
    return not kept and not shop.platform.asked


def query(**changes: str | None) -> dict[str, str]:
    """A genuine query with something changed, or left out where it is None."""
    changed: dict[str, str | None] = {**GENUINE.query, **changes}
    return {name: text for name, text in changed.items() if text is not None}


def signed_at(timestamp: str) -> dict[str, str]:
    """A query whose signature is right for another time."""
    signature = sign(TOKEN, timestamp, NONCE, GENUINE.encrypt)
    return query(timestamp=timestamp, msg_signature=signature)


def resigned(token: str) -> dict[str, str]:
    return query(msg_signature=sign(token, TIMESTAMP, NONCE, GENUINE.encrypt))


NEXT_YEAR = str(int(moment(NOW_US).timestamp()) + 365 * 86_400)
QUERIES = {
    "24 no signature": query(msg_signature=None),
    "25 an empty signature": query(msg_signature=""),
    "27 a name made an array": query(nonce=None) | {"nonce[]": NONCE},
    "28 uppercase hex": query(msg_signature=GENUINE.signature.upper()),
    "29 not hex": query(msg_signature="g" * 40),
    "30 39 digits": query(msg_signature=GENUINE.signature[:-1]),
    "30 41 digits": query(msg_signature=GENUINE.signature + "0"),
    "31 another account's signature": resigned("anotherToken"),
    "32 an old Token": resigned(TOKEN + "Old"),
    "33 timestamp 0": signed_at("0"),
    "34 negative": signed_at("-1760000000"),
    "35 19 digits": signed_at("1" * 19),
    "36 full-width digits": signed_at("１７６００００００１"),
    "37 a year ahead": signed_at(NEXT_YEAR),
    "38 a nonce of 4 KiB": query(nonce="n" * 4_096),
    "39 a nonce that closes a section": query(nonce="]]>"),
    "40 digits moved to the nonce": query(timestamp=TIMESTAMP[:-1], nonce=TIMESTAMP[-1] + NONCE),
    "42 raw": query(encrypt_type="raw"),
}


@pytest.mark.parametrize("given", QUERIES.values(), ids=QUERIES.keys())
async def test_a_query_that_proves_nothing_is_refused_like_every_other(
    shop: Installed, client: Client, given: Mapping[str, str]
) -> None:
    got = await client.post(PATH, params=given, data=GENUINE.body)

    assert (got.status, await got.read()) == (403, b"")
    assert await nothing_is_left(shop)


async def test_26_a_signature_given_twice_is_refused(shop: Installed, client: Client) -> None:
    twice = MultiDict([*GENUINE.query.items(), ("msg_signature", "0" * 40)])

    assert (await client.post(PATH, params=twice, data=GENUINE.body)).status == 403
    assert await nothing_is_left(shop)


async def test_38_a_nonce_of_ten_kib_is_more_than_the_server_reads(
    shop: Installed, client: Client
) -> None:
    heard = await spoken(client, request(target=f"{PATH}?nonce={'n' * 10_240}"))

    assert status_of(heard) == 400
    assert await nothing_is_left(shop)


async def test_41_a_clear_message_to_a_sealed_account_is_refused(
    shop: Installed, client: Client
) -> None:
    clear = {"signature": sign(TOKEN, TIMESTAMP, NONCE), "timestamp": TIMESTAMP, "nonce": NONCE}

    for given in (clear, {**clear, "encrypt_type": "raw"}):
        got = await client.post(PATH, params=given, data=said("ada", "领券", 1).encode())
        assert got.status == 403
    assert await nothing_is_left(shop)


async def test_43_a_verification_with_a_bad_signature_is_refused(client: Client) -> None:
    stamp = {"timestamp": TIMESTAMP, "nonce": NONCE, "echostr": "1"}
    for path in (PATH, "/callback/corp", "/callback/bot"):
        for name in ("signature", "msg_signature"):
            got = await client.get(path, params={**stamp, name: "0" * 40})
            assert (got.status, await got.read()) == (403, b"")


async def test_44_an_echo_of_a_page_is_text_that_no_browser_runs(client: Client) -> None:
    echo = "<script>alert(1)</script>"
    stamp = {"timestamp": TIMESTAMP, "nonce": NONCE, "signature": sign(TOKEN, TIMESTAMP, NONCE)}

    got = await client.get(PATH, params={**stamp, "echostr": echo})

    assert (got.status, await got.text()) == (200, echo)
    assert got.content_type == "text/plain"
    assert got.headers["X-Content-Type-Options"] == "nosniff"


async def test_45_an_account_that_is_not_served_verifies_nothing(client: Client) -> None:
    stamp = {"timestamp": TIMESTAMP, "nonce": NONCE, "signature": sign(TOKEN, TIMESTAMP, NONCE)}

    got = await client.get("/callback/retired", params={**stamp, "echostr": "1"})

    assert got.status == 404
