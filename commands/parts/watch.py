"""Follows what may change while serving: rule files, and in a demonstration the twin's clock."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from bot.clock import Clock
from keyword_rules.load import rule_files, shut_folders

LOOK_S = 0.3
_LOOK_AGAIN_S = 0.1
STILL_S = 0.5  # editors and copies write a file in pieces
_UNREST_S = 5.0
_CLOCK_S = 0.2

Stamp = tuple[int, int, int, int]  # inode, mode, when it was written, size
Stamps = dict[str, Stamp]

_SHUT: Stamp = (0, 0, 0, 0)  # of a folder that cannot be listed


class Watch:
    """Sees when the rule files of a folder change, or one of some `others`.

    What is still being written is waited for: a change counts when nothing has moved for 0.5 s,
    after 5 s in any case.
    """

    def __init__(self, folder: Path, others: Sequence[Path] = ()) -> None:
        self._folder = folder
        self._others = others
        self.seen: Stamps = {}

    async def look(self) -> None:
        """Take what is there now as known."""
        self.seen = await asyncio.to_thread(self._stamps)

    async def moved(self) -> bool:
        """Whether something is other than known; it stays so."""
        return await asyncio.to_thread(self._stamps) != self.seen

    async def changed(self) -> frozenset[str]:
        """Wait for a change that is complete; return the paths that changed since, now known."""
        before, now = self.seen, self.seen
        while now == before:
            await asyncio.sleep(LOOK_S)
            now = await asyncio.to_thread(self._stamps)
        self.seen = await self._settled(now)
        paths = before.keys() | self.seen.keys()
        return frozenset(path for path in paths if before.get(path) != self.seen.get(path))

    async def _settled(self, now: Stamps) -> Stamps:
        began_s = moved_s = time.monotonic()
        while time.monotonic() - moved_s < STILL_S and time.monotonic() - began_s < _UNREST_S:
            await asyncio.sleep(_LOOK_AGAIN_S)
            then, now = now, await asyncio.to_thread(self._stamps)
            if then != now:
                moved_s = time.monotonic()
        return now

    def _stamps(self) -> Stamps:
        found = {str(self._folder / name): _SHUT for name in shut_folders(self._folder)}
        for path in (*rule_files(self._folder), *self._others):
            with contextlib.suppress(OSError):  # gone since
                found[str(path)] = _stamp(path)
        return found


def _stamp(path: Path) -> Stamp:
    try:
        stat = path.stat()
    except OSError:  # a link to nothing: that it is there is told, so that it goes must be seen
        stat = path.lstat()
    return stat.st_ino, stat.st_mode, stat.st_mtime_ns, stat.st_size


async def follow_clock(clock: Clock, url: str, *, once: bool = False) -> None:
    """Keep business time equal to the twin's, for ever or `once`; a silent twin changes nothing."""
    if not clock.follows:
        clock.follow(0.0)  # what the tables say of time is the twin's, even if it is silent now
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, ValueError, KeyError):
                async with session.get(url) as response:
                    told = await response.json()
                    rate = float(told.get("speed", 1)) if told.get("running", True) else 0.0
                    clock.follow(float(told["offset_s"]), rate)
            if once:
                return
            await asyncio.sleep(_CLOCK_S)
