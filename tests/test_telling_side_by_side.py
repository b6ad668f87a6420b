"""What a decision tells itself, while another process is deciding just that: nobody waits."""

import asyncio
from pathlib import Path

import pytest

from bot.db import inbox
from bot.db.inbox import Arrival
from bot.db.opening import connected
from bot.db.tx import Database, Tx
from tests import servers
from tests.little_shop import NOW_US
from tests.rooms import sqlite

TOLD = Arrival(
    account="corp", source="internal", dedupe="joined", kind="MemberJoined", body=b"{}",
    received_us=NOW_US,
)  # fmt: skip
COUNTED = "SELECT id, duplicates FROM inbox"


async def test_a_decision_does_not_wait_for_a_row_whose_decider_waits_for_it() -> None:
    place = servers.postgres().migrated()
    async with connected(place) as one, connected(place) as other:
        first = await one.write(lambda tx: inbox.accept(tx, TOLD))
        taken, told, tries = asyncio.Event(), asyncio.Event(), []

        async def joining(tx: Tx) -> None:
            tries.append("joining")
            assert await inbox.take(tx, first.id)
            taken.set()
            await tx.lock("chat:pets")

        async def reading(tx: Tx) -> None:
            tries.append("reading")
            await tx.lock("chat:pets")
            told.set()
            await taken.wait()
            await inbox.accept_untaken(tx, TOLD)

        second = asyncio.create_task(one.write(reading))
        await told.wait()
        await asyncio.gather(other.write(joining), second)
        assert sorted(tries) == ["joining", "reading"]  # none was ended to let the other go on
        (row,) = await one.read(lambda tx: tx.all(COUNTED))
        assert row["duplicates"] == 0


async def told_twice(db: Database) -> int:
    """Tell the same twice with nobody at it, and return how often it was counted again."""
    await db.write(lambda tx: inbox.accept_untaken(tx, TOLD))
    await db.write(lambda tx: inbox.accept_untaken(tx, TOLD))
    (row,) = await db.read(lambda tx: tx.all(COUNTED))
    return int(row["duplicates"])


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_told_again_with_nobody_at_it_is_counted(engine: str, tmp_path: Path) -> None:
    if engine == "sqlite":
        async with sqlite(tmp_path) as db:
            assert await told_twice(db) == 1
    else:
        async with connected(servers.postgres().migrated()) as server:
            assert await told_twice(server) == 1
