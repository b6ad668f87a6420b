"""POST /api/erase: only the operator's command may have a running server erase a member."""

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

ADA = {"person": "01ADA", "by": "小王", "reason": "本人"}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    """A server that knows Ada by one name."""
    async with serving(tmp_path, deciding=True) as one:
        await _run(one, "INSERT INTO person(id, created_us) VALUES('01ADA', 1)")
        await _run(
            one,
            "INSERT INTO alias(digest, kind, scope, value, person_id)"
            " VALUES('d', 'oa_openid', 'wx', 'oADA', '01ADA')",
        )
        yield one


async def _run(server: Serving, sql: str) -> None:
    await server.rooms.db.write(lambda tx: tx.run(sql))


async def post(server: Serving, body: object, source: Source | None = None) -> tuple[int, Any]:
    """The status and answer of a call, signed by the operator unless by another source."""
    signer = source or operator_of(server.rooms.shop.instance_key)
    written, stamp = orjson.dumps(body), str(server.rooms.clock() // 1_000_000)
    headers = {
        SOURCE: signer.id,
        TIMESTAMP: stamp,
        SIGNATURE: signature(signer.secret, stamp, written),
    }
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{server.url}/api/erase", data=written, headers=headers) as got,
    ):
        return got.status, await got.json()


async def names(server: Serving) -> int:
    rows = await server.rooms.db.read(lambda tx: tx.all("SELECT 1 FROM alias"))
    return len(rows)


async def test_the_operator_is_told_what_went_and_may_ask_again(server: Serving) -> None:
    for before, went in ((False, 1), (True, 0)):
        status, told = await post(server, ADA)
        assert (status, told["erased"]["before"]) == (200, before)
        assert (told["erased"]["gone"]["names"], await names(server)) == (went, 0)


async def test_nobody_of_that_id_is_said_so(server: Serving) -> None:
    status, told = await post(server, {**ADA, "person": "01BO"})
    assert (status, told["code"]) == (404, "no_such_member")


@pytest.mark.parametrize("body", [[], {}, {**ADA, "person": 7}, {"person": "01ADA"}])
async def test_an_incomplete_request_erases_nothing(server: Serving, body: object) -> None:
    status, told = await post(server, body)
    assert (status, told["code"], await names(server)) == (400, "bad_request", 1)


async def test_nobody_else_may_tell_it(server: Serving) -> None:
    shop = server.rooms.shop
    strangers = [one for one in shop.sources.values() if "erase" not in one.kinds]
    liar = Source(id="operator:", kinds=frozenset({"erase"}), secret=b"guessed")
    assert strangers
    for source, code in ((strangers[0], "wrong_kind"), (liar, "bad_signature")):
        status, told = await post(server, ADA, source)
        assert (status, told["code"], await names(server)) == (401, code, 1)
