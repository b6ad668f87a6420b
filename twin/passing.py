"""What comes due by itself as the platforms' clock runs: silent sessions end, quotas warn."""

import asyncio

from twin.contact.link_acts import tell_expiry
from twin.kf.bell import end_silent
from twin.stage import Stage

_LOOK_S = 1.0
_SHORTEST_S = 0.05  # of real time, however fast the clock runs


def come_due(stage: Stage) -> None:
    """Let everything happen that is due now. Repeating does nothing more."""
    end_silent(stage)
    tell_expiry(stage)


async def pass_time(stage: Stage) -> None:
    """Look every second of the clock, for ever; a stopped clock is not looked at."""
    while True:
        await stage.clock.wait(_LOOK_S)
        come_due(stage)
        await asyncio.sleep(_SHORTEST_S)
