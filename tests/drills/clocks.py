"""Clocks that are set while the program runs, its own and the platforms'."""

import asyncio
from http import HTTPStatus
from pathlib import Path

from tests.drills.engines import POSTGRES
from tests.drills.figures import books, none_of, noted, some_of, together
from tests.drills.meanwhile import acting
from tests.drills.measures import entries
from tests.drills.registry import Finding, Options, drill
from tests.drills.rig import Rig, rig
from tests.drills.wrong_clock import CLOCK, set_clock

_STEPS_S = (-3_600.0, 0.0, 600.0, 4_200.0, 0.0)  # -1 h, +1 h, +10 min, +1 h, back
_SKEWS_S = (300, -300)
_EACH_S, _PACE_PER_S = 4.0, 25.0
_WORKERS = 2
_ACCOUNTS = "oa-main", "wecom-main"


@drill("F5", "clock steps of -1 h, +1 h and +10 min under load; platforms 300 s ahead and behind")
async def steps(options: Options, home: Path) -> Finding:
    """Set the wall clock of all processes, then the platforms' clock; customers notice nothing."""
    clock = home / "clock"
    set_clock(clock, 0)
    async with rig(
        home, engine=POSTGRES, workers=_WORKERS, seed=options.seed, env={CLOCK: str(clock)}
    ) as r:
        async with acting(r, _PACE_PER_S):
            await _set_clocks(r, clock)
        await r.settled()
        judged = await r.judge()
        refused = [
            one for one in await entries(r, "callback") if one["status"] == HTTPStatus.FORBIDDEN
        ]
        welcomes = [
            one for one in await entries(r, "call") if one["api"].endswith("/send_welcome_msg")
        ]
    return together(
        noted(f"{len(_STEPS_S)} steps, {len(_SKEWS_S)} skews"),
        some_of("steps noticed", _lines(r, "clock_stepped")),
        none_of("callbacks refused", len(refused)),
        some_of("welcomes", len(welcomes)),
        none_of("welcomes refused as too late", sum(one["errcode"] != 0 for one in welcomes)),
        none_of("leases lost", _lines(r, "lease_lost")),
        books(judged),
    )


async def _set_clocks(r: Rig, clock: Path) -> None:
    for step_s in _STEPS_S:
        await asyncio.sleep(_EACH_S)
        set_clock(clock, step_s)
    for skew_s in _SKEWS_S:
        await asyncio.sleep(_EACH_S)
        for account in _ACCOUNTS:
            await r.twin.post("plant", account=account, trouble="clock_off", seconds=skew_s)
    await asyncio.sleep(_EACH_S)


def _lines(r: Rig, event: str) -> int:
    """Count the lines of all processes' logs that tell of an event."""
    return sum(bot.log.read_text("utf-8", "replace").count(f'"event":"{event}"') for bot in r.bots)
