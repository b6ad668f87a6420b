"""A worker that stands still for longer than its lease: another takes over, and it finds out."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from signal import SIGCONT, SIGSTOP

from tests.drills.engines import POSTGRES
from tests.drills.figures import books, noted, some_of, times, together
from tests.drills.meanwhile import acting
from tests.drills.progress import rounds
from tests.drills.registry import Finding, Options, drill
from tests.drills.rig import Rig, rig
from tests.drills.trouble import planted

_WORKERS = 3
_LEASE_S, _CALL_S, _PAUSE_S = 2.0, 1.0, 3.0
_SLOW_S = 0.4
_BETWEEN_S = 0.3, 1.0
_PACE_PER_S = 20.0


@drill("C8", "workers stopped for longer than their lease, 200 times (20 when quick), PostgreSQL")
async def pauses(options: Options, home: Path) -> Finding:
    """Stop workers with calls under way; the lease is 2 s and the pause 3 s, for 20 and 60."""
    each = times(options, 200) // (_WORKERS - 1)
    changes = {"lease_s": _LEASE_S, "send_timeout_s": _CALL_S}
    dice = random.Random(options.seed)  # noqa: S311  (a reproducible drill)
    async with rig(
        home, engine=POSTGRES, workers=_WORKERS, seed=options.seed, home_changes=changes
    ) as r:
        slow = {"kind": "slow", "seconds": _SLOW_S, "times": -1}
        async with planted(r, slow), acting(r, _PACE_PER_S), asyncio.TaskGroup() as group:
            told = rounds(each, _PAUSE_S + sum(_BETWEEN_S) / 2)
            group.create_task(_stand_still(r, 1, told, dice))
            for process in range(2, _WORKERS):
                group.create_task(_stand_still(r, process, range(each), dice))
        await r.settled()
        judged = await r.judge()
        said = _said(r)
    return together(
        noted(f"{each * (_WORKERS - 1)} pauses of {_PAUSE_S:g} s, lease {_LEASE_S:g} s"),
        some_of("leases lost", said["lease_lost"]),
        some_of("effects taken over", said["orphans_settled"]),
        noted(f"late outcomes refused {said['fence_rejected']}"),
        books(judged),
    )


async def _stand_still(r: Rig, process: int, turns: Iterable[int], dice: random.Random) -> None:
    for _ in turns:
        await asyncio.sleep(dice.uniform(*_BETWEEN_S))
        with r.outage(f"work-{process} stands still"):
            r.bots[process].send(SIGSTOP)
            await asyncio.sleep(_PAUSE_S)
            r.bots[process].send(SIGCONT)


def _said(r: Rig) -> Counter[str]:
    """Count the lines that all processes logged, by event."""
    said: Counter[str] = Counter()
    for bot in r.bots:
        for line in bot.log.read_text("utf-8", "replace").splitlines():
            if line.startswith("{"):
                said[str(json.loads(line).get("event"))] += 1
    return said
