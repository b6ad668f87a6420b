"""E6 and E7: tokens that die under load, a refresher that sleeps, a secret that is wrong."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from typing import Any

import aiohttp

from bot.actions import Remark
from commands.play import peek
from tests.drills.deadlines import ENTRY_CODE, Newcomers
from tests.drills.engines import POSTGRES, SQLITE
from tests.drills.figures import at_most, books, none_of, noted, some_of, together
from tests.drills.measures import drained, entries, newest
from tests.drills.owed import UNLIMITED, owe
from tests.drills.registry import Finding, Options, drill, room
from tests.drills.rig import Rig, rig
from tests.drills.trouble import planted

GETTOKEN, REMARK = "/cgi-bin/gettoken", "/cgi-bin/externalcontact/remark"
_DEAD = (40014, 42001, 40001)
_CALLS, _MEMBERS = 500, 100
_ACCOUNT = "wecom-main"
_PATIENCE_S, _LOOK_S = 30.0, 0.1
_LEASE_S = 15  # of the right to refresh (bot/platforms/token.py)
_WINDOW_S, _STEP_S, _STEP_REAL_S = 600, 20, 0.4


@drill("E6", "a token dies while 500 calls are owed and under way; its refresher sleeps")
async def storm(options: Options, home: Path) -> Finding:
    """Let the token die in the middle of many calls: one process, then four; then a sleeper."""
    every = (
        ("one process", SQLITE, 1),
        ("four workers", POSTGRES, 4),
    )
    for name, engine, workers in every:
        if options.wants(name):
            options.tell(name, await _storm(options, room(home, name), engine, workers))
    if options.wants("sleeping refresher"):
        options.tell("sleeping refresher", await _asleep(options, room(home, "asleep")))
    return noted("told above")


async def _storm(options: Options, home: Path, engine: str, workers: int) -> Finding:
    async with rig(
        home, engine=engine, workers=workers, seed=options.seed,
        home_changes={"api_limits": [*UNLIMITED]},
    ) as r:  # fmt: skip
        since = await _busy(r, slow_s=0.3)
        async with planted(r, _slow(0.3)):
            await _remarks_under_way(r, since)
            died = await newest(r)
            await r.twin.post("revoke", account=_ACCOUNT)
            took_s = await drained(r)
        calls = await entries(r, "call", died)
        refused = [one for one in calls if one["errcode"] in _DEAD]
        return together(
            noted(f"{workers} processes"),
            some_of("calls with the dead token", len(refused)),
            at_most("gettoken", _asked(calls), 2, "", 0),
            at_most("tries that one effect took", _most_tries(r), 1, "", 0),
            at_most("drained", took_s, 60),
            books(await r.judge(troubled=True)),
        )


async def _busy(r: Rig, slow_s: float) -> int:
    """Owe the calls to contacts that are known; return the newest entry of the book before."""
    crowd = Newcomers(r)
    await crowd.add(_MEMBERS)
    await drained(r)
    contacts = [await r.twin.get(f"contact/{who}") for who in crowd.names]
    since = await newest(r)
    await r.twin.post("faults", script=[{**_slow(slow_s), "times": 32}], seed=1)
    await owe(
        r,
        [
            Remark(
                account=_ACCOUNT, staff="xiaowang", text=f"第 {n} 次",
                member=str(contacts[n % _MEMBERS]["external_userid"]),
            )
            for n in range(_CALLS)
        ],
    )  # fmt: skip
    return since


def _slow(seconds: float) -> dict[str, object]:
    return {"kind": "slow", "seconds": seconds, "path": REMARK, "times": -1}


async def _remarks_under_way(r: Rig, since: int) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        done = await entries(r, "call", since)
        if sum(one["api"] == REMARK for one in done) >= _MEMBERS // 4:
            return
        await asyncio.sleep(_LOOK_S)


def _asked(calls: Sequence[dict[str, Any]]) -> int:
    return sum(one["api"] == GETTOKEN for one in calls)


def _most_tries(r: Rig) -> int:
    (row,) = peek.rows(
        r.location, "SELECT max(attempts) AS n FROM effect WHERE kind = ?", Remark.kind
    )
    return int(row["n"])


async def _asleep(options: Options, home: Path) -> Finding:
    """Stop the refreshing process in the middle of it; another takes over; then it wakes."""
    async with rig(
        home, engine=POSTGRES, workers=2, seed=options.seed,
        home_changes={"api_limits": [*UNLIMITED]},
    ) as r:  # fmt: skip
        await _busy(r, slow_s=0)
        await drained(r)
        await r.bots[1].stop()
        began = await newest(r)
        await r.twin.post("revoke", account=_ACCOUNT)
        async with planted(r, {"kind": "slow", "seconds": 3, "path": GETTOKEN, "times": 1}):
            crowd = asyncio.create_task(Newcomers(r, first=7000).add(3, 5))
            await asyncio.sleep(1.5)
            with r.outage("the refresher sleeps"):
                r.bots[0].send(SIGSTOP)  # it has asked for a token and not heard yet
                await r.start(1)
                await asyncio.sleep(_LEASE_S + 6)
                r.bots[0].send(SIGCONT)
            await crowd
        took_s = await drained(r)
        calls = await entries(r, "call", began)
        woken = await newest(r)
        await Newcomers(r, first=7500).add(10, 20)
        await drained(r)
        later = await entries(r, "call", woken)
        return together(
            at_most("gettoken", _asked(calls), 2, "", 0),
            at_most("drained", took_s, 60),
            none_of("calls with a dead token afterwards", _dead(later)),
            none_of("gettoken afterwards", _asked(later)),
            books(await r.judge(troubled=True)),
        )


def _dead(calls: Sequence[dict[str, Any]]) -> int:
    return sum(one["errcode"] in _DEAD for one in calls)


@drill("E7", "a secret that is wrong for ten minutes and more")
async def wrong_secret(options: Options, home: Path) -> Finding:
    """Reset the secret at the platform; the clock passes ten minutes while contacts are added."""
    async with rig(home, seed=options.seed) as r:
        crowd = Newcomers(r)
        since = await newest(r)
        await r.twin.post("plant", account=_ACCOUNT, trouble="secret_expired")
        ready = Counter[int]()
        for _ in range(_WINDOW_S // _STEP_S):
            adding = r.twin.do("add_contact", crowd.another(), code=ENTRY_CODE)
            act = asyncio.create_task(adding)
            await r.jump(_STEP_S)
            await asyncio.sleep(_STEP_REAL_S)
            await act
            ready[await _status(f"{r.bots[0].url}/ready")] += 1
        asked = _asked(await entries(r, "call", since))
        told = [one for one in peek.notices(r.location) if _ACCOUNT in one]
        await r.twin.delete("plant")
        took_s = await drained(r)
        return together(
            at_most("gettoken in 10 min", asked, 5, "", 0),
            some_of("notices to operators", len(told)),
            none_of("looks at /ready that were red", ready.total() - ready[HTTPStatus.OK]),
            at_most("drained after the secret was right again", took_s, 660),
            books(await r.judge(troubled=True)),
        )


async def _status(url: str) -> int:
    async with aiohttp.ClientSession() as http, http.get(url) as got:
        return got.status
