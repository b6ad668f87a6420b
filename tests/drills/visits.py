"""`points`: a process dies at each labelled point, so and so often, each death really there."""

import asyncio
import random
import sys
from collections import Counter
from pathlib import Path

from tests.drills.kills import Wanted, load_until, push
from tests.drills.points import Point, Push
from tests.drills.rig import Armed, Rig, rig
from tests.drills.verdict import Judged

_PATIENCE_S = 10.0
_TRIES = 3  # a point that no traffic led to in so many lives is missed
_COMPARED_EVERY_MIN = 1
_LATER_S = 70


async def visited(wanted: Wanted, repeats: int, home: Path, missed: Counter[str]) -> Judged:
    """Let a process die at every wanted point; what was not reached so often is in `missed`."""
    changes = {"reconcile_every_min": _COMPARED_EVERY_MIN}
    points = [one for one in wanted.points if one.engine in ("", wanted.engine)]
    async with rig(
        home, engine=wanted.engine, workers=wanted.workers, seed=wanted.seed,
        home_changes=changes, opened=False,
    ) as r:  # fmt: skip
        dice = random.Random(wanted.seed)  # noqa: S311  (a reproducible drill)
        for point in (one for one in points if one.push is Push.FRESH):
            await _visits(r, point, repeats, dice, missed)
        await _begin_anew(r)
        await r.open()
        over = asyncio.Event()
        load = asyncio.create_task(load_until(r, over))
        for point in (one for one in points if one.push is not Push.FRESH):
            await _visits(r, point, repeats, dice, missed)
        over.set()
        await load
        await r.settled()
        return await r.judge()


async def _visits(
    r: Rig, point: Point, repeats: int, dice: random.Random, missed: Counter[str]
) -> None:
    for _ in range(repeats):
        process = 0 if point.served else dice.randrange(len(r.bots))
        if not await _visit(r, process if r.bots[0].running else 0, point, dice):
            missed[point.label] += 1
    sys.stderr.write(f"{point.label}: {repeats - missed[point.label]} of {repeats}\n")
    sys.stderr.flush()


async def _visit(r: Rig, process: int, point: Point, dice: random.Random) -> bool:
    """Let one process die at a point, and have the next in its place ready again."""
    for left in reversed(range(_TRIES)):
        await r.bots[process].stop()
        if point.push is Push.FRESH:
            r.store.wipe()
        if point.push is Push.LATER:
            await r.jump(_LATER_S)
        passing = dice.randint(1, point.most) if left else 1
        await r.start(process, Armed(point.label, passing))
        pushing = asyncio.create_task(push(r, process, point))
        died = await r.death(process, within_s=_PATIENCE_S)
        pushing.cancel()
        if died:
            await r.start(process)
            await r.ready()
            return True
        await r.kill(process, "not reached")
    await r.start(process)
    await r.ready()
    return False


async def _begin_anew(r: Rig) -> None:
    if r.bots[0].running:
        await r.bots[0].stop()
        r.store.wipe()
    await r.forget()
