"""Callback URLs over HTTP: one answer for every refusal, and a 200 only for what is on disk."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient
from structlog.testing import capture_logs

from bot.errors import DatabaseTrouble
from tests.callbacks import contact_added, followed, said
from tests.front import Client, front, opened_reply
from tests.rooms import Installed, installed, post_of
from tests.sealing import NONCE, TIMESTAMP, TOKEN, Post, encrypted, frame, padded, sealed, sign


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


async def inbox_size(shop: Installed) -> int:
    return int(await shop.one("SELECT count(*) FROM inbox"))


async def test_a_message_is_answered_inside_the_response(shop: Installed, client: Client) -> None:
    got = await post(client, post_of(followed("ada", "poster-S012-door")))
    assert got.status == 200
    reply = opened_reply(await got.read())
    assert "<ToUserName><![CDATA[ada]]></ToUserName>" in reply
    assert "门口见" in reply
    for _ in range(50):  # the outcome is written just after the response
        state = await shop.one("SELECT state FROM effect WHERE kind = 'oa_reply'")
        if state == "done":
            break
        await asyncio.sleep(0.02)
    assert state == "done"


async def test_a_duplicate_gets_the_same_bytes_under_a_fresh_seal(
    shop: Installed, client: Client
) -> None:
    message = post_of(said("ada", "领券", 1))
    bodies = [await (await post(client, message)).read() for _ in range(3)]
    assert len({opened_reply(body) for body in bodies}) == 1
    assert len(set(bodies)) == 3
    assert await inbox_size(shop) == 1
    assert await shop.one("SELECT count(*) FROM coupon_grant") == 1


async def test_deliveries_at_the_same_moment_are_one_message(
    shop: Installed, client: Client
) -> None:
    message = post_of(said("ada", "领券", 1))
    answers = await asyncio.gather(*(post(client, message) for _ in range(8)))
    assert {one.status for one in answers} == {200}
    assert await shop.one("SELECT count(*) FROM coupon_grant") == 1
    replies = {
        opened_reply(await one.read()) for one in answers if one.content_type != "text/plain"
    }
    assert len(replies) == 1


async def test_nothing_to_say_is_success_and_never_sealed(client: Client) -> None:
    oa = await post(client, post_of(said("ada", "x", 1).replace(">text<", ">hologram<")))
    assert (oa.status, await oa.text()) == (200, "success")
    corp = await post(client, post_of(contact_added("m1"), "corp"), "corp")
    assert (corp.status, await corp.text()) == (200, "")


def unsigned() -> dict[str, Post]:
    """One callback for each step that refuses what the platform did not send."""
    genuine = post_of(said("ada", "领券", 1))
    return {
        "signature": Post(encrypt=genuine.encrypt, signature="0" * 40),
        "envelope": Post(encrypt=genuine.encrypt, signature="short"),
    }


def unopenable() -> dict[str, Post]:
    """One callback for each step that finds what the platform signed beyond opening."""
    garbled = encrypted(padded(frame(b"<xml/>"))[:-1] + b"\x00")
    short = encrypted(padded(frame(b"m", length=2**31)))
    return {
        "base64": Post(encrypt="!!", signature=sign(TOKEN, TIMESTAMP, NONCE, "!!")),
        "decrypt": Post(encrypt="AAAA", signature=sign(TOKEN, TIMESTAMP, NONCE, "AAAA")),
        "padding": Post(encrypt=garbled, signature=sign(TOKEN, TIMESTAMP, NONCE, garbled)),
        "length": Post(encrypt=short, signature=sign(TOKEN, TIMESTAMP, NONCE, short)),
        "receiver": sealed(said("ada", "领券", 1), "somebody-else"),
        "parse": sealed("no document"),
    }


async def test_every_refusal_looks_alike_and_leaves_nothing(
    shop: Installed, client: Client
) -> None:
    seen = set()
    for refused in unsigned().values():
        got = await post(client, refused)
        headers = {name: got.headers[name] for name in got.headers if name != "Date"}
        seen.add((got.status, await got.read(), tuple(sorted(headers.items()))))
    assert len(seen) == 1
    assert next(iter(seen))[:2] == (403, b"")
    assert {step for _, step in shop.acceptor.refused} == set(unsigned())
    assert await inbox_size(shop) == 0


async def test_what_is_signed_and_cannot_be_opened_is_kept_once_and_not_sent_again(
    shop: Installed, client: Client
) -> None:
    for one in (*unopenable().values(), *unopenable().values()):
        got = await post(client, one)
        assert (got.status, await got.text()) == (200, "success")

    rows = await shop.rows("SELECT state, kind, error, duplicates FROM inbox ORDER BY id")
    assert [row["error"].split(":")[0] for row in rows] == list(unopenable())
    assert {(row["state"], row["kind"], row["duplicates"]) for row in rows} == {
        ("quarantined", "unreadable", 1)
    }
    assert shop.acceptor.refused == {("oa", step): 2 for step in unopenable()}


async def test_what_is_signed_and_cannot_be_kept_is_sent_again(
    shop: Installed, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_work: object, **_how: object) -> None:
        raise DatabaseTrouble("the disk is full")

    monkeypatch.setattr(shop.db, "write", full)
    for one in unopenable().values():
        assert (await post(client, one)).status == 503


async def test_a_refusal_is_logged_with_the_setting_to_look_at(client: Client) -> None:
    with capture_logs() as logged:
        for refused in {**unsigned(), **unopenable()}.values():
            await post(client, refused)
        await post(client, sealed(said("ada", "领券", 1), "somebody-else"), "corp")
    refusals = [line for line in logged if line["event"] == "refused"]
    assert [(line["step"], line["setting"]) for line in refusals] == [
        ("signature", "accounts[0].token"),
        ("envelope", "accounts[0]"),
        ("base64", "accounts[0]"),
        ("decrypt", "accounts[0].aes_key"),
        ("padding", "accounts[0].aes_key"),
        ("length", "accounts[0].aes_key"),
        ("receiver", "accounts[0].appid"),
        ("parse", "accounts[0]"),
        ("receiver", "accounts[1].corpid"),
    ]


async def test_a_parameter_given_twice_is_refused(client: Client) -> None:
    one = post_of(said("ada", "领券", 1))
    twice = [*one.query.items(), ("nonce", "another")]
    assert (await client.post("/callback/oa", params=twice, data=one.body)).status == 403


async def test_a_compressed_body_is_refused_unread(shop: Installed, client: Client) -> None:
    one = post_of(said("ada", "领券", 1))
    got = await client.post(
        "/callback/oa", params=one.query, data=gzip.compress(one.body),
        headers={"Content-Encoding": "gzip"},
    )  # fmt: skip
    assert got.status == 403
    assert await inbox_size(shop) == 0


async def test_a_body_of_64_kib_is_read_and_a_larger_one_refused(
    shop: Installed, client: Client
) -> None:
    largest = post_of(said("ada", "长" * 10_000, 1))
    assert 40_000 < len(largest.body) <= 64 * 1024
    assert (await post(client, largest)).status == 200
    room = 64 * 1024 + 1 - len(largest.body)
    got = await client.post("/callback/oa", params=largest.query, data=largest.body + b" " * room)
    assert got.status == 403


async def test_an_endless_body_without_a_length_is_cut_off(client: Client) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 8192
            yield b"x" * 8192

    one = post_of(said("ada", "领券", 1))
    got = await client.post("/callback/oa", params=one.query, data=endless())
    assert got.status == 403
    assert sent < 16 * 1024 * 1024  # what the sockets between us hold, and no more


async def test_a_body_that_dawdles_is_refused(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.body._READ_WITHIN_S", 0.1)

    async def dawdling() -> AsyncIterator[bytes]:
        yield b"<xml>"
        await asyncio.sleep(0.4)
        yield b"</xml>"

    one = post_of(said("ada", "领券", 1))
    assert (await client.post("/callback/oa", params=one.query, data=dawdling())).status == 403


async def test_both_platforms_can_verify_their_url(client: Client) -> None:
    stamp = {"timestamp": TIMESTAMP, "nonce": NONCE}
    oa = {**stamp, "signature": sign(TOKEN, TIMESTAMP, NONCE), "echostr": "5837397576500011341"}
    got = await client.get("/callback/oa", params=oa)
    assert (got.status, await got.text(), got.content_type) == (
        200, "5837397576500011341", "text/plain",
    )  # fmt: skip
    echo = post_of("1616140317555161061", "corp")
    corp = {**stamp, "msg_signature": echo.signature, "echostr": echo.encrypt}
    got = await client.get("/callback/corp", params=corp)
    assert (got.status, await got.read()) == (200, b"1616140317555161061")


async def test_a_verification_that_is_not_genuine_is_refused(client: Client) -> None:
    query = {"timestamp": TIMESTAMP, "nonce": NONCE, "signature": "0" * 40, "echostr": "1"}
    assert (await client.get("/callback/oa", params=query)).status == 403
    assert (await client.get("/callback/corp", params=query)).status == 403
    assert (await client.get("/callback/oa")).status == 403


async def test_what_is_not_on_disk_is_not_acknowledged(
    shop: Installed, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_work: object, **_how: object) -> None:
        raise DatabaseTrouble("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(shop.db, "write", full)
        assert (await post(client, post_of(said("ada", "领券", 1)))).status == 503
        assert (await client.get("/ready")).status == 503
    assert (await post(client, post_of(said("ada", "领券", 1)))).status == 200
    assert await shop.one("SELECT count(*) FROM coupon_grant") == 1


async def test_unknown_paths_and_methods_are_not_served(client: TestClient) -> None:  # type: ignore[type-arg]
    assert (await client.post("/callback/nobody")).status == 404
    assert (await client.put("/callback/oa")).status == 405
    assert (await client.get("/live")).status == 200
