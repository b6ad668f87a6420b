"""Power cuts: the bot is killed as by a pulled plug and started again, while people go on."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from commands.audit.script import Kill
from commands.play.theatre import Theatre

_SOON_S = 0.15


async def cut(play: Theatre, after_s: float) -> int:
    """Kill the bot after a while and wait until it decides again; return which kill it was."""
    await asyncio.sleep(after_s)
    number = await _kill(play)
    await _start(play)
    return number


@asynccontextmanager
async def failing(play: Theatre) -> AsyncIterator[None]:
    """Let the power fail once at some moment while the block acts."""
    if not _more(play):
        yield
        return
    dice = random.Random(play.seed + len(play.kills))  # noqa: S311  (a reproducible play)
    outage = asyncio.create_task(cut(play, dice.uniform(0, _SOON_S)))
    try:
        yield
    finally:
        await outage


@asynccontextmanager
async def dark(play: Theatre) -> AsyncIterator[None]:
    """Let the block act while the power is out; it comes back meanwhile."""
    if not _more(play):
        yield
        return
    await _kill(play)
    back = asyncio.create_task(_start(play))
    try:
        yield
    finally:
        await back


def _more(play: Theatre) -> bool:
    # The other half is for the rush at the end.
    return len(play.kills) < play.kills_wanted // 2


async def _kill(play: Theatre) -> int:
    clock = await play.twin.get("clock")
    await play.bot.kill()
    number = len(play.kills) + 1
    play.kills.append(Kill(at=float(clock["now"]), number=number))
    return number


async def _start(play: Theatre) -> None:
    await play.bot.start()
    await play.bot.until_ready()
