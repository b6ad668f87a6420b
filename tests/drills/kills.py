"""`kill`: processes die at random and at labelled points, over and over, while customers go on."""

import asyncio
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM

from tests.drills.engines import POSTGRES, SQLITE
from tests.drills.points import BROKEN, POINTS, Point, Push
from tests.drills.rig import Armed, Rig, rig
from tests.drills.verdict import Judged

PER_KILL = {SQLITE: 20, POSTGRES: 50}  # callbacks; several processes take more of them
RANDOM = "random"
_PACE_PER_S = 40.0
_PORTION = 200
_PATIENCE_S = 8.0  # an armed process that has not come by is killed anyway
_STARTING_S, _SERVING_S = 0.6, 0.6  # within so long after its start, or after it is ready
_WORK_S = 1.5  # what a process that nobody can ask needs to start
_REFUSING, _POINTED, _AT_START = 0.1, 0.5, 0.5  # shares
_SHOWN_EVERY = 10
_SCHEDULED, _LOOK_S = 0.9, 0.05
# Who starts alone forgets how asking for tokens went; of several, each next token that dies young
# is asked for later, up to minutes: that is another drill's business.
_MOST_REVOKED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How often to kill, and what."""

    kills: int
    seed: int
    engine: str = SQLITE
    workers: int = 1
    callbacks: int = 0  # 0 = 20 for each kill, on PostgreSQL 50
    points: tuple[Point, ...] = POINTS
    broken: str = ""  # a safeguard to take away


@dataclass(slots=True, kw_only=True)
class Tally:
    """The kills that are left to make, and the points nobody came by in time."""

    left: int
    wanted: int
    missed: Counter[str]
    revoked: int = 0
    began: float = field(default_factory=time.monotonic)

    def take(self) -> bool:
        """Take one of the kills that are left; False when there is none."""
        self.left -= 1
        return self.left >= 0


async def killed(wanted: Wanted, home: Path, missed: Counter[str]) -> Judged:
    """Play the whole drill in an empty folder and return the verdict; progress to stderr.

    Points that were not reached in time are counted in `missed`.
    """
    env = {BROKEN: wanted.broken} if wanted.broken else {}
    async with rig(
        home, engine=wanted.engine, workers=wanted.workers, seed=wanted.seed, env=env
    ) as r:
        tally = Tally(left=wanted.kills, wanted=wanted.kills, missed=missed)
        async with asyncio.TaskGroup() as drill:
            lives = [
                drill.create_task(_lives(r, process, tally, wanted))
                for process in range(wanted.workers)
            ]
            drill.create_task(_load(r, wanted, lives))
        _say(f"{len(r.kills)} kills, {r.crowd.loaded.callbacks} callbacks; settling", tally)
        settled = await r.settled()
        verdict = await r.judge()
        _say("judged" if settled else "judged before everything was settled", tally)
        return verdict


async def _load(r: Rig, wanted: Wanted, lives: list[asyncio.Task[None]]) -> None:
    """Keep customers acting as long as processes are killed, and until all have acted."""
    callbacks = wanted.callbacks or wanted.kills * PER_KILL[wanted.engine]
    while r.crowd.loaded.callbacks < callbacks or not all(one.done() for one in lives):
        await r.load(min(_PORTION, callbacks), per_s=_PACE_PER_S)


async def load_until(r: Rig, over: asyncio.Event) -> None:
    """Keep customers acting until it is over."""
    while not over.is_set():
        await r.load(_PORTION, per_s=_PACE_PER_S)


async def _lives(r: Rig, process: int, tally: Tally, wanted: Wanted) -> None:
    """Let the process live and die until no kill is left; the last life goes on."""
    dice = random.Random(f"{wanted.seed} {process}")  # noqa: S311  (a reproducible drill)
    armed: Point | None = None
    while tally.take():
        if armed:
            await _die_at(r, process, armed, tally)
        else:
            await _on_schedule(r, tally, wanted)
            await _die_at_random(r, process, dice, wanted.workers)
        if len(r.kills) % _SHOWN_EVERY == 0:
            _say(f"{len(r.kills)}/{tally.wanted} kills", tally)
        armed = _next_point(process, dice, wanted, tally) if tally.left > 0 else None
        at = Armed(armed.label, dice.randint(1, armed.most)) if armed else None
        await r.start(process, at, refusing=dice.random() < _REFUSING)
    await _until_back(r, process)


async def _on_schedule(r: Rig, tally: Tally, wanted: Wanted) -> None:
    """Wait until as many have acted as belong to the kills so far: kills do not come in a heap."""
    due = (wanted.kills - tally.left - 1) * PER_KILL[wanted.engine] * _SCHEDULED
    while r.crowd.loaded.callbacks < due:  # noqa: ASYNC110  (customers ring no bell)
        await asyncio.sleep(_LOOK_S)


def _next_point(process: int, dice: random.Random, wanted: Wanted, tally: Tally) -> Point | None:
    spared = wanted.workers > 1 and tally.revoked >= _MOST_REVOKED
    found = [
        one
        for one in wanted.points
        if one.push not in (Push.FRESH, Push.LATER)
        and not (one.served and process)
        and one.engine in ("", wanted.engine)
        and not (spared and one.push is Push.REVOKE)
    ]
    chosen = dice.choice(found) if found and dice.random() < _POINTED else None
    tally.revoked += chosen is not None and chosen.push is Push.REVOKE
    return chosen


async def _die_at_random(r: Rig, process: int, dice: random.Random, workers: int) -> None:
    # Processes that share the machine start and serve as much more slowly.
    if dice.random() < _AT_START / workers:
        await asyncio.sleep(dice.uniform(0, _STARTING_S * workers))
    else:
        await _until_back(r, process)
        await asyncio.sleep(dice.uniform(0, _SERVING_S * workers) + (_WORK_S if process else 0))
    await r.kill(process)


async def _die_at(r: Rig, process: int, point: Point, tally: Tally) -> None:
    """Lead the process by its point; one that does not come by dies all the same."""
    pushing = asyncio.create_task(push(r, process, point))
    died = await r.death(process, within_s=_PATIENCE_S)
    pushing.cancel()
    if died is None:
        tally.missed[point.label] += 1
        await r.kill(process)


async def push(r: Rig, process: int, point: Point) -> None:
    """Do what makes a process come by its point."""
    await _until_back(r, process)
    if point.push is Push.REVOKE:
        for account in ("oa-main", "wecom-main"):
            await r.twin.post("revoke", account=account)
    elif point.push is Push.STOP:
        r.bots[process].send(SIGTERM)


async def _until_back(r: Rig, process: int) -> None:
    if process == 0:
        await r.ready()
    else:
        r.came_back(process)


def _say(text: str, tally: Tally) -> None:
    sys.stderr.write(f"[{time.monotonic() - tally.began:6.1f} s] {text}\n")
    sys.stderr.flush()
