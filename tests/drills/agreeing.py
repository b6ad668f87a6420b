"""Several processes on one PostgreSQL: each follows an edit and keeps a pause, soon."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bench.installation import new_home
from commands.play import peek
from tests.drills.editing import seconds_until
from tests.drills.figures import at_most, none_of, some_of
from tests.drills.followers import Followers
from tests.drills.live import VISIBLE_S
from tests.drills.registry import Finding
from tests.reloading import rule
from tests.servers import postgres
from tests.test_serve_postgres import Shop

PAUSED_S = 2.0
_SERVING = 2
_WORD, _RULE = "停下这条", "to-be-paused"
_TRIES = 200
_SAYING_S, _AFTER_S = 1.0, 3.0
_LOOK_S = 0.05
_US = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A connection that is kept alive, and so always ends at the same process."""

    pid: int
    followers: Followers


@asynccontextmanager
async def processes(home: Path) -> AsyncIterator[Shop]:
    """Have two processes that serve a home, and one that only works."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as door:
        one = Shop(new_home(home), postgres().new(), "", door)
        async with one.running("serve", "--processes", str(_SERVING)), one.running("work"):
            await one.until(one.ready)
            await one.until_living(_SERVING + 1)
            await seconds_until(lambda: _agreed(one, ""))
            yield one


async def converged(one: Shop) -> list[Finding]:
    """Add a rule; every process must go by it, and say so."""
    before = _hashes(one)
    (one.home / "rules" / "added.yaml").write_text(rule(_RULE, _WORD), "utf-8")
    (old,) = before
    took_s = await seconds_until(lambda: _agreed(one, old))
    told = await _status(one)
    alive = [hand for hand in told["processes"] if hand["alive"]]
    return [
        at_most(f"{len(alive)} processes go by an edit", took_s, VISIBLE_S),
        none_of("/status that does not say so", int(not told["rulesets_agree"])),
        none_of("processes by other rules", sum(h["ruleset"] != told["ruleset"] for h in alive)),
    ]


async def paused(one: Shop) -> list[Finding]:
    """Pause the rule that followers at every process ask for; each must stop it soon."""
    async with _lines(one) as lines:
        stop = asyncio.Event()
        talks = [
            asyncio.create_task(line.followers.talk(lambda _: _WORD, 20.0, stop)) for line in lines
        ]
        await asyncio.sleep(_SAYING_S)
        async with one.running("pause", "rule", _RULE) as command:
            await command.wait()
        await asyncio.sleep(_AFTER_S)
        stop.set()
        await asyncio.gather(*talks)
    began_us, asked = await asyncio.to_thread(_asked, one)
    found = []
    for number, _ in enumerate(lines):
        mine = [(at, hit) for at, line, hit in asked if line == number]
        late_us = max([at for at, hit in mine if hit and at > began_us], default=began_us)
        kept = sum(not hit for at, hit in mine if at > began_us)
        found += [
            at_most(f"process {number + 1} keeps a pause", (late_us - began_us) / _US, PAUSED_S),
            some_of("hits before", sum(hit for at, hit in mine if at <= began_us)),
            some_of("messages left alone after", kept),
        ]
    return found


@asynccontextmanager
async def _lines(one: Shop) -> AsyncIterator[list[Line]]:
    """Have a line to each serving process."""
    async with AsyncExitStack() as stack:
        lines: dict[int, Line] = {}
        for _ in range(_TRIES):
            connector = aiohttp.TCPConnector(limit=1)
            http = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
            async with http.get(f"{one.base}/status") as answer:
                pid = int((await answer.json())["process"]["pid"])
            first = 1 + len(lines) * _US  # whose line it was is read from the message's number
            lines.setdefault(pid, Line(pid=pid, followers=Followers(one.base, http, first=first)))
            if len(lines) == _SERVING:
                break
            await asyncio.sleep(_LOOK_S)
        yield list(lines.values())


def _asked(one: Shop) -> tuple[int, list[tuple[int, int, bool]]]:
    """Return when the pause began, and of each message its moment, its line and whether it hit."""
    (pause,) = peek.rows(one.place, "SELECT at_us FROM pause WHERE name = ?", f"rule:{_RULE}")
    rows = peek.rows(
        one.place,
        "SELECT t.at_us, t.body, i.body AS told FROM trace t JOIN inbox i ON i.id = t.inbox_id"
        " WHERE i.source = 'callback' AND i.account = 'oa-main'",
    )
    asked = []
    for row in rows:
        trace = json.loads(row["body"])
        number = int(bytes(row["told"]).decode().partition("<MsgId>")[2].partition("<")[0])
        hit = any(one["rule"] == _RULE for one in trace["hits"])
        asked.append((int(row["at_us"]), number % (10 * _US) // _US, hit))
    return int(pause["at_us"]), asked


async def _status(one: Shop) -> Mapping[str, Any]:
    async with aiohttp.ClientSession() as http, http.get(f"{one.base}/status") as answer:
        told: Mapping[str, Any] = await answer.json()
        return told


def _hashes(one: Shop) -> set[str]:
    return {str(row["ruleset"]) for row in one.living()}


async def _agreed(one: Shop, old: str) -> bool:
    """Whether all processes go by the same rules, and not by these."""
    now = await asyncio.to_thread(_hashes, one)
    return len(now) == 1 and not now & {old, ""}


async def agreed(home: Path) -> list[Finding]:
    """Return every figure, measured in an empty folder; skips where PostgreSQL cannot start."""
    async with processes(home) as one:
        return [*await converged(one), *await paused(one)]
