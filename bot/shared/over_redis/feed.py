"""The feed over Redis: one bounded stream of all processes' lines."""

import asyncio
from collections import deque
from functools import partial

import orjson
from redis.asyncio import Redis

from bot.shared.feed import KEPT, Line, OwnFeed, Room
from bot.shared.over_redis.link import Link

_GATHER_S = 0.1
_BATCH = 200
_FIELD = "line"


class StreamedFeed(OwnFeed):
    """Adds this process's lines to the stream; `run` carries them. Without Redis it has its own."""

    def __init__(self, link: Link) -> None:
        super().__init__()
        self._link = link
        self._key = f"{link.prefix}feed"
        self._untold: deque[Line] = deque(maxlen=KEPT)
        self._waiting = asyncio.Event()

    def tell(self, line: Line) -> None:
        """Add a line."""
        super().tell(line)
        self._untold.append(line)
        self._waiting.set()

    async def latest(self, most: int) -> tuple[Line, ...]:
        """Return at most so many lines of all processes, or of this one while Redis is away."""
        found = await self._link.ask(partial(self._read, most=most))
        return await super().latest(most) if found is None else found

    async def run(self) -> None:
        """Carry lines to the stream until cancelled; those of a time without Redis are dropped."""
        while True:
            await self._waiting.wait()
            self._waiting.clear()
            while self._untold:
                count = min(_BATCH, len(self._untold))
                lines = [self._untold.popleft() for _ in range(count)]
                await self._link.ask(partial(self._add, lines=lines))
            await asyncio.sleep(_GATHER_S)

    async def _add(self, redis: Redis, lines: list[Line]) -> int:
        async with redis.pipeline(transaction=False) as together:
            for line in lines:
                together.xadd(self._key, {_FIELD: orjson.dumps(line)}, maxlen=KEPT)
            return len(await together.execute())

    async def _read(self, redis: Redis, most: int) -> tuple[Line, ...]:
        rows = await redis.xrevrange(self._key, count=most)
        told = (_line(str(fields.get(_FIELD))) for _, fields in rows or () if fields)
        return tuple(line for line in told if line)


def _line(written: str) -> Line | None:
    """Return a line of the stream; None for what another version of this program writes."""
    try:
        told = orjson.loads(written)
        return Line(**{**told, "room": Room(told["room"])})
    except (KeyError, TypeError, ValueError):
        return None
