"""POST /api/masses: the operator's commands alone may tell a running server of mass messages."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from bot.shop import Source
from bot.web.signed import SIGNATURE, SOURCE, TIMESTAMP, signature
from commands.parts.operator import operator_of
from tests.serving import Serving, serving

DUE = {"kind": "MassDue", "name": "1", "event": {"account": "wecom-main"}}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving(tmp_path, deciding=True) as one:
        yield one


async def post(server: Serving, body: object, source: Source | None = None) -> tuple[int, Any]:
    """The status and answer of a call, signed by the operator unless by another source."""
    signer = source or operator_of(server.rooms.shop.instance_key)
    written, stamp = orjson.dumps(body), str(server.rooms.clock() // 1_000_000)
    headers = {
        SOURCE: signer.id,
        TIMESTAMP: stamp,
        SIGNATURE: signature(signer.secret, stamp, written),
    }
    url = f"{server.url}/api/masses"
    async with (
        aiohttp.ClientSession() as http,
        http.post(url, data=written, headers=headers) as got,
    ):
        return got.status, await got.json()


async def test_the_operator_is_answered_with_the_verdict_and_again_with_the_same(
    server: Serving,
) -> None:
    for _ in range(2):
        status, told = await post(server, DUE)
        assert (status, told["verdict"]["code"]) == (200, "asked")
    rows = await server.rooms.db.read(lambda tx: tx.all("SELECT kind, duplicates FROM inbox"))
    assert [(row["kind"], row["duplicates"]) for row in rows] == [("MassDue", 1)]


async def test_nobody_else_may_tell_it(server: Serving) -> None:
    shop = server.rooms.shop
    strangers = [one for one in shop.sources.values() if "masses" not in one.kinds]
    liar = Source(id="operator:", kinds=frozenset({"masses"}), secret=b"guessed")
    assert strangers
    for source, code in ((strangers[0], "wrong_kind"), (liar, "bad_signature")):
        status, told = await post(server, DUE, source)
        assert (status, told["code"]) == (401, code)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"kind": "MassMade", "event": {"account": "x", "mass": "m", "part": "p"}},
        {"kind": "MassAsked", "event": {"account": "x"}},
        {"kind": "MassDue"},
    ],
)
async def test_what_it_cannot_read_is_refused(server: Serving, body: object) -> None:
    status, told = await post(server, body)
    assert (status, told["code"]) == (400, "bad_request")
