"""POST /api/erase: only the operator's command may have a running server erase a member."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.shop import Source
from tests.operator_calls import post
from tests.serving import Serving, serving

PATH = "/api/erase"
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


async def names(server: Serving) -> int:
    rows = await server.rooms.db.read(lambda tx: tx.all("SELECT 1 FROM alias"))
    return len(rows)


async def test_the_operator_is_told_what_went_and_may_ask_again(server: Serving) -> None:
    for before, went in ((False, 1), (True, 0)):
        status, told = await post(server, PATH, ADA)
        assert (status, told["erased"]["before"]) == (200, before)
        assert (told["erased"]["gone"]["names"], await names(server)) == (went, 0)


async def test_nobody_of_that_id_is_said_so(server: Serving) -> None:
    status, told = await post(server, PATH, {**ADA, "person": "01BO"})
    assert (status, told["code"]) == (404, "no_such_member")


@pytest.mark.parametrize("body", [[], {}, {**ADA, "person": 7}, {"person": "01ADA"}])
async def test_an_incomplete_request_erases_nothing(server: Serving, body: object) -> None:
    status, told = await post(server, PATH, body)
    assert (status, told["code"], await names(server)) == (400, "bad_request", 1)


async def test_nobody_else_may_tell_it(server: Serving) -> None:
    shop = server.rooms.shop
    strangers = [one for one in shop.sources.values() if "erase" not in one.kinds]
    liar = Source(id="operator:", kinds=frozenset({"erase"}), secret=b"guessed")
    assert strangers
    for source, code in ((strangers[0], "wrong_kind"), (liar, "bad_signature")):
        status, told = await post(server, PATH, ADA, source)
        assert (status, told["code"], await names(server)) == (401, code, 1)
