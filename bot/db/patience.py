"""Writes that must not be lost to a moment's trouble with the database."""

import asyncio
import time
from datetime import timedelta
from typing import TypeVar

from bot.db.tx import Database, Work
from bot.errors import DatabaseTrouble

T = TypeVar("T")
_AGAIN_S = 0.5


async def patiently(db: Database, work: Work[T], within: timedelta) -> T:
    """Run a write that may be repeated; trouble with the database is waited out for so long.

    Raises DatabaseTrouble when it lasts longer.
    """
    deadline = time.monotonic() + within.total_seconds()
    while True:
        try:
            return await db.write(work, soon=True)
        except DatabaseTrouble:
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(_AGAIN_S)
