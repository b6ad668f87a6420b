"""Feels how long the event loop stands still: nobody is answered meanwhile."""

import asyncio
import time
from collections import deque

from bot import metrics

_TICK_S = 0.005  # what is shorter is not felt
_TOLD_EVERY_S = 0.5
_WINDOWS = 30  # of these is the longest told: 15 s


async def feel_stalls() -> None:
    """Measure for ever: each stall once it is over, and the longest of the last 15 s."""
    longest: deque[float] = deque([0.0], maxlen=_WINDOWS)
    told_s = last_s = time.monotonic()
    while True:
        await asyncio.sleep(_TICK_S)
        now_s = time.monotonic()
        late_s = now_s - last_s - _TICK_S
        last_s = now_s
        if late_s >= _TICK_S:
            metrics.LOOP_STALL.observe(late_s)
            longest[-1] = max(longest[-1], late_s)
        if now_s - told_s >= _TOLD_EVERY_S:
            metrics.LOOP_LAG.set(max(longest))
            longest.append(0.0)
            told_s = now_s
