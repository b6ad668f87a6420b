"""Follows what may change while serving: rule files, and in a demonstration the twin's clock."""

import asyncio
import contextlib
from pathlib import Path

import aiohttp
import structlog

from bot.clock import Clock
from keyword_rules.load import RuleBook, rule_files

_LOOK_S = 1.0
_CLOCK_S = 0.2
log = structlog.get_logger()


async def watch_rules(book: RuleBook) -> None:
    """Reload the rules whenever a file changes, for ever; a bad file keeps its last good form."""
    _report(book)
    seen = await asyncio.to_thread(_signature, book.folder)
    while True:
        await asyncio.sleep(_LOOK_S)
        now = await asyncio.to_thread(_signature, book.folder)
        if now != seen:
            seen = now
            await asyncio.to_thread(book.reload)
            _report(book)


def _report(book: RuleBook) -> None:
    for problem in book.problems:
        log.warning("rule_problem", reason=str(problem))
    log.info("rules", ruleset=book.current.hash, problems=len(book.problems))


def _signature(folder: Path) -> tuple[tuple[str, int, int], ...]:
    found = []
    for path in rule_files(folder):
        with contextlib.suppress(OSError):  # gone since, or not ours to see: reading it says so
            stat = path.stat()
            found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(found)


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
