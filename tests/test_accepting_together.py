"""Callbacks that come at once are accepted together, each as if it had come alone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from bot.db import inbox
from bot.db.arrivals import Arrivals
from bot.db.inbox import Accepted, Arrival
from bot.db.location import SqliteFile
from bot.db.opening import connected
from bot.db.tx import Database, Tx, Work
from bot.errors import DatabaseTrouble
from tests import servers
from tests.little_shop import NOW_US
from tests.rooms import new_database

T = TypeVar("T")


@pytest.fixture(params=["sqlite", "postgres"])
async def db(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A migrated, empty database."""
    place = (
        servers.postgres().migrated()
        if request.param == "postgres"
        else SqliteFile(path=new_database(tmp_path))
    )
    async with connected(place) as one:
        yield one


def arrival(number: int, *, kind: str = "text") -> Arrival:
    return Arrival(
        account="oa", source="callback", dedupe=f"{number:064}", kind=kind,
        body=b"<xml/>", received_us=NOW_US,
    )  # fmt: skip


async def take(arrivals: Arrivals, numbers: Sequence[int]) -> list[Accepted]:
    return list(await asyncio.gather(*(arrivals.accept(arrival(n)) for n in numbers)))


class Counting:
    """A database that counts what is written, and fails once when told to."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.alone = db.alone
        self.writes = 0
        self.trouble: Exception | None = None

    async def write(self, work: Work[T], *, soon: bool = False) -> T:
        self.writes += 1
        if self.trouble:
            raise self.trouble
        return await self._db.write(work, soon=soon)

    async def read(self, work: Work[T]) -> T:
        return await self._db.read(work)


async def test_many_at_once_share_a_few_writes_and_keep_their_order(db: Database) -> None:
    counting = Counting(db)
    accepted = await take(Arrivals(counting), range(200))  # type: ignore[arg-type]  # a double
    assert not any(one.duplicate for one in accepted)
    assert [one.id for one in accepted] == sorted({one.id for one in accepted})
    assert counting.writes < 30


async def test_repeats_that_wait_together_are_one_event_and_counted(db: Database) -> None:
    accepted = await take(Arrivals(db), [1, 2, 1, 3, 1, 2])
    assert [one.duplicate for one in accepted] == [False, False, True, False, True, True]
    assert len({one.id for one in accepted}) == 3
    rows = await db.read(lambda tx: tx.all("SELECT duplicates FROM inbox ORDER BY dedupe"))
    assert [row["duplicates"] for row in rows] == [2, 1, 0]


async def test_one_that_cannot_be_recorded_takes_no_other_with_it(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = inbox.accept_all

    async def picky(tx: Tx, arrivals: Sequence[Arrival]) -> list[Accepted]:
        if any(one.kind == "poison" for one in arrivals):
            raise ValueError("not this one")
        return await usual(tx, arrivals)

    monkeypatch.setattr(inbox, "accept_all", picky)
    arrivals = Arrivals(db)
    kinds = ["text", "poison", "text", "text"]
    found = await asyncio.gather(
        *(arrivals.accept(arrival(n, kind=kind)) for n, kind in enumerate(kinds)),
        return_exceptions=True,
    )
    assert [isinstance(one, ValueError) for one in found] == [False, True, False, False]


async def test_while_the_database_is_away_every_caller_is_told_and_later_ones_are_taken(
    db: Database,
) -> None:
    counting = Counting(db)
    counting.trouble = DatabaseTrouble("away")
    arrivals = Arrivals(counting)  # type: ignore[arg-type]  # a double
    found = await asyncio.gather(
        *(arrivals.accept(arrival(n)) for n in range(10)), return_exceptions=True
    )
    assert all(isinstance(one, DatabaseTrouble) for one in found)
    counting.trouble = None
    assert not any(one.duplicate for one in await take(arrivals, range(10)))
