"""Opens a home's rooms for a command that decides by itself, while no server runs."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.clock import Clock
from bot.db.opening import opened
from bot.db.tx import Database
from bot.decide import Decider
from bot.shop import Shop
from commands.parts.compose import Home, open_home, shop_of
from commands.parts.problems import show, stop
from commands.parts.watch import follow_clock
from commands.report.reading import database_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Direct:
    """A home's database with what decides over it."""

    db: Database
    shop: Shop
    decider: Decider

    async def decide(self, rows: Sequence[int]) -> None:
        """Decide inbox rows together, oldest first. Raises whatever a decision raises."""
        await asyncio.gather(*(self.decider.decide(row) for row in rows))


def home_of(folder: Path) -> Home:
    """Read a home that is to be changed; stops when its content is wrong."""
    home = open_home(folder)
    if home.errors:
        show(home.errors)
        stop("内容有错误，什么都没有改（用 check 查看全部）")
    return home


async def clock_of(home: Home) -> Clock:
    """Return the clock that a server of this home would go by."""
    clock = Clock()
    if home.settings.twin_clock_url:
        await follow_clock(clock, home.settings.twin_clock_url, once=True)
    return clock


@asynccontextmanager
async def direct(home: Home) -> AsyncIterator[Direct]:
    """Hold a home's database as its only process. Raises AlreadyServed and DatabaseTrouble."""
    shop = shop_of(home, await clock_of(home))
    async with opened(database_of(home), shop.instance_key) as db:
        yield Direct(db=db, shop=shop, decider=Decider(db, shop))
