"""How soon the program serves: cold over a full database, restarted under load, over and over."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import inf
from pathlib import Path
from statistics import median

import aiohttp

from commands.play import peek
from commands.play.stage import ROOT, Bot
from tests.drills.aftermath import judged_after
from tests.drills.figures import at_most, books, none_of, noted, times, together
from tests.drills.filled import fill
from tests.drills.leaving import refused
from tests.drills.progress import rounds
from tests.drills.registry import Finding, Options, drill
from tests.drills.rig import Rig, rig

_ROWS, _OWED = 1_000_000, 50_000
_CODE = "staff-xiaowang-S012"
_MORNING, _PACE_PER_S = 60, 30.0
_COLD_STARTS = 3
_FIRST_S, _UNDER_LABELS_S, _REFUSED_S, _SECOND_S = 3.0, 1.0, 1.0, 2.0
_LOOK_S = 0.01
_LIFE_S = 1.0
_RESTART_S = 4.0  # about
_SPENT = (
    "SELECT (SELECT count(*) FROM inbox WHERE attempts > 0)"
    " + (SELECT count(*) FROM effect e WHERE e.attempts >"
    "    (SELECT count(*) FROM attempt a WHERE a.effect_id = e.id)"
    "    AND e.kind <> 'oa_reply') AS n"  # whose intent is in its own row
)


@asynccontextmanager
async def _from_nothing(options: Options, home: Path) -> AsyncIterator[Rig]:
    """Run a rig whose serving process is started as in a shop, imports and all."""
    async with aiohttp.ClientSession() as session, rig(
        home, engine=options.engine, seed=options.seed
    ) as r:  # fmt: skip
        await r.bots[0].stop()
        r.bots[0] = Bot(home, r.bots[0].listener, session, environment=r.store.environment)
        yield r


@drill("C3", "cold starts over 1,000,000 inbox rows and 50,000 owed effects; planned restarts")
async def cold_starts(options: Options, home: Path) -> Finding:
    """Measure from the process's beginning to its first 200 for a genuine callback.

    Then restart it under load: with the socket held by whoever started it nothing is refused;
    without, connections are until it has bound the port again.
    """
    async with _from_nothing(options, home) as r:
        await r.start()
        await r.ready()
        refused_s, restarts = await _restarted(r, times(options, 50))
        await r.settled()
        judged = await r.judge()
        await r.bots[0].stop()
        await fill(r.location, inbox=_ROWS, owed=_OWED)
        firsts = [await _first_200(r, f"客9{n:02d}") for n in range(_COLD_STARTS)]
        await r.ready()
        under_s = await _answered_in(r, "客999")
    return together(
        at_most(f"first 200 (median of {_COLD_STARTS})", median(firsts), _FIRST_S),
        at_most("a callback while 50,000 labels are due", under_s, _UNDER_LABELS_S, digits=2),
        at_most(f"refused at a time in {restarts} restarts", refused_s, _REFUSED_S, digits=2),
        books(judged),
    )


async def _first_200(r: Rig, who: str) -> float:
    await r.bots[0].stop()
    began = time.monotonic()
    await r.start()
    return inf if await _answered_in(r, who) == inf else time.monotonic() - began


async def _answered_in(r: Rig, who: str) -> float:
    began = time.monotonic()
    done = await r.twin.do("add_contact", who, code=_CODE, wait_s=30.0)
    return time.monotonic() - began if done.get("delivered") else inf


async def _restarted(r: Rig, count: int) -> tuple[float, int]:
    """Restart under load; return the longest time in a row that connections were refused."""
    load = asyncio.create_task(r.load(count * _MORNING, per_s=_PACE_PER_S))
    probing = asyncio.create_task(_longest_refused(r))
    for _ in rounds(count, _RESTART_S):
        await asyncio.sleep(_LIFE_S)
        await r.leave()
        await r.start()
        await r.ready()
    await load
    probing.cancel()
    (longest_s,) = await asyncio.gather(probing)
    return longest_s, count


async def _longest_refused(r: Rig) -> float:
    """Try to connect over and over until cancelled."""
    longest_s, since = 0.0, inf
    try:
        while True:
            since = min(since, time.monotonic()) if await refused(r.port) else inf
            longest_s = max(longest_s, time.monotonic() - since)
            await asyncio.sleep(_LOOK_S)
    except asyncio.CancelledError:
        return longest_s


@drill("C4", "a crash loop of 20 lives of a second each, under load")
async def crash_loop(options: Options, home: Path) -> Finding:
    """Kill each life a second after its start; crashes may spend no try of anything."""
    lives = 20
    async with rig(home, engine=options.engine, seed=options.seed) as r:
        load = asyncio.create_task(r.load(lives * 15, per_s=_PACE_PER_S / 2))
        for _ in range(lives):
            await asyncio.sleep(_LIFE_S)
            await r.kill()
            await r.start()
        await r.ready()
        await load
        judged = await judged_after(r)
        left = await r.unfinished()
        spent = await asyncio.to_thread(peek.rows, r.location, _SPENT)
    return together(
        noted(f"{lives} crashes"),
        none_of("left undone", left),
        none_of("tries spent before an intent", spent[0]["n"]),
        books(judged),
    )


@drill("C6", "a second process started on a SQLite file that is being served")
async def second_process(options: Options, home: Path) -> Finding:
    """Start `serve` and `work` beside a serving process: each refuses and harms nothing."""
    async with rig(home, seed=options.seed) as r:
        came = [await _second(home, verb) for verb in ("serve", "work", "serve")]
        await r.load(_MORNING, per_s=_PACE_PER_S)
        await r.settled()
        judged = await r.judge()
    return together(
        at_most("refuses within (median of 3)", median(took_s for took_s, _ in came), _SECOND_S),
        none_of("not refused with its reason", sum(not said for _, said in came)),
        books(judged),
    )


async def _second(home: Path, verb: str) -> tuple[float, bool]:
    """Return how long a second process lived, and whether it ended for the right reason."""
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "run.py"), verb, "--home", str(home), cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    took_s = time.monotonic() - began
    return took_s, process.returncode == 1 and "正由另一个进程" in said.decode()
