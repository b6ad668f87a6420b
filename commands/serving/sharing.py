"""What this process shares with the others over one database, and how it hears of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import structlog

from bot.db import workers
from bot.db.opening import fingerprint
from bot.db.tx import Database
from bot.errors import DatabaseTrouble
from bot.lease import Lease
from bot.shared.common import Common, alone
from bot.worker import Worker
from commands.parts.problems import USAGE, stop
from config.settings import Settings

_COUNT_S = 5.0
_LOOK_S = 60.0
_CALM_S = 0.1  # a busy neighbour rings all the time: look ten times a second and no more
log = structlog.get_logger()


@asynccontextmanager
async def common_of(settings: Settings, instance_key: bytes) -> AsyncIterator[Common]:
    """Share over Redis if there is an address of one, else with nobody.

    Redis need not answer, now or later. Installations that use one Redis do not meet in it.
    """
    if settings.redis_url is None:
        yield alone()
        return
    from bot.shared.over_redis.joining import joined

    prefix = f"xiaoer:{fingerprint(instance_key)[:12]}:"
    async with AsyncExitStack() as stack:
        try:
            common = await stack.enter_async_context(joined(settings.redis_url, prefix))
        except ValueError:
            stop("settings.yaml 的 redis_url 读不懂，应如 redis://:密码@主机:6379/0", USAGE)
        yield common


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """One process among others; `counted`: they count their calls together, over Redis."""

    db: Database
    lease: Lease
    common: Common
    counted: bool

    @asynccontextmanager
    async def with_others(self, worker: Worker) -> AsyncIterator[None]:
        """Hear and count the other processes while the context lasts."""
        tasks = [asyncio.create_task(self._hear(worker)), asyncio.create_task(self._count())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _hear(self, worker: Worker) -> None:
        while True:
            if await self.common.bell.wait(_LOOK_S):
                worker.look()
                await asyncio.sleep(_CALM_S)

    async def _count(self) -> None:
        """Count the processes alive, since limits are divided by them."""
        warned = self.counted
        while not self.db.alone:
            try:
                others = await self.db.read(partial(workers.others, worker=self.lease.id))
                self.common.crowd.meet(1 + others)
            except DatabaseTrouble:
                log.warning("processes_not_counted")
            if self.common.crowd.size > 1 and not warned:
                log.warning("limits_not_shared", setting="redis_url", count=self.common.crowd.size)
                warned = True
            await asyncio.sleep(_COUNT_S)
