"""One token for all processes: a lease says who fetches, a generation whose token counts."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.db.sqlite import SqliteDatabase
from bot.db.tokens import TokenShelf, end_leases
from bot.platforms.token import LEASE_US, TokenHolder
from bot.platforms.wire import Answer
from tests.rooms import Hand, database
from tests.test_token import Keyring, holder_of


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    async with database(tmp_path) as one:
        yield one


async def test_two_processes_share_one_fetch(db: SqliteDatabase) -> None:
    keyring, hand = Keyring(), Hand()
    one, other = holder_of(db, keyring, hand), holder_of(db, keyring, hand)
    held = await asyncio.gather(*(holder.token() for holder in (one, other) for _ in range(50)))
    assert {each.value for each in held} == {"T1"}
    dead = held[0].generation
    held = await asyncio.gather(
        *(holder.token(dead=dead) for holder in (one, other) for _ in range(50))
    )
    assert {(each.value, each.generation) for each in held} == {("T2", 2)}
    assert keyring.fetches == 2


async def test_a_process_that_slept_through_its_turn_takes_the_newer_token(
    db: SqliteDatabase,
) -> None:
    keyring, hand = Keyring(), Hand()
    awake, held_up = asyncio.Event(), asyncio.Event()

    async def slow() -> Answer:
        answer = await keyring.fetch()
        held_up.set()
        await awake.wait()
        return answer

    sleeper = TokenHolder("oa", TokenShelf(db), slow, Clock(hand))
    asleep = asyncio.ensure_future(sleeper.token())
    await held_up.wait()
    hand.move(LEASE_US / 1e6 + 1)
    fresh = await holder_of(db, keyring, hand).token()
    awake.set()
    assert (await asleep).value == fresh.value == "T2"
    stored = await TokenShelf(db).load("oa")
    assert stored
    assert (stored.value, stored.generation) == ("T2", 1)


async def test_a_killed_process_does_not_keep_the_next_one_waiting(db: SqliteDatabase) -> None:
    keyring, hand = Keyring(), Hand()
    now_us = Clock(hand)()
    assert await TokenShelf(db).lease("oa", now_us, now_us + LEASE_US)
    await db.write(end_leases)
    assert (await asyncio.wait_for(holder_of(db, keyring, hand).token(), 0.5)).value == "T1"


async def test_a_lease_from_a_clock_that_ran_ahead_is_void(db: SqliteDatabase) -> None:
    now_us = Clock(Hand())()
    shelf = TokenShelf(db)
    assert await shelf.lease("oa", now_us + 10 * LEASE_US, now_us + 11 * LEASE_US)
    assert await shelf.lease("oa", now_us, now_us + LEASE_US)
    assert not await shelf.lease("oa", now_us, now_us + LEASE_US)


async def test_tokens_that_die_young_are_fetched_more_and_more_rarely(db: SqliteDatabase) -> None:
    keyring, hand = Keyring(), Hand()
    holder = holder_of(db, keyring, hand)
    held = await holder.token()
    for _ in range(3600):
        held = await holder.token(dead=held.generation)
        hand.move(1)
    assert keyring.fetches <= 12
