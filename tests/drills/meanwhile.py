"""Customers who go on acting while something else happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.drills.load import AT_ONCE
from tests.drills.rig import Rig


@asynccontextmanager
async def acting(r: Rig, per_s: float, at_once: int = AT_ONCE) -> AsyncIterator[None]:
    """Let customers act at a pace while the block lasts; on return all have got their answers."""
    over = asyncio.Event()

    async def load() -> None:
        while not over.is_set():
            await r.load(int(per_s), per_s=per_s, at_once=at_once)

    loading = asyncio.create_task(load())
    try:
        yield
    finally:
        over.set()
        await loading
