"""An answer inside the response while another delivery, or the database, is in the way."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.db.patience import patiently
from bot.db.tx import Tx
from bot.errors import DatabaseTrouble
from tests.callbacks import said
from tests.rooms import Installed, Plans, installed
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
    await shop.worker.answered(accepted.id)
    assert await reply_state(shop) == ("done", "response")


async def test_a_written_response_is_noted_when_the_database_is_back(shop: Installed) -> None:
    """Nobody else knows that the answer left."""
    accepted = await shop.deliver(said("ada", "领券", 1))
    await shop.decider.decide(accepted.id, inside=True)
    async with failing(shop.db, "write"):
        noting = asyncio.ensure_future(shop.worker.answered(accepted.id))
        await asyncio.sleep(0.05)
        assert not noting.done()
    await noting
    assert await reply_state(shop) == ("done", "response")


async def test_patience_has_an_end(shop: Installed) -> None:
    """And what is raised says what is the matter."""

    async def touch(_tx: Tx) -> None:
        return

    async with failing(shop.db, "write"):
        with pytest.raises(DatabaseTrouble):
            await patiently(shop.db, touch, HASTY.reply_fallback * 0)
