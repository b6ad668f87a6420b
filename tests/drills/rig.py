"""The rig: the real program and the twin as processes of their own, to be killed and judged.

    async with rig(home, engine="postgres", workers=4, seed=7) as r:
        load = asyncio.create_task(r.load(2_000, per_s=40))
        await r.kill(0)                      # SIGKILL, noted by the twin's clock
        await r.start(0)                     # the next process, at once
        await load
        await r.settled()                    # nothing delivered, decided or owed any more
        verdict = await r.judge()            # the twin's book and the auditor, never our counters

The listening socket is the rig's, handed down, so that a callback waits a moment while the bot
restarts and the platform's retries decide; `start(0, refusing=True)` lets the bot bind its port
by itself, as in a shop: until it does, connections are refused. Processes are forked from one that
has imported the program already (tests/drills/nursery.py), since half of a start is imports.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import yaml

from commands.play.furnish import furnish
from commands.play.morning import by_day
from commands.play.stage import Bot, twin_running, write_home, write_settings
from tests.drills.born import BornBot, Nursery, nursery
from tests.drills.engines import SQLITE, store
from tests.drills.load import Crowd
from tests.drills.running import Armed, Rig, listening_on

__all__ = ["Armed", "Rig", "rig"]
_CLIENT_S = 120.0
_RETRY_S, _REPEATED = 2.0, 0.1


@asynccontextmanager
async def rig(  # noqa: PLR0913  (each named by its caller)
    home: Path,
    *,
    engine: str = SQLITE,
    workers: int = 1,
    seed: int = 1,
    home_changes: Mapping[str, object] | None = None,
    env: Mapping[str, str] | None = None,
    opened: bool = True,
) -> AsyncIterator[Rig]:
    """Set everything up in an empty folder; end every process at the end of the block.

    `workers` counts the bot's processes; more than one need PostgreSQL. `home_changes` are
    settings that take the place of those written for the twin; `env` is added to what the bot's
    processes see. The platform repeats a tenth of its callbacks, gives up after 3 retries as the
    real ones do, and waits 2 s between them. With `opened` False nothing is started yet: call
    `open` later.
    """
    async with AsyncExitStack() as stack:
        kept = stack.enter_context(store(engine, home))
        timeout = aiohttp.ClientTimeout(total=_CLIENT_S)
        session = await stack.enter_async_context(
            aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0))
        )
        twin = await stack.enter_async_context(twin_running(home, session))
        seen = {**kept.environment, **(env or {})}
        born = await stack.enter_async_context(nursery(seen))
        made = Rig(home, twin, _bots(home, session, born, seen, workers), kept)
        made.crowd = Crowd(twin, made.bots[0].url, session, seed)
        stack.push_async_callback(made.close)
        await _furnished(made, home_changes or {})
        await twin.post("settings", retry_s=_RETRY_S, redeliver_share=_REPEATED, seed=seed)
        if opened:
            await made.open()
        yield made


def _bots(
    home: Path,
    session: aiohttp.ClientSession,
    born: Nursery,
    seen: Mapping[str, str],
    count: int,
) -> list[Bot]:
    first = BornBot(home, listening_on(0), session, environment=seen)
    others = [
        BornBot(home, None, session, verb="work", name=f"work-{n}", environment=seen)
        for n in range(1, count)
    ]
    for bot in (first, *others):
        bot.nursery = born
    return [first, *others]


async def _furnished(made: Rig, changes: Mapping[str, object]) -> None:
    await by_day(made.twin)
    await made.read_clock()
    wiring = await made.twin.get("wiring")
    bases = {"oa": made.twin.oa_base, "wecom": made.twin.wecom_base}
    clock = f"{made.twin.control}/twin/clock"
    write_home(made.home, wiring, url=made.bots[0].url, bases=bases, clock=clock)
    furnish(made.home, wiring)
    settings = made.home / "settings.yaml"
    told = yaml.safe_load(settings.read_text("utf-8"))
    write_settings(made.home, {**told, **changes}, by="drills")
