"""How the program leaves: asked to, under load, over and over; and asked twice."""

import asyncio
import random
import time
from math import inf
from pathlib import Path
from signal import SIGTERM

from tests.drills.aftermath import judged_after
from tests.drills.figures import at_most, books, none_of, noted, times, together
from tests.drills.measures import percentile
from tests.drills.progress import rounds
from tests.drills.registry import Finding, Options, drill
from tests.drills.rig import Rig, rig
from tests.drills.trouble import planted

_PER_LIFE, _PACE_PER_S = 20, 30.0
_LIFE_S = 0.4, 1.2
_CLOSED_S, _GONE_S, _AT_ONCE_S = 0.1, 10.0, 1.0
_LOOK_S = 0.003
_BETWEEN_WORDS_S = 0.5
_ROUND_S = 4.0  # about


@drill("C7", "SIGTERM under load, 100 times (10 when quick); a second SIGTERM while calls hang")
async def leaves(options: Options, home: Path) -> Finding:
    """Let it bind its own port, and measure until it refuses connections and until it is gone."""
    count = times(options, 100)
    dice = random.Random(options.seed)  # noqa: S311  (a reproducible drill)
    async with rig(home, engine=options.engine, seed=options.seed) as r:
        await r.kill()
        await r.start(refusing=True)
        await r.ready()
        load = asyncio.create_task(r.load(count * _PER_LIFE, per_s=_PACE_PER_S))
        lives = [await _life(r, dice.uniform(*_LIFE_S)) for _ in rounds(count, _ROUND_S)]
        await load
        judged = await judged_after(r)
        twice_s = await _asked_twice(r)
    closed, gone, codes = zip(*lives, strict=True)
    return together(
        noted(f"{count} times"),
        at_most("refuses after (median)", percentile(closed, 0.5), _CLOSED_S, digits=3),
        at_most("gone after (longest)", max(gone), _GONE_S),
        none_of("exit codes other than 0", sum(code != 0 for code in codes)),
        at_most("after a second word", twice_s, _AT_ONCE_S),
        none_of("in doubt", len(judged.unknown)),
        books(judged),
    )


async def _life(r: Rig, lives_s: float) -> tuple[float, float, int]:
    """Let a life end after a while; return when it refused, when it was gone, and its status."""
    await asyncio.sleep(lives_s)
    began = time.monotonic()
    leaving = asyncio.create_task(r.leave())
    await asyncio.sleep(0)
    while not await refused(r.port):  # noqa: ASYNC110  (nobody tells)
        await asyncio.sleep(_LOOK_S)
    closed_s = time.monotonic() - began
    status = await leaving
    gone_s = time.monotonic() - began
    await r.start(refusing=True)
    await r.ready()
    return closed_s, gone_s, status


async def _asked_twice(r: Rig) -> float:
    """Return how long it stays after the second word, while the platform answers no call."""
    async with planted(r, {"kind": "never", "times": -1}):
        acting = asyncio.create_task(r.load(_PER_LIFE, per_s=_PACE_PER_S))
        await asyncio.sleep(2 * _BETWEEN_WORDS_S)
        leaving = asyncio.create_task(r.leave())
        await asyncio.sleep(_BETWEEN_WORDS_S)
        if leaving.done():
            return inf  # nothing hung, so nothing was shown
        began = time.monotonic()
        r.bots[0].send(SIGTERM)
        await leaving
        took_s = time.monotonic() - began
        acting.cancel()
        await asyncio.gather(acting, return_exceptions=True)
    return took_s


async def refused(port: int) -> bool:
    """Whether nobody listens at a port."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return True
    writer.close()
    return False
