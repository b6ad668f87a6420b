"""Deciding: from the inbox row to settled and owed effects, each in its own piece of a commit."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import uvloop

from bench.corpus import OA, callbacks, said
from bench.installation import rooms_of
from bench.pace import Pace, rotated
from bench.table import Row, Table, Untrue
from bot.decide import Decider
from bot.web.keys import Rooms

_BATCH = 64  # what the worker takes at once
Way = Callable[[Decider, list[int]], Awaitable[None]]


def measure(pace: Pace) -> Table:
    """Decide texts of 5,000 followers by the sample rules and content, on SQLite FULL."""
    return uvloop.run(_measure(pace))


async def _measure(pace: Pace) -> Table:
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in _WAYS}
    first = 0
    with TemporaryDirectory() as folder:
        async with rooms_of(Path(folder)) as (rooms, _, decider):
            for number in range(pace.rounds):
                for name in rotated(list(_WAYS), number):
                    reading, first = await _window(rooms, decider, _WAYS[name], first, pace)
                    found[name].append(reading)
    return Table(
        name="decide",
        conditions="texts to an Official Account, sample rules and content, SQLite WAL FULL,"
        " callbacks accepted beforehand",
        columns=("decisions/s", "CPU us"),
        rows=tuple(
            Row(variant=name, figures=(median(r for r, _ in seen), median(c for _, c in seen)))
            for name, seen in found.items()
        ),
    )


async def _window(
    rooms: Rooms, decider: Decider, way: Way, first: int, pace: Pace
) -> tuple[tuple[float, float], int]:
    """Return decisions a second and CPU µs for each, and the number of the next callback."""
    took_s, cpu_s, number = 0.0, 0.0, first
    while took_s < pace.seconds / 3:
        inbox = await _accepted(rooms, number)
        began_s, began_cpu_s = time.perf_counter(), time.process_time()
        await way(decider, inbox)
        took_s += time.perf_counter() - began_s
        cpu_s += time.process_time() - began_cpu_s
        number += _BATCH
    decided = number - first
    return (decided / took_s, cpu_s / decided * 1e6), number


async def _accepted(rooms: Rooms, first: int) -> list[int]:
    keys, acceptor = rooms.shop.accounts[OA.account], rooms.acceptor
    opened = [acceptor.open(keys, c.query, c.body) for c in callbacks(OA, said, first, _BATCH)]
    accepted = await asyncio.gather(*(acceptor.record(each.arrival) for each in opened))
    return [each.id for each in accepted]


async def _in_turn(decider: Decider, inbox: list[int]) -> None:
    for row in inbox:
        await _decided(decider, row)


async def _at_once(decider: Decider, inbox: list[int]) -> None:
    await asyncio.gather(*(_decided(decider, row) for row in inbox))


async def _decided(decider: Decider, row: int) -> None:
    if await decider.decide(row) is None:
        raise Untrue(f"inbox row {row} had been decided before")


_WAYS: dict[str, Way] = {"one after the other": _in_turn, "64 at once": _at_once}
