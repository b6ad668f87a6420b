"""E2, E5, E8: how often a call is made again after which answer, by the platforms' book."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.actions import Class
from commands.play import peek
from tests.drills.deadlines import Newcomers
from tests.drills.figures import at_most, books, none_of, noted, some_of, together
from tests.drills.measures import drained, entries, newest
from tests.drills.registry import Finding, Options, drill
from tests.drills.rig import Rig, rig
from tests.drills.trouble import act_until, customers, planted

_MARK = "/cgi-bin/externalcontact/mark_tag"
_REMARK = "/cgi-bin/externalcontact/remark"
_BUSY, _SPENT = -1, 45009
_MINUTE_S, _HOUR_S = 60, 3_600
_EFFECTS = 5_000
_LOAD_S = 6.0


@drill("E2", "-1 is tried again three times at most, 45009 closes one API for 60 s, then an hour")
async def tried_again(options: Options, home: Path) -> Finding:
    """Answer every call that edits contacts with -1, then labels with 45009, twice."""
    async with rig(home, seed=options.seed) as r:
        r.crowd.unfollow = False
        busy = await _busy(r)
        closed = await _closed(r)
        return together(busy, *closed, books(await r.judge(troubled=True)))


async def _busy(r: Rig) -> Finding:
    since = await newest(r)
    async with planted(r, {"kind": "errcode", "code": _BUSY, "times": -1, "path": _REMARK}):
        await Newcomers(r).add(20, 20)
        await drained(r)
    tried = Counter(
        json.dumps(one["args"], sort_keys=True)
        for one in await entries(r, "call", since)
        if one["api"] == _REMARK
    )
    return together(
        some_of("effects met -1", len(tried)),
        at_most("calls for one", max(tried.values()), 4, "", 0),
    )


async def _closed(r: Rig) -> Sequence[Finding]:
    crowd = Newcomers(r, first=21_000)
    since = await newest(r)
    async with planted(r, {"kind": "errcode", "code": _SPENT, "times": -1, "path": _MARK}):
        for _ in range(2):  # the second refusal comes after the first rest
            await crowd.add(10, 20)
            await r.jump(_MINUTE_S + 5)
            await asyncio.sleep(1.0)
        second_s = max(one["at"] for one in _of(await entries(r, "call", since), _MARK))
    calls = await entries(r, "call", since)
    refused = [one["at"] for one in _of(calls, _MARK) if one["errcode"] == _SPENT]
    gaps = [later - at for at, later in pairwise(refused)]
    within = [one for one in gaps if 1.0 < one < _MINUTE_S - 1]
    others = [one for one in calls if one["api"] != _MARK and one["at"] > refused[0]]
    took_s = await drained(r, within_s=120)
    again = _of(await entries(r, "call", since), _MARK)
    rested_s = min((one["at"] for one in again if one["at"] > second_s), default=0.0) - second_s
    return (
        some_of("45009", len(refused)),
        none_of("calls of the closed API within its minute", len(within)),
        some_of("calls of others meanwhile", len(others)),
        Finding(
            measured=f"after the second rested {rested_s:.0f} s (>= {_HOUR_S})",
            ok=rested_s >= _HOUR_S - 1,
        ),
        noted(f"drained {took_s:.0f} s after"),
    )


def _of(calls: Sequence[dict[str, Any]], api: str) -> list[dict[str, Any]]:
    return [one for one in calls if one["api"] == api]


@drill("E5", "a third of all answers is cut off after the effect")
async def cut_after(options: Options, home: Path) -> Finding:
    """Cut so many answers that each class of effects has met it; only class E may be unknown."""
    wanted = int(_EFFECTS * options.scale)
    async with rig(home, engine=options.engine, seed=options.seed) as r:
        r.crowd.unfollow = False
        over = asyncio.Event()
        async with planted(r, {"kind": "reset_after", "share": 0.3, "times": -1}):
            acting = asyncio.create_task(act_until(r, over, per_s=40))
            count = await _until_owed(r, wanted)
            over.set()
            await acting
            await drained(r)
        await drained(r)
        judged = await r.judge(troubled=True)
        classes = Counter({row["klass"]: int(row["n"]) for row in peek.rows(r.location, _UNKNOWN)})
        wrong = sum(n for klass, n in classes.items() if klass != Class.E)
        return together(
            noted(f"{count} effects"),
            some_of("unknown of class E", classes[Class.E]),
            none_of("unknown of classes A to D", wrong),
            books(judged),
        )


_UNKNOWN = "SELECT klass, count(*) AS n FROM effect WHERE state = 'unknown' GROUP BY klass"


async def _until_owed(r: Rig, wanted: int) -> int:
    """Wait until so many effects are owed; return how many."""
    while True:
        (row,) = peek.rows(r.location, "SELECT count(*) AS n FROM effect")
        if row["n"] >= wanted:
            return int(row["n"])
        await asyncio.sleep(1.0)


# Refusals that nothing changes, where each comes from in practice.
_FINAL = (
    ("/cgi-bin/message/custom/send", 40003),
    ("/cgi-bin/tags/members/batchtagging", 40003),
    ("/cgi-bin/externalcontact/send_welcome_msg", 41051),
    ("/cgi-bin/kf/send_msg", 40003),
    ("/cgi-bin/kf/send_msg_on_event", 84061),
    ("/cgi-bin/message/send", 40031),
)


@drill("E8", "answers that are final (40003, 84061, 41051, invalid userid) are never tried again")
async def final(options: Options, home: Path) -> Finding:
    """Refuse for good whatever these calls ask for; each effect makes one call, no more."""
    faults = [{"kind": "errcode", "code": code, "times": -1, "path": path} for path, code in _FINAL]
    async with rig(home, engine=options.engine, seed=options.seed) as r:
        r.crowd.unfollow = False
        since = await newest(r)
        async with planted(r, *faults):
            await customers(r, _LOAD_S)
            await drained(r)
        calls = await entries(r, "call", since)
        refused = {path: sum(one["api"] == path for one in calls) for path, _ in _FINAL}
        effects, most = _tries_of(r)
        met = [path.rpartition("/")[2] for path, count in refused.items() if count]
        return together(
            noted(f"met by {', '.join(met)}"),
            some_of("kinds of calls refused", len(met)),
            none_of("calls beyond one for each effect",
                    sum(refused.values()) - effects),
            at_most("tries of one", most, 1, "", 0),
        )  # fmt: skip


_MET = (
    "SELECT count(*) AS n, max(tries) AS most FROM (SELECT count(*) AS tries"
    " FROM attempt a JOIN effect e ON e.id = a.effect_id"
    # A new contact's profile is 84061 for a moment, which is another story.
    " WHERE a.code IN (40003, 41051, 40031) OR a.code = 84061 AND e.kind = 'kf_welcome'"
    " GROUP BY a.effect_id) AS met"
)


def _tries_of(r: Rig) -> tuple[int, int]:
    """Return how many effects met one of these answers, and how often one of them did at most."""
    (row,) = peek.rows(r.location, _MET)
    return int(row["n"]), int(row["most"] or 0)
