"""Recovery itself is killed, over and over: the next one finishes, and nothing stays locked."""

import asyncio
import random
import time
from math import inf
from pathlib import Path

from bot.db.location import Location, SqliteFile
from bot.db.opening import held_lock
from commands.play import peek
from tests.drills.aftermath import judged_after
from tests.drills.figures import at_most, books, none_of, noted, some_of, times, together
from tests.drills.meanwhile import acting
from tests.drills.points import POINTS
from tests.drills.progress import rounds
from tests.drills.registry import Finding, Options, drill
from tests.drills.rig import Armed, Rig, rig
from tests.drills.trouble import planted

_LABELS = (
    "recovery", "orphan-unsettled", "orphan-settled-uncommitted", "recovered", "sweep-uncommitted",
    "swept",
)  # fmt: skip
_PACE_PER_S, _SLOW_S = 25.0, 0.3
_LIFE_S = 0.3, 0.8
_REACHED_S, _FINISHED_S = 6.0, 30.0
_LOOK_S = 0.05
_ORPHANS = (
    "SELECT count(*) AS n FROM effect WHERE state = 'sending' AND carrier = 'call'"
    " AND owner NOT IN (SELECT id FROM worker WHERE until_us > ?)"
)
_ADVISORY = "SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory'"
_LEASED = "SELECT count(*) AS n FROM worker WHERE until_us > ?"
_LEASE_S = 2.0
_ROUND_S = 4.0  # about


@drill("C5", "kills during the sweep and the recovery at a start, 100 times (10 when quick)")
async def killed_sweeps(options: Options, home: Path) -> Finding:
    """Leave orphans, die while they are settled, and measure how long the next start takes."""
    assert set(_LABELS) <= {one.label for one in POINTS}
    count = times(options, 100)
    dice = random.Random(options.seed)  # noqa: S311  (a reproducible drill)
    changes = {"lease_s": _LEASE_S, "send_timeout_s": _LEASE_S / 2}
    async with rig(home, engine=options.engine, seed=options.seed, home_changes=changes) as r:
        slow = {"kind": "slow", "seconds": _SLOW_S, "times": -1}
        async with planted(r, slow), acting(r, _PACE_PER_S):
            found = [
                await _round(r, _LABELS[n % len(_LABELS)], dice.uniform(*_LIFE_S))
                for n in rounds(count, _ROUND_S)
            ]
        judged = await judged_after(r)
        await r.bots[0].stop()
        held = await asyncio.to_thread(_still_held, r.location)
    return together(
        noted(f"{count} times"),
        some_of("died at the point", sum(died for died, _ in found)),
        at_most("orphans settled after (longest)", max(s for _, s in found), _FINISHED_S),
        none_of("locks left", held),
        books(judged),
    )


async def _round(r: Rig, label: str, lives_s: float) -> tuple[bool, float]:
    """Return whether the process died at the point, and how long the next one needed."""
    await asyncio.sleep(lives_s)
    await r.kill(0, "to leave orphans")
    await r.start(0, Armed(label))
    died = await r.death(0, within_s=_REACHED_S) is not None
    if not died:
        await r.kill(0, "not reached")
    await r.start()
    await r.ready()
    return died, await _orphans_gone(r)


async def _orphans_gone(r: Rig) -> float:
    began = time.monotonic()
    while time.monotonic() - began < 2 * _FINISHED_S:
        now_us = time.time_ns() // 1_000
        (row,) = await asyncio.to_thread(peek.rows, r.location, _ORPHANS, now_us)
        if not row["n"]:
            return time.monotonic() - began
        await asyncio.sleep(_LOOK_S)
    return inf


def _still_held(location: Location) -> int:
    """Count what is held with no process alive, once a lease has had time to end."""
    if isinstance(location, SqliteFile):
        with held_lock(location.path):  # raises when somebody holds it
            return 0
    time.sleep(_LEASE_S)
    (locks,) = peek.rows(location, _ADVISORY)
    (leased,) = peek.rows(location, _LEASED, time.time_ns() // 1_000)
    return int(locks["n"]) + int(leased["n"])
