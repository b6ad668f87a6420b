"""F1, F3, F6, B1: repeats by the platform, by an attacker, and of what may still be carried out."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp

from bot.actions import MakeMass
from bot.events import Letter
from commands.play import peek
from config.settings import BadSettings, load
from tests.drills.deadlines import Newcomers
from tests.drills.figures import at_most, books, none_of, noted, some_of, together
from tests.drills.forged import Forged, forged
from tests.drills.kills import Wanted
from tests.drills.measures import drained, entries
from tests.drills.owed import UNLIMITED, owe
from tests.drills.points import BROKEN, POINTS
from tests.drills.registry import Finding, Options, drill, room
from tests.drills.rig import Rig, rig
from tests.drills.trouble import planted, told
from tests.drills.visits import visited

_ACCOUNT = "wecom-main"
_ROUNDS, _APART_S, _SHARE = 2, 200, 0.8
_CALLBACKS = 200
_KILLS = 500
_BETWEEN = ("inbox-committed-before-200", "deciding-row-taken", "deciding-before-close")
_WEEK_S = 7 * 86_400
_ROWS = "SELECT count(*) AS n, sum(duplicates) AS again FROM inbox WHERE source = 'callback'"


@drill("F1", "every callback comes up to four times, minutes apart, sealed anew each time")
async def repeated(options: Options, home: Path) -> Finding:
    """Let customers act, everything twice at once, then most of it again, twice, much later."""
    async with rig(home, engine=options.engine, seed=options.seed) as r:
        r.crowd.unfollow = False
        await r.twin.post("settings", redeliver_share=1.0)
        await r.load(_CALLBACKS, per_s=25)
        await drained(r)
        for seed in range(_ROUNDS):
            await r.jump(_APART_S)
            await r.twin.post("redeliver", share=_SHARE, seed=options.seed + seed, shuffle=True)
        took_s = await drained(r)
        times = Counter(
            one["happening"] for one in await entries(r, "callback") if one["delivered"]
        )
        judged = await r.judge()
        told(judged, set())
        return together(
            noted(f"{len(times)} callbacks in {times.total()} deliveries"),
            at_most("times one came", max(times.values()), 4, "", 0),
            some_of("came more than twice", sum(one > 2 for one in times.values())),
            at_most("drained", took_s, 60),
            books(judged),
        )


@drill("F3", "kills between the inbox row and its plan; the repeat resumes the work")
async def resumed(options: Options, home: Path) -> Finding:
    """Kill the process at the three points between insert and plan, while customers go on."""
    repeats = max(5, int(_KILLS * options.scale / len(_BETWEEN)))
    points = tuple(one for one in POINTS if one.label in _BETWEEN)
    missed: Counter[str] = Counter()
    wanted = Wanted(kills=0, seed=options.seed, engine=options.engine, points=points)
    judged = await visited(wanted, repeats, home, missed)
    told(judged, set())
    died = sum(one.point in _BETWEEN for one in judged.kills)
    return together(
        at_most("points", len(_BETWEEN) - len(points), 0, "missing", 0),
        some_of("kills", died), none_of("not reached", missed.total()), books(judged),
    )  # fmt: skip


@drill("F6", "captured requests again, old ones, and timestamp and nonce split elsewhere")
async def replayed(options: Options, home: Path) -> Finding:
    """Replay what the platform sent, then what only somebody with a copy of it would."""
    async with rig(home, engine=options.engine, seed=options.seed) as r:
        crowd = Newcomers(r)
        await crowd.add(3)
        await drained(r)
        before = _kept(r)
        replay = await r.twin.do("replay_last", crowd.names[0], account=_ACCOUNT)
        after = _kept(r)
        calls = len(await entries(r, "call"))
        await asyncio.sleep(1.0)
        again = len(await entries(r, "call"))
        forgeries = await _forgeries(r)
        await r.jump(_WEEK_S + 3_600)
        await asyncio.sleep(1.0)
        old = await r.twin.do("replay_last", crowd.names[0], account=_ACCOUNT)
        return together(
            _is("replay answered", replay["status"], 200),
            _is("counted as repeat", after[1] - before[1], 1),
            none_of("rows and calls it made", after[0] - before[0] + again - calls),
            *forgeries,
            _is("after a week refused with", old["status"], 403),
            none_of("rows in the end beyond the genuine", _kept(r)[0] - after[0] - 1),
            _refuses_short_memory(r.home),
        )


def _kept(r: Rig) -> tuple[int, int]:
    (row,) = peek.rows(r.location, _ROWS)
    return int(row["n"]), int(row["again"] or 0)


def _is(what: str, found: object, wanted: object) -> Finding:
    return Finding(measured=f"{what} {found} ({wanted})", ok=found == wanted)


async def _forgeries(r: Rig) -> list[Finding]:
    """Send a genuine callback, then the same bytes with a query that has the same signature."""
    wiring = await r.twin.get("wiring")
    account = next(one for one in wiring["accounts"] if one["id"] == _ACCOUNT)
    url = f"{r.bots[0].url}{account['path']}"
    genuine = forged(account, int(r.now()))
    return [
        _is("genuine answered", await _status(url, genuine), 200),
        _is("split elsewhere refused with", await _status(url, genuine.split_elsewhere()), 403),
        _is("long nonce refused with",
            await _status(url, forged(account, int(r.now()), nonce="7" * 65)), 403),
        _is("eight days old refused with",
            await _status(url, forged(account, int(r.now()) - _WEEK_S - 86_400)), 403),
    ]  # fmt: skip


async def _status(url: str, post: Forged) -> int:
    body = post.body.encode()
    async with aiohttp.ClientSession() as http, http.post(
        url, params=dict(post.query), data=body
    ) as got:  # fmt: skip
        return got.status


def _refuses_short_memory(home: Path) -> Finding:
    """A home that forgets repeats before it refuses old callbacks is not started."""
    try:
        load(home, {"XIAOER_DEDUPE_DAYS": "7"})
    except BadSettings:
        return Finding(measured="a memory as short as the window is refused", ok=True)
    return Finding(measured="a memory as short as the window is accepted", ok=False)


_TASKS, _STAFF = 2_000, ("xiaowang", "xiaoli")
_ADD_TASK = "/cgi-bin/externalcontact/add_msg_template"
_FASTER = 30  # what is cut off makes the others of its employee wait 15 s each time
_CUT = tuple(
    {"kind": "late_effect", "cut": True, "seconds": seconds, "share": 0.07, "times": -1,
     "path": _ADD_TASK}
    for seconds in (0.5, 5, 10)
)  # fmt: skip


@drill(
    "B1", "tasks that are cut off and made up to 10 s later: none twice, but without the wait some"
)
async def made_later(options: Options, home: Path) -> Finding:
    """Owe class-D effects, a fifth of them cut and late; then once more without the settle wait."""
    tasks = max(60, int(_TASKS * options.scale))
    waiting = await _tasks(options, room(home, "waiting"), tasks, "")
    hasty = await _tasks(options, room(home, "hasty"), 60, "reads-back-at-once")
    return together(
        noted(f"{tasks} tasks"),
        some_of("cut", waiting["cut"]),
        none_of("twice", waiting["twice"]),
        none_of("never made", waiting["never"]),
        some_of("twice without the wait", hasty["twice"]),
    )


async def _tasks(options: Options, home: Path, count: int, broken: str) -> Counter[str]:
    """Return how many tasks were cut, and how many the platform made twice or never."""
    env = {BROKEN: broken} if broken else {}
    changes: dict[str, Any] = {"api_limits": [*UNLIMITED]}
    async with rig(home, seed=options.seed, env=env, home_changes=changes) as r:
        crowd = Newcomers(r)
        await crowd.add(len(_STAFF))
        for staff, one in zip(_STAFF, crowd.names, strict=True):
            await r.twin.do("add_contact", one, staff=staff)
        await drained(r)
        who = [(await r.twin.get(f"contact/{one}"))["external_userid"] for one in crowd.names]
        await r.twin.post("clock", speed=_FASTER)
        async with planted(r, *_CUT):
            await owe(r, [_task(r, n, who[n % len(who)]) for n in range(count)])
            await drained(r, within_s=240)
        await r.twin.post("idle", wait_s=5)
        calls = [one for one in await entries(r, "call") if one["api"] == _ADD_TASK]
        late = {one["call"]: one for one in await entries(r, "late")}
        made = Counter(
            one["args"]["text"]["content"]
            for one in calls
            if late.get(one["n"], one)["effect"] is not None
        )
        return Counter(
            cut=sum(one["fault"] == "late_effect" for one in calls),
            twice=sum(one > 1 for one in made.values()),
            never=count - len(made),
        )


def _task(r: Rig, number: int, receiver: str) -> MakeMass:
    return MakeMass(
        account=_ACCOUNT, mass=f"drill-{number}", part="1", staff=_STAFF[number % len(_STAFF)],
        letter=Letter(text=f"第 {number} 件"), receivers=(receiver,), asked=int(r.now()),
    )  # fmt: skip
