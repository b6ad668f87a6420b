"""A hundred thousand reminders that wait for their day: nobody else waits for them."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from bot.db import claims, ledger
from bot.db.claims import Claim
from bot.db.tx import Database, Row, Tx, Value
from tests.rooms import database


class Noting:
    """A transaction that notes how the database goes about each statement."""

    alone: ClassVar[bool] = True
    skip_locked: ClassVar[str] = ""
    wait_locked: ClassVar[str] = ""

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

    async def lock(self, *names: str) -> None:
        """Hold names, as the transaction does."""
        await self._tx.lock(*names)

    async def try_lock(self, name: str) -> bool:
        """Hold a name, as the transaction does."""
        return await self._tx.try_lock(name)

    async def clock_us(self) -> int:
        """Return the database's time."""
        return await self._tx.clock_us()

    async def _note(self, sql: str, args: Sequence[Value]) -> None:
        rows = await self._tx.all(f"EXPLAIN QUERY PLAN {sql}", *args)
        self.ways += [str(row["detail"]) for row in rows]


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with database(tmp_path) as one:
        yield one


@pytest.mark.parametrize("lanes", [(0, 0), (1, 9)])
async def test_a_claim_passes_over_what_is_not_due(db: Database, lanes: tuple[int, int]) -> None:
    async def claim(tx: Tx) -> list[str]:
        noting = Noting(tx)
        await claims.claim(noting, 1, Claim(limit=16, lanes=lanes))
        return noting.ways

    ways = await db.write(claim)
    assert any("effect_state (state=? AND lane=? AND next_us<?)" in way for way in ways), ways


async def test_expiring_looks_only_at_what_has_expired(db: Database) -> None:
    async def expire(tx: Tx) -> list[str]:
        noting = Noting(tx)
        await ledger.expire(noting, 1)
        return noting.ways

    ways = await db.write(expire)
    assert any("effect_deadline (state=? AND deadline_us" in way for way in ways), ways
