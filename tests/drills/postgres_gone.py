"""PostgreSQL crashes and comes back: callbacks get 503 meanwhile, and all goes on by itself."""

import asyncio
import random
import time
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

from tests import servers
from tests.drills.aftermath import judged_after
from tests.drills.engines import POSTGRES
from tests.drills.figures import at_most, books, none_of, noted, some_of, times, together
from tests.drills.meanwhile import acting
from tests.drills.measures import entries
from tests.drills.progress import rounds
from tests.drills.registry import Finding, Options, drill
from tests.drills.rig import Rig, rig

_WORKERS, _PACE_PER_S = 2, 30.0
_DOWN_S, _UP_S = (2.0, 10.0), 2.0
_BACK_S = 3.0


@drill("D4", "pg_ctl stop -m immediate under load, 50 times (5 when quick), 2 to 10 s each")
async def restarts(options: Options, home: Path) -> Finding:
    """Crash the server; by the book nothing is answered with 2xx while it is gone."""
    count = times(options, 50)
    dice = random.Random(options.seed)  # noqa: S311  (a reproducible drill)
    async with rig(home, engine=POSTGRES, workers=_WORKERS, seed=options.seed) as r:
        gaps, back_s = [], []
        async with acting(r, _PACE_PER_S):
            for _ in rounds(count, _UP_S + sum(_DOWN_S) / 2 + _BACK_S):
                await asyncio.sleep(_UP_S)
                with r.outage("PostgreSQL is gone"):
                    gaps.append(await _gone(r, dice.uniform(*_DOWN_S)))
                    began = time.monotonic()
                    await r.ready()
                    back_s.append(time.monotonic() - began)
        tries = _within(gaps, await entries(r, "callback"))
        judged = await judged_after(r)
    statuses = [one["status"] for one in tries]
    return together(
        noted(f"{count} crashes"),
        some_of("503 meanwhile", statuses.count(HTTPStatus.SERVICE_UNAVAILABLE)),
        none_of("2xx meanwhile", sum(status // 100 == 2 for status in statuses)),
        at_most("serves again after (longest)", max(back_s), _BACK_S),
        books(judged),
    )


async def _gone(r: Rig, lasts_s: float) -> tuple[float, float]:
    """Have the server away for a while; return from when until when, by the twin's clock."""
    server = servers.postgres()
    await asyncio.to_thread(server.stop, "immediate")
    since = r.now()
    try:
        await asyncio.sleep(lasts_s)
    finally:
        until = r.now()
        await asyncio.to_thread(server.start)
    return since, until


def _within(
    gaps: Sequence[tuple[float, float]], deliveries: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the attempts that began and ended in a gap."""
    return [
        one
        for one in deliveries
        for since, until in gaps
        if since <= float(one["at"]) - float(one["ms"]) / 1000 and float(one["at"]) <= until
    ]
