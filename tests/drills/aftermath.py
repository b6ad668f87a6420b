"""The end of a drill with outages: what the platform gave up telling is read from its lists."""

from tests.drills.rig import Rig
from tests.drills.verdict import Judged

_UNTIL_COMPARED_S = 3_700  # accounts are compared every hour


async def judged_after(r: Rig) -> Judged:
    """Let everything settle, then an hour pass so that accounts are compared, and judge.

    What never settles is among the verdict's wrongs.
    """
    await r.settled()
    await r.jump(_UNTIL_COMPARED_S)
    await r.settled()
    return await r.judge()
