"""Hostile requests 1 to 23: bodies and connections that no platform sends leave nothing behind.

Each case carries its number. What the web server settles itself is shown on a bare socket.
"""

import asyncio
import gzip
import resource
import time
from collections.abc import AsyncIterator, Mapping
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.bare_socket import request, spoken, status_of
from tests.callbacks import said
from tests.front import Client, front
from tests.rooms import Installed, installed, post_of

GENUINE = post_of(said("ada", "领券", 1))
PATH = "/callback/oa"
URL = f"{PATH}?{urlencode(GENUINE.query)}"
to = partial(request, target=URL)
JSON_ENVELOPE = f'{{"Encrypt": "{GENUINE.encrypt}"}}'.encode()


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


# --- 1-14: the body ---


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(b"", {}, id="1 empty"),
        pytest.param(GENUINE.body.ljust(65_537), {}, id="2 one byte over 64 KiB"),
        pytest.param(
            gzip.compress(b"\0" * 50_000_000), {"Content-Encoding": "gzip"}, id="9 gzip bomb"
        ),
        pytest.param(
            gzip.compress(b"") * 3_000, {"Content-Encoding": "gzip"}, id="10 empty members"
        ),
        pytest.param(GENUINE.body, {"Content-Encoding": "br"}, id="11 brotli"),
        pytest.param(GENUINE.body, {"Content-Encoding": "identity"}, id="11 identity"),
        pytest.param(GENUINE.body, {"Content-Encoding": "x, gzip"}, id="11 two of them"),
        pytest.param(
            b'--b\r\nContent-Disposition: form-data; name="Encrypt"\r\n\r\nQUJD\r\n--b--',
            {"Content-Type": "multipart/form-data; boundary=b"},
            id="12 multipart",
        ),
    ],
)
async def test_a_body_of_another_kind_is_refused_at_once(
    shop: Installed, client: Client, body: bytes, headers: Mapping[str, str]
) -> None:
    began = time.monotonic()

    got = await client.post(PATH, params=GENUINE.query, data=body, headers=headers)

    assert got.status in (400, 403)
    assert time.monotonic() - began < 1
    assert await nothing_is_left(shop)


async def test_3_a_chunked_body_without_end_is_refused(shop: Installed, client: Client) -> None:
    chunk = b"2000\r\n" + b"x" * 8192 + b"\r\n"

    heard = await spoken(client, to("Transfer-Encoding: chunked"), chunk * 9)

    assert status_of(heard) == 403
    assert await nothing_is_left(shop)


async def test_4_a_hundred_thousand_chunks_of_a_byte_are_refused(
    shop: Installed, client: Client
) -> None:
    heard = await spoken(client, to("Transfer-Encoding: chunked"), b"1\r\nx\r\n" * 100_000)

    assert status_of(heard) in (400, 403)
    assert await nothing_is_left(shop)
    assert (await client.get("/live")).status == 200


async def test_5_a_body_longer_than_it_says_is_cut_and_refused(
    shop: Installed, client: Client
) -> None:
    short = len(GENUINE.body) - 1

    heard = await spoken(client, to(f"Content-Length: {short}") + GENUINE.body)

    assert status_of(heard) in (400, 403)
    assert b" 200 " not in heard
    assert await nothing_is_left(shop)


async def test_6_a_body_shorter_than_it_says_is_waited_for_and_refused(
    shop: Installed, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.body._READ_WITHIN_S", 0.1)

    heard = await spoken(client, to(f"Content-Length: {len(GENUINE.body) + 1}") + GENUINE.body)

    assert status_of(heard) == 403
    assert await nothing_is_left(shop)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(("Content-Length: 5", "Transfer-Encoding: chunked"), id="7 both lengths"),
        pytest.param(("Transfer-Encoding: chünked",), id="8 beyond ASCII"),
        pytest.param(("Transfer-Encoding: chunked, chunked",), id="8 twice"),
        pytest.param(("Content-Length: 5", "Content-Length: 6"), id="5 two lengths"),
        pytest.param(("Content-Length: -1",), id="5 a negative length"),
    ],
)
async def test_a_length_that_can_be_read_in_two_ways_is_refused(
    shop: Installed, client: Client, headers: tuple[str, ...]
) -> None:
    heard = await spoken(client, to(*headers) + b"0\r\n\r\n")

    assert status_of(heard) == 400
    assert await nothing_is_left(shop)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(GENUINE.body, "application/json", id="13 XML called JSON"),
        pytest.param(JSON_ENVELOPE, "text/xml", id="14 JSON called XML"),
    ],
)
async def test_what_a_body_calls_itself_is_not_believed(
    shop: Installed, client: Client, body: bytes, kind: str
) -> None:
    got = await client.post(PATH, params=GENUINE.query, data=body, headers={"Content-Type": kind})

    assert got.status == 200
    assert await shop.one("SELECT count(*) FROM inbox") == 1


