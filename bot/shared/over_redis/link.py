"""The way to Redis: short timeouts, one pool, and nobody waits for a Redis that is away."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

T = TypeVar("T")
TROUBLES = (RedisError, OSError, TimeoutError)
WITHIN_S = 0.5  # an answer that takes longer is worth less than going on without
FIRST_S, LONGEST_S = 0.1, 5.0  # between two looks whether it is back
_CONNECTIONS = 16
_ALIVE_S = 5  # a connection that was quiet for so long is tried before it is used
log = structlog.get_logger()


class Link:
    """One process's way to Redis. Keys and channels begin with `prefix`, the installation's own."""

    def __init__(self, url: str, prefix: str) -> None:
        """Take the address; nothing is connected yet. Raises ValueError for one that is none."""
        self.prefix = prefix
        self.away = False
        self._pool = BlockingConnectionPool.from_url(
            url, max_connections=_CONNECTIONS, timeout=WITHIN_S, socket_timeout=WITHIN_S,
            socket_connect_timeout=WITHIN_S, retry=Retry(NoBackoff(), 0),
            health_check_interval=_ALIVE_S, decode_responses=True,
        )  # fmt: skip
        self._redis = Redis(connection_pool=self._pool)
        self._looking: asyncio.Task[None] | None = None

    async def ask(self, command: Callable[[Redis], Awaitable[T]]) -> T | None:
        """Return what a command comes to; None, at once, while Redis is away. Never raises."""
        if self.away:
            return None
        try:
            async with asyncio.timeout(WITHIN_S):
                return await command(self._redis)
        except TROUBLES as trouble:
            self._lose(trouble)
            return None

    def state(self) -> str:
        """Return whether it is up or away."""
        return "away" if self.away else "up"

    async def look(self) -> None:
        """Find out whether Redis answers, before anybody needs it."""
        await self.ask(_pinged)

    def listener(self) -> PubSub:
        """Return a connection of its own for hearing; whoever uses it handles its troubles."""
        return self._redis.pubsub(ignore_subscribe_messages=True)

    async def close(self) -> None:
        """Stop looking for Redis and close every connection."""
        if self._looking:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        with contextlib.suppress(*TROUBLES):
            await self._redis.aclose()
            await self._pool.disconnect()

    def _lose(self, trouble: BaseException) -> None:
        if self.away:
            return
        self.away = True
        log.warning("redis_away", reason=type(trouble).__name__)
        self._looking = asyncio.create_task(self._until_back())

    async def _until_back(self) -> None:
        wait_s = FIRST_S
        while True:
            await asyncio.sleep(wait_s)
            if await self._takes_writes():
                break
            wait_s = min(wait_s * 2, LONGEST_S)
        self.away = False
        log.info("redis_back")

    async def _takes_writes(self) -> bool:
        # A full or read-only Redis answers a ping. Connections of before it went may all be dead.
        try:
            async with asyncio.timeout(WITHIN_S):
                await self._pool.disconnect(inuse_connections=False)
                return bool(await self._redis.set(f"{self.prefix}look", "1", px=1_000))
        except TROUBLES:
            return False


async def _pinged(redis: Redis) -> bool:
    return bool(await redis.ping())
