"""A hundred thousand reminders that wait for their day: nobody else waits for them."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bot.db import ledger
from bot.db.sqlite import SqliteDatabase
from bot.db.tx import Row, Tx, Value
from tests.rooms import database


class Noting:
    """A transaction that notes how the database goes about each statement."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self.ways: list[str] = []

    async def run(self, sql: str, *args: Value) -> int:
        """Do what is asked, and note how."""
        await self._note(sql, args)
        return await self._tx.run(sql, *args)

    async def one(self, sql: str, *args: Value) -> Row | None:
        """Do what is asked, and note how."""
        await self._note(sql, args)
        return await self._tx.one(sql, *args)

    async def all(self, sql: str, *args: Value) -> Sequence[Row]:
        """Do what is asked, and note how."""
        await self._note(sql, args)
        return await self._tx.all(sql, *args)

    async def _note(self, sql: str, args: Sequence[Value]) -> None:
        rows = await self._tx.all(f"EXPLAIN QUERY PLAN {sql}", *args)
        self.ways += [str(row["detail"]) for row in rows]


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    async with database(tmp_path) as one:
        yield one


@pytest.mark.parametrize("lanes", [(0, 0), (1, 9)])
async def test_a_claim_passes_over_what_is_not_due(
    db: SqliteDatabase, lanes: tuple[int, int]
) -> None:
    async def claim(tx: Tx) -> list[str]:
        noting = Noting(tx)
        await ledger.claim(noting, 1, 16, lanes)
        return noting.ways

    ways = await db.write(claim)
    assert any("effect_state (state=? AND lane=? AND next_us<?)" in way for way in ways), ways


async def test_expiring_looks_only_at_what_has_expired(db: SqliteDatabase) -> None:
    async def expire(tx: Tx) -> list[str]:
        noting = Noting(tx)
        await ledger.expire(noting, 1)
        return noting.ways

    ways = await db.write(expire)
    assert any("effect_deadline (state=? AND deadline_us" in way for way in ways), ways
