"""Signed calls: who did not sign, or not in time, is told which header to look at, and counted."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.web.signed import SIGNATURE, SOURCE, TIMESTAMP
from tests.front import Client, front
from tests.little_shop import NOW_S
from tests.order_calls import CRM, headers, order, plans, post
from tests.rooms import Installed, installed


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path, plans()) as one:
        yield one


@pytest.fixture
async def client(shop: Installed) -> AsyncIterator[Client]:
    async with front(shop) as one:
        yield one


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"source": "stranger"}, "unknown_source"),
    ({"source": ""}, "unknown_source"),
    ({"secret": b"something-else-altogether"}, "bad_signature"),
    ({"at_s": NOW_S - 301}, "old_timestamp"),
    ({"at_s": NOW_S + 301}, "old_timestamp"),
    ({"source": "crm", "secret": CRM.secret}, "wrong_kind"),
]


@pytest.mark.parametrize(("how", "code"), WRONG)
async def test_who_did_not_sign_is_told_which_header_and_counted(
    shop: Installed, client: Client, how: dict[str, Any], code: str
) -> None:
    status, answer = await post(client, order(), **how)
    assert (status, answer.get("code")) == (401, code)
    assert answer["text"].startswith("X-Xiaoer-")
    await shop.worker.sweep()
    (row,) = await shop.rows("SELECT account, step, count FROM refusal")
    assert (row["step"], row["count"]) == (code, 1)
    assert "stranger" not in row["account"]
    assert await shop.one("SELECT count(*) FROM inbox") == 0


@pytest.mark.parametrize("stamp", ["", "now", "-5", "1" * 20, "１７６"])
async def test_a_timestamp_must_be_seconds(client: Client, stamp: str) -> None:
    body = orjson.dumps(order())
    sent = headers(body) | {TIMESTAMP: stamp}
    got = await client.post("/api/orders", data=body, headers=sent)
    assert (got.status, (await got.json())["code"]) == (401, "bad_timestamp")


@pytest.mark.parametrize(
    ("name", "code"),
    [(SOURCE, "unknown_source"), (TIMESTAMP, "bad_timestamp"), (SIGNATURE, "bad_signature")],
)
async def test_a_header_written_twice_is_none(client: Client, name: str, code: str) -> None:
    body = orjson.dumps(order())
    sent = [*headers(body).items(), (name, headers(body)[name])]
    got = await client.post("/api/orders", data=body, headers=sent)
    assert (got.status, (await got.json())["code"]) == (401, code)


async def test_a_body_changed_on_the_way_is_refused(client: Client) -> None:
    body = orjson.dumps(order())
    got = await client.post("/api/orders", data=body + b" ", headers=headers(body))
    assert got.status == 401


async def test_a_signature_that_is_no_text_is_a_wrong_signature(client: Client) -> None:
    assert client.port is not None
    reader, writer = await asyncio.open_connection(client.host, client.port)
    lines = (
        b"POST /api/orders HTTP/1.1", b"Host: x", b"Content-Length: 2",
        SOURCE.encode() + b": till", f"{TIMESTAMP}: {NOW_S}".encode(),
        SIGNATURE.encode() + b": \xff", b"", b"[]",
    )  # fmt: skip
    writer.write(b"\r\n".join(lines))
    assert b" 401 " in await reader.readline()
    writer.close()


async def test_a_body_over_the_limit_is_refused_before_it_is_checked(client: Client) -> None:
    status, answer = await post(client, b"[" + b" " * 65_536 + b"]")
    assert (status, answer["code"]) == (413, "bad_body")
