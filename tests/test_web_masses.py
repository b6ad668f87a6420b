"""POST /api/masses: the operator's commands alone may tell a running server of mass messages."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.shop import Source
from tests.operator_calls import post
from tests.serving import Serving, serving

PATH = "/api/masses"
DUE = {"kind": "MassDue", "name": "1", "event": {"account": "wecom-main"}}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving(tmp_path, deciding=True) as one:
        yield one


async def test_the_operator_is_answered_with_the_verdict_and_again_with_the_same(
    server: Serving,
) -> None:
    for _ in range(2):
        status, told = await post(server, PATH, DUE)
        assert (status, told["verdict"]["code"]) == (200, "asked")
    rows = await server.rooms.db.read(lambda tx: tx.all("SELECT kind, duplicates FROM inbox"))
    assert [(row["kind"], row["duplicates"]) for row in rows] == [("MassDue", 1)]


async def test_nobody_else_may_tell_it(server: Serving) -> None:
    shop = server.rooms.shop
    strangers = [one for one in shop.sources.values() if "masses" not in one.kinds]
    liar = Source(id="operator:", kinds=frozenset({"masses"}), secret=b"guessed")
    assert strangers
    for source, code in ((strangers[0], "wrong_kind"), (liar, "bad_signature")):
        status, told = await post(server, PATH, DUE, source)
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
    status, told = await post(server, PATH, body)
    assert (status, told["code"]) == (400, "bad_request")
