"""How many calls of one API are under way at once: fewer when the platform says too many."""

import asyncio
from collections import deque

from bot.shared.crowd import Crowd

START = 5  # what the platform is known to take of the APIs it has named
MOST = 10  # where nothing is published (wecom/limits-and-errors.md section 5)
EARLY = 50  # answered calls after which there is room for one more, below what was refused
CLEAN = 3000  # and from there on
_Waiters = deque["asyncio.Future[None]"]


class Room:
    """Room for some calls at once; what cannot wait enters first, and has a fifth to itself.

    The platform does not say how many it takes, so the room grows while calls wait for it: by one
    after `EARLY` answered calls, until 45033 halves it, once for all calls that were under way
    then. It soon grows again to what was taken before, and by one after `CLEAN` beyond that, never
    above `most`. Of several processes each has its part, at least one place, and halves it too when
    it hears of another's 45033; since each counts its own answers, together they grow as one would.
    """

    def __init__(self, crowd: Crowd | None = None, most: int = MOST) -> None:
        self._crowd = crowd or Crowd()
        self._most = most
        self.size = min(START, most)
        self._refused = most + 1  # as many at once as were too many
        self._inside = 0
        self._clean = 0
        self._wanted = False  # more than there was room for, since it grew
        self._halved_us = 0
        self._urgent: _Waiters = deque()
        self._others: _Waiters = deque()

    async def enter(self, *, urgent: bool) -> bool:
        """Wait for a place; False, at once, when as many wait already as may be inside."""
        queue = self._urgent if urgent else self._others
        if not queue and self._fits(urgent=urgent):
            self._inside += 1
            return True
        self._wanted = True
        if not urgent and len(queue) >= self._places:
            return False
        waiter = asyncio.get_running_loop().create_future()
        queue.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self.leave()  # the place was given and will not be used
            raise
        return True

    def leave(self) -> None:
        """Give the place to whoever waits."""
        self._inside -= 1
        self._admit()

    def halve(self, began_us: int, now_us: int) -> bool:
        """Make half the room; False, and nothing done, when it was since the refused call began."""
        if self._halved_us > began_us:
            return False
        self._refused = self._places
        self.size, self._clean, self._halved_us = max(1, self._places // 2), 0, now_us
        return True

    def answered(self) -> None:
        """Count a call that the platform took."""
        self._clean += 1
        enough = EARLY if self.size + 1 < self._refused else CLEAN
        if self._wanted and self._clean >= enough and self.size < self._most:
            self.size, self._clean, self._wanted = self.size + 1, 0, False
            self._admit()

    @property
    def _places(self) -> int:
        return min(self.size, self._crowd.part(self._most))

    def _fits(self, *, urgent: bool) -> bool:
        kept = 0 if urgent or self._places == 1 else -(-self._places // 5)
        return self._inside < self._places - kept

    def _admit(self) -> None:
        for queue, urgent in ((self._urgent, True), (self._others, False)):
            while queue and (queue[0].done() or self._fits(urgent=urgent)):
                waiter = queue.popleft()
                if not waiter.done():
                    self._inside += 1
                    waiter.set_result(None)
