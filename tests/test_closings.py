"""Closed APIs: this one only, longer each time, for every process, and over a restart."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.db.blocks import BlockShelf
from bot.db.tx import Database
from bot.errors import DatabaseTrouble
from bot.platforms.budget import Budget, Pass
from bot.platforms.limits import Limits
from bot.shared.common import alone
from bot.shared.crowd import Crowd
from commands.parts.doors import error_tables
from tests.rooms import Hand, database
from tests.test_budget import HELLO, TAGS, Caller, caller_of


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with database(tmp_path) as one:
        yield one


async def test_over_the_limit_only_this_api_is_closed(db: Database) -> None:
    caller = caller_of(db, Hand())
    caller.code = 45009
    await caller.call(TAGS)
    held = await caller.call(TAGS)
    caller.code = 0
    assert held
    assert (held.wait_s, "45009" in held.why) == (60, True)
    assert await caller.call(HELLO) is None


async def test_each_time_it_is_closed_longer_and_a_yes_begins_anew(db: Database) -> None:
    hand = Hand()
    caller = caller_of(db, hand)
    caller.code = 45009
    waits = []
    for _ in range(3):
        assert await caller.call() is None
        held = await caller.call()
        assert held
        waits.append(held.wait_s)
        hand.move(held.wait_s + 1)
    assert waits[:2] == [60, 3600]
    assert hand.at_s % 86_400 == 16 * 3600 + 1  # midnight in China
    caller.code = 0
    await caller.call()
    caller.code = 45009
    await caller.call()
    assert caller.budget.closed_s(TAGS) == 60


async def test_calls_that_were_under_way_close_it_once(db: Database) -> None:
    caller = caller_of(db, Hand())
    passed = [await caller.budget.enter(TAGS, urgent=True) for _ in range(5)]
    found = error_tables()["wecom"].sort(TAGS, 45009)
    for one in passed:
        assert isinstance(one, Pass)
        await caller.budget.learn(one, found)
    assert caller.budget.closed_s(TAGS) == 60


async def test_a_restart_finds_what_was_closed(db: Database) -> None:
    hand = Hand()
    before = caller_of(db, hand)
    before.code = 45009
    await before.call()
    hand.move(20)
    after = caller_of(db, hand)
    held = await after.call()
    assert held
    assert held.wait_s == 40
    hand.move(40)
    assert await after.call() is None
    assert await caller_of(db, hand).call() is None
    assert await BlockShelf(db).load("corp") == {}


async def test_an_account_that_may_not_call_at_all_rests_as_a_whole(db: Database) -> None:
    caller = caller_of(db, Hand())
    caller.code = 60020
    await caller.call(TAGS)
    held = await caller.call(HELLO, urgent=True)
    assert held
    assert held.wait_s == 5


async def test_what_one_process_closed_is_closed_for_the_others_within_a_second(
    db: Database,
) -> None:
    hand = Hand()
    two = [
        Caller(Budget("corp", Limits(), BlockShelf(db), Clock(hand), alone(Crowd(2))), hand)
        for _ in range(2)
    ]
    one, other = two
    assert [await each.call() for each in two] == [None, None]
    one.code = 45009
    await one.call()
    hand.move(1)
    held = await other.call()
    assert held
    assert held.wait_s == 59
    hand.move(60)
    assert await other.call() is None
    hand.move(1)
    one.code = 0
    assert await one.call() is None
    assert await BlockShelf(db).load("corp") == {}


async def test_a_closing_that_could_not_be_kept_holds_here_until_somebody_looks_again(
    db: Database,
) -> None:
    class Full(BlockShelf):
        async def keep(self, account: str, api: str, text: str) -> None:
            raise DatabaseTrouble("full")

    hand = Hand()
    caller = Caller(Budget("corp", Limits(), Full(db), Clock(hand)), hand)
    caller.code = 45009
    await caller.call()
    assert await caller.call()
