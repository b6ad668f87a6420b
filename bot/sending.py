"""How much of what is owed is sent at once: urgent effects first, and none starved for ever."""

from collections.abc import Callable, Coroutine

import structlog

from bot.db.tx import Row
from bot.perform import Performer

_SLOTS = 16
_URGENT_SLOTS = 64  # lane 0 may have this many: a welcome never waits behind labels
_URGENT, _ANY, _SLUGGISH = (0, 0), (1, 9), (2, 9)  # lanes
_AGED_SLOTS, _AGED_S = 4, 60.0  # for labels and reading that waited so long behind answers
log = structlog.get_logger()
Spawn = Callable[[Coroutine[object, object, None]], object]


class Sending:
    """Fills the slots of one process with due effects; `done` is called after each."""

    def __init__(self, performer: Performer, spawn: Spawn, done: Callable[[], None]) -> None:
        self._performer = performer
        self._spawn = spawn
        self._done = done
        self._all = 0
        self._sluggish = 0  # of these, in the lanes that answer nobody
        self._pressed = False  # more is due than there are slots for

    async def begin(self) -> int:
        """Claim what there are free slots for and begin it at once; return how much that was.

        Raises DatabaseTrouble; what was claimed before is under way all the same.
        """
        began = await self._begin(_URGENT, _URGENT_SLOTS - self._all)
        if self._pressed:
            free = min(_SLOTS - self._all, _AGED_SLOTS - self._sluggish)
            began += await self._begin(_SLUGGISH, free, waited_s=_AGED_S)
        free = _SLOTS - self._all
        others = await self._begin(_ANY, free)
        self._pressed = others >= free
        return began + others

    async def _begin(self, lanes: tuple[int, int], free: int, *, waited_s: float = 0) -> int:
        if free <= 0:
            return 0
        rows = await self._performer.claim(free, lanes, waited_s=waited_s)
        for row in rows:
            self._all += 1
            self._sluggish += row["lane"] >= _SLUGGISH[0]
            self._spawn(self._perform(row))
        return len(rows)

    async def _perform(self, row: Row) -> None:
        try:
            await self._performer.perform(row)
        except Exception:  # a fault of ours must not leave the effect under way for ever
            log.exception("perform_broke", effect=row["id"], kind=row["kind"])
            await self._performer.abandon(row)
        finally:
            self._all -= 1
            self._sluggish -= row["lane"] >= _SLUGGISH[0]
        self._done()