# --- 15-23: the connection, which is the web server's own affair ---


async def test_15_whoever_sends_a_header_a_byte_at_a_time_holds_up_nobody(
    shop: Installed, client: Client
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", client.port)
    for byte in b"POST /callback/oa":
        writer.write(bytes([byte]))
        await asyncio.sleep(0.005)
        assert (await client.get("/live")).status == 200
    writer.close()

    assert await nothing_is_left(shop)


async def test_16_a_body_a_byte_at_a_time_is_given_up(
    shop: Installed, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.body._READ_WITHIN_S", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(to(f"Content-Length: {len(GENUINE.body)}"))
    for byte in GENUINE.body[:4]:
        writer.write(bytes([byte]))
        await asyncio.sleep(0.05)

    assert status_of(await asyncio.wait_for(reader.read(65_536), 2)) == 403
    writer.close()
    assert await nothing_is_left(shop)


async def test_17_thousands_of_idle_connections_leave_room_for_a_callback(
    shop: Installed, client: Client
) -> None:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    many = min(5_000, files // 2 - 200)  # both ends are in this process
    idle = [await asyncio.open_connection("127.0.0.1", client.port) for _ in range(many)]
    try:
        assert (await client.post(PATH, params=GENUINE.query, data=GENUINE.body)).status == 200
    finally:
        for _, writer in idle:
            writer.close()
    assert await shop.one("SELECT count(*) FROM inbox") == 1


@pytest.mark.parametrize(
    ("head", "statuses"),
    [
        pytest.param(to("X-Big: " + "x" * 65_536), (400,), id="18 a header of 64 KiB"),
        pytest.param(to(method="BREW"), (400, 405), id="19 an unknown method"),
        pytest.param(request(target="/callback/../callback/oa"), (400, 403, 404), id="20 dots"),
        pytest.param(request(target="/callback%2Foa"), (403, 404), id="20 an encoded slash"),
        pytest.param(request(target="/callback/nobody"), (404,), id="21 another's path"),
        pytest.param(request(target="/callback/corp"), (403,), id="21 another account's path"),
        pytest.param(to("Content-Length: 0", version="1.0"), (403,), id="22 HTTP/1.0"),
    ],
)
async def test_a_strange_request_is_answered_as_one(
    shop: Installed, client: Client, head: bytes, statuses: tuple[int, ...]
) -> None:
    heard = await spoken(client, head)

    assert status_of(heard) in statuses
    assert await nothing_is_left(shop)


async def test_22_a_genuine_callback_by_an_old_protocol_is_taken(
    shop: Installed, client: Client
) -> None:
    head = to(f"Content-Length: {len(GENUINE.body)}", version="1.0")

    assert status_of(await spoken(client, head + GENUINE.body)) == 200
    assert await shop.one("SELECT count(*) FROM inbox") == 1


async def test_23_a_hundred_requests_in_one_go_are_each_answered(
    shop: Installed, client: Client
) -> None:
    one = to(f"Content-Length: {len(GENUINE.body)}") + GENUINE.body

    heard = await spoken(client, one * 100)

    assert heard.count(b"HTTP/1.1 200 ") == 100
    assert await shop.one("SELECT count(*) FROM inbox") == 1
    assert await shop.one("SELECT count(*) FROM coupon_grant") == 1
