"""A disk that is full: nothing is taken that is not kept, and it goes on when there is room."""

import asyncio
import contextlib
import errno
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from math import inf
from pathlib import Path

import aiohttp

from bot.db.location import SqliteFile
from tests.drills.aftermath import judged_after
from tests.drills.figures import at_most, books, noted, some_of, together
from tests.drills.measures import entries
from tests.drills.registry import Finding, Options, drill
from tests.drills.rig import Rig, rig

_SIZE = "48m"
_FULL_S, _PACE_PER_S = 5.0, 25.0
_REFUSED_MS, _RED_S, _BACK_S = 2_000.0, 2.0, 10.0
_PORTION = b"\0" * 65_536
_LOOK_S = 0.05


@drill("D6", "a full disk under load, and room again; SQLite on a file system of 48 MiB")
async def full_disk(options: Options, home: Path) -> Finding:
    """Fill the file system that holds the database alone, and empty it again."""
    disk = home / "disk"
    disk.mkdir()
    if trouble := await _ran("mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(disk)):
        return noted(f"SKIPPED, NOT SHOWN: a small disk cannot be mounted here ({trouble})")
    try:
        return await _drilled(options, home, disk)
    finally:
        await _ran("umount", str(disk))


async def _ran(*command: str) -> str:
    """Run a command and return what it complained of, "" when it did what it was told."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    return said.decode().strip() or "no reason told" if process.returncode else ""


async def _drilled(options: Options, home: Path, disk: Path) -> Finding:
    database = disk / "xiaoer.db"
    async with rig(
        home, seed=options.seed, home_changes={"database": f"sqlite:{database}"}, opened=False
    ) as r:
        r.location = SqliteFile(path=database)
        await r.open()
        load = asyncio.create_task(r.load(int(3 * _FULL_S * _PACE_PER_S), per_s=_PACE_PER_S))
        await asyncio.sleep(1.0)
        with r.outage("the disk is full"):
            with _full(disk):
                since = r.now()
                await _until_status(r, HTTPStatus.SERVICE_UNAVAILABLE)
                red = r.now()
                await asyncio.sleep(_FULL_S)
                until = r.now()
            back_s = await _until_status(r, HTTPStatus.OK)
        await load
        judged = await judged_after(r)
        refused = [
            (float(one["at"]), float(one["ms"]))
            for one in await entries(r, "callback")
            if since <= float(one["at"]) <= until
            and one["status"] == HTTPStatus.SERVICE_UNAVAILABLE
        ]
    first = min((at for at, _ in refused), default=red)  # the log has room for a while
    return together(
        some_of("503 meanwhile", len(refused)),
        at_most("the slowest", max((ms for _, ms in refused), default=inf), _REFUSED_MS, "ms", 0),
        at_most("readiness red after the first", max(red - first, 0.0), _RED_S),
        at_most("green again after", back_s, _BACK_S),
        books(judged),
    )


@contextmanager
def _full(disk: Path) -> Iterator[None]:
    """Leave no byte on the disk while the block lasts."""
    filler = disk / "filler"
    try:
        with filler.open("wb", buffering=0) as kept:
            _fill(kept.write)
        yield
    finally:
        filler.unlink()


def _fill(write: Callable[[bytes], object]) -> None:
    for size in (len(_PORTION), 1):
        try:
            while True:
                write(_PORTION[:size])
        except OSError as trouble:
            if trouble.errno != errno.ENOSPC:
                raise


async def _until_status(r: Rig, status: HTTPStatus) -> float:
    """Return how long it takes until readiness is so; infinity after half a minute."""
    began = time.monotonic()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_RED_S)) as session:
        while time.monotonic() - began < 3 * _BACK_S:
            with contextlib.suppress(TimeoutError, aiohttp.ClientError):
                async with session.get(f"{r.bots[0].url}/ready") as got:
                    if got.status == status:
                        return time.monotonic() - began
            await asyncio.sleep(_LOOK_S)
    return inf
