"""An operator's word on several effects: what it settles, and why it leaves the others."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import moment
from bot.db import ledger, resolving
from bot.db.resolving import Word
from bot.db.tx import Database
from tests.little_shop import NOW_US
from tests.rooms import database
from tests.test_db_ledger import SECOND, owe, send, states, welcome


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with database(tmp_path) as one:
        yield one


async def test_what_is_late_is_not_queued_again_only_to_expire(db: Database) -> None:
    await owe(db, welcome(moment(NOW_US + SECOND)), send())
    await db.write(lambda tx: tx.run("UPDATE effect SET state = 'unknown'"))
    late = Word(verdict="retry", by="bo", at_us=NOW_US + SECOND)
    resolved = await db.write(lambda tx: resolving.resolve(tx, (1, 2, 3), late))
    assert (resolved.settled, resolved.left) == ([2], {1: "overdue", 3: "absent"})
    assert await db.read(resolving.unknown) == [1]
    given_up = Word(verdict="give_up", by="", at_us=NOW_US + SECOND)
    resolved = await db.write(lambda tx: resolving.resolve(tx, (1, 2), given_up))
    assert (resolved.settled, resolved.left) == ([1], {2: "ready"})
    rows = await db.read(lambda tx: tx.all("SELECT meaning FROM effect ORDER BY id"))
    assert [row["meaning"] for row in rows] == ["由运营确认：give_up", "由运营 bo 确认：retry"]


async def test_a_word_in_time_queues_what_has_a_time_limit(db: Database) -> None:
    await owe(db, welcome(moment(NOW_US + SECOND)))
    await db.write(lambda tx: tx.run("UPDATE effect SET state = 'unknown'"))
    assert await db.write(lambda tx: ledger.resolve(tx, 1, "retry", NOW_US + SECOND - 1))
    assert await states(db) == {"wecom_welcome": "ready"}
