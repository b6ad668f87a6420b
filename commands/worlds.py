"""`worlds`: plays the scripts of the twin's worlds against our own server, and judges each book."""

import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.db.location import Location, SqliteFile
from commands.audit.auditor import Audit, audit
from commands.audit.script import Script
from commands.parts.problems import FINDINGS, FINE, USAGE, stop
from commands.play import peek
from commands.play.furnish import furnish
from commands.play.morning import by_day, wire
from commands.play.stage import Bot, Twin, listening_socket, twin_running, write_home
from config.home import instance_key

BUNDLED = ("yidian", "no-unionid", "wumei", "empty")
_CLIENT_S = 600.0  # a world's scripts are one call
_SETTLE_S, _LOOK_S = 30.0, 0.05
_AFTERWARDS_S = 60  # past every fallback and deadline, by the twin's clock
_CLOCK_S = 1.5  # until the bot has seen the jump


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a world: how far its scripts went, and what the books say."""

    world: str
    ok: bool
    steps: int
    calls: int
    callbacks: int
    verdict: str
    seconds: float
    trouble: tuple[str, ...] = ()

    def line(self) -> str:
        """Return the world in one line."""
        state = "通过" if self.ok else "没通过"
        counts = f"{self.steps} 步，{self.callbacks} 条回调，{self.calls} 次调用"
        return f"{state}  {self.world}：{counts}；{self.verdict}（{self.seconds:.1f} 秒）"


def run(worlds: Sequence[str], *, keep: Path | None = None, as_json: bool = False) -> int:
    """Play each world with a home, a twin and a server of its own; all bundled ones for none.

    Returns 1 when a step failed or a book does not agree. `keep` leaves the homes behind, one
    folder a world; it must be new or empty.
    """
    if keep and keep.exists() and any(keep.iterdir()):
        stop(f"--keep 的目录 {keep} 不是空的：换一个，免得盖掉里面的东西", USAGE)
    fine = True
    for world in worlds or BUNDLED:
        outcome = asyncio.run(_world(world, keep))
        fine = fine and outcome.ok
        if as_json:
            print(json.dumps({"v": 1, **asdict(outcome)}, ensure_ascii=False), flush=True)
            continue
        print(outcome.line(), flush=True)
        for line in outcome.trouble:
            print(line, file=sys.stderr)
    return FINE if fine else FINDINGS


async def _world(world: str, keep: Path | None) -> Outcome:
    began = time.monotonic()
    with _home(world, keep) as home:
        async with served(home, world) as (twin, database):
            played = await twin.post("play")
            found = await judged(twin, database, instance_key(home))
    scripts = played.get("scripts", [])
    failed = [one["failure"]["line"] for one in scripts if one["failure"]]
    failed += [f"{world}: {played['error']}"] if "error" in played else []
    return Outcome(
        world=world,
        ok=found.ok and not failed and bool(scripts),
        steps=sum(one["steps"] for one in scripts),
        calls=found.asked,
        callbacks=found.sent,
        verdict=found.last_line.partition("; ")[2],
        seconds=round(time.monotonic() - began, 1),
        trouble=(*failed, *found.explain()) if failed or not found.ok else (),
    )


@contextlib.contextmanager
def _home(world: str, keep: Path | None) -> Any:
    with contextlib.ExitStack() as stack:
        folder = keep / Path(world).stem if keep else None
        folder = folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        yield folder


@asynccontextmanager
async def served(home: Path, world: str) -> AsyncIterator[tuple[Twin, Location]]:
    """Run twin and server on a home of this world, every callback bound."""
    async with AsyncExitStack() as stack:
        timeout = aiohttp.ClientTimeout(total=_CLIENT_S)
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        twin = await stack.enter_async_context(twin_running(home, session, world))
        listener = stack.enter_context(listening_socket())
        bot = Bot(home, listener, session)
        stack.push_async_callback(bot.stop)
        await by_day(twin)
        wiring = await twin.get("wiring")
        bases = {"oa": twin.oa_base, "wecom": twin.wecom_base}
        write_home(home, wiring, url=bot.url, bases=bases, clock=f"{twin.control}/twin/clock")
        furnish(home, wiring)
        await bot.start()
        await bot.until_ready()
        await wire(twin, wiring, bot.url)
        database = SqliteFile(path=home / "xiaoer.db")
        await _settled(twin, database)
        yield twin, database


async def judged(twin: Twin, database: Location, key: bytes) -> Audit:
    """Let time pass until what is owed is settled or past its deadline, then compare the books."""
    await _settled(twin, database)
    await twin.post("clock", run=True, jump_s=_AFTERWARDS_S)
    await asyncio.sleep(_CLOCK_S)
    await _settled(twin, database)
    wiring = await twin.get("wiring")
    customers = [one["name"] for one in wiring["customers"] if not _is_early(one["name"])]
    people = [*customers, *(one["userid"] for one in wiring["staff"])]
    return audit(
        book=await twin.get("book"),
        phones={who: await twin.get(f"phone/{who}") for who in people},
        contacts={who: await twin.get(f"contact/{who}") for who in customers},
        script=Script(),
        database=database,
        instance_key=key,
    )


def _is_early(name: str) -> bool:
    return "老客" in name  # members of a group from before the world began; they never act


async def _settled(twin: Twin, database: Location) -> None:
    deadline = time.monotonic() + _SETTLE_S
    while time.monotonic() < deadline:
        await twin.post("idle", wait_s=_SETTLE_S)
        if peek.unfinished(database) == 0:
            return
        await asyncio.sleep(_LOOK_S)
