"""An answer inside the response while another delivery, or the database, is in the way."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, ClientTimeout, TCPConnector
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from bot import metrics, responses
from bot.db.patience import patiently
from bot.db.tx import Database, Row, Tx, Work
from bot.errors import DatabaseTrouble
from tests.callbacks import said
from tests.front import front
from tests.rooms import Installed, Plans, installed, post_of
from tests.test_worker import HASTY, reply_state
from tests.test_worker_trouble import failing


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path, Plans(times=HASTY)) as one:
        yield one


async def test_a_delivery_that_did_not_decide_says_nothing_of_the_answer(shop: Installed) -> None:
    """The other's response may hold the answer already: a message would say it twice."""
    shop.worker.able.clear()
    accepted = await shop.deliver(said("ada", "领券", 1))
    assert await shop.worker.answer(accepted) is None
    decided = await shop.decider.decide(accepted.id, inside=True)  # for the platform's repeat
    assert decided is not None
    shop.worker.able.set()
    await shop.worker.stop(5.0)  # the first delivery's own decision comes too late for anything
    assert await reply_state(shop) == ("sending", "response")
    await shop.worker.answered(accepted.id)  # while stopping, back when it is noted
    assert await reply_state(shop) == ("done", "response")


async def test_a_written_response_is_noted_when_the_database_is_back(shop: Installed) -> None:
    """Nobody else knows that the answer left."""
    accepted = await shop.deliver(said("ada", "领券", 1))
    await shop.decider.decide(accepted.id, inside=True)
    async with failing(shop.db, "write"):
        await shop.worker.answered(accepted.id)
    await shop.worker.stop(5.0)
    assert await reply_state(shop) == ("done", "response")


async def test_a_connection_is_free_for_the_next_callback_before_its_answer_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A platform keeps its connections, and waits no more than 5 s for an answer."""
    database = asyncio.Event()

    async def slowly(db: Database, work: Work[Row | None], within: timedelta) -> Row | None:
        await database.wait()
        return await patiently(db, work, within)

    monkeypatch.setattr(responses, "patiently", slowly)
    async with (
        installed(tmp_path) as shop,
        front(shop) as client,
        ClientSession(connector=TCPConnector(limit=1)) as platform,
    ):
        for number, words in ((1, "领券"), (2, "你好")):
            post = post_of(said("ada", words, number))
            url = client.make_url("/callback/oa")
            asked = platform.post(url, params=post.query, data=post.body, timeout=ClientTimeout(3))
            assert (await asked).status == 200
        replies = "SELECT state FROM effect WHERE kind = 'oa_reply'"
        assert [row["state"] for row in await shop.rows(replies)] == ["sending", "sending"]
        database.set()
        await shop.worker.stop(5.0)
        assert [row["state"] for row in await shop.rows(replies)] == ["done", "done"]


async def test_an_answer_inside_is_counted_and_told_like_any_other_effect_and_once(
    tmp_path: Path,
) -> None:
    said_inside = metrics.EFFECTS.labels("oa_reply", "done")
    before = said_inside._value.get()
    async with installed(tmp_path) as shop, front(shop) as client:
        post = post_of(said("ada", "领券", 1))
        with capture_logs(processors=[merge_contextvars]) as lines:
            for _ in range(2):  # the second is a repeat of the platform
                got = await client.post("/callback/oa", params=post.query, data=post.body)
                assert got.status == 200
                await shop.worker.stop(5.0)
        (row,) = await shop.rows("SELECT id, key FROM effect WHERE kind = 'oa_reply'")
    (told,) = [line for line in lines if line["event"] == "performed"]
    assert (told["effect"], told["kind"], told["state"]) == (row["id"], "oa_reply", "done")
    assert row["key"].startswith(told["event_id"])
    assert said_inside._value.get() == before + 1


async def test_patience_has_an_end(shop: Installed) -> None:
    """And what is raised says what is the matter."""

    async def touch(_tx: Tx) -> None:
        return

    async with failing(shop.db, "write"):
        with pytest.raises(DatabaseTrouble):
            await patiently(shop.db, touch, HASTY.reply_fallback * 0)
