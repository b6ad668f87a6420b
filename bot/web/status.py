"""GET /status: how the program is, for people; JSON, or a page where a browser asks.

Whoever sits at this machine may see it, and whoever has the key that reads traces.
"""

import os
import time

from aiohttp import hdrs, web

from bot import metrics
from bot.clock import moment
from bot.db.gauges import Gauges
from bot.db.standing import Standing
from bot.errors import DatabaseTrouble
from bot.vitals import Vitals
from bot.web.keys import ROOMS
from bot.web.pages import page
from bot.web.place import on_this_machine
from bot.web.signed import answer
from bot.web.trace import turned_away

Told = dict[str, object]
_US = 1_000_000


async def status(request: web.Request) -> web.Response:
    """GET /status: lags, what is unknown, closed or paused, processes, settings in force.

    No name of a member and no secret stands in it. A database that cannot be read makes it say so,
    not fail. Asking changes nothing.
    """
    rooms = request.app[ROOMS]
    if not on_this_machine(request) and (refused := turned_away(request, rooms.traces)):
        return refused
    if rooms.vitals is None:
        return answer(404, {"code": "off", "text": "这个进程没有记录状态"})
    told = await document(rooms.vitals)
    if "text/html" in request.headers.get(hdrs.ACCEPT, ""):
        return page(request, "status.html", {"told": told})
    return answer(200, told)


async def document(vitals: Vitals) -> Told:
    """Return the status as programs read it (docs/how-to/watch.md)."""
    now_us = vitals.body.shop.clock()
    troubles = await vitals.ready()
    found = await vitals.gauges()
    return {
        "now": _shown(now_us),
        "ready": not troubles,
        "troubles": troubles,
        "process": {"pid": os.getpid(), "since": _shown(int(vitals.began_s * _US))},
        **vitals.body.about,
        "ruleset": vitals.body.shop.rules().hash,
        "rules": dict(vitals.body.rules()),
        **_machine(vitals),
        **(_work(found, now_us) if found else {}),
        **await _people(vitals, now_us),
    }


def _machine(vitals: Vitals) -> Told:
    behind_us = vitals.body.shop.skew.behind_us()
    swept_s = metrics.value_of(metrics.SWEEP_LAST_OK)
    return {
        "clock_skew_s": None if behind_us is None else behind_us / _US,
        "last_sweep_s_ago": round(time.time() - swept_s, 1) if swept_s else None,
        "disk_free": vitals.disk_free(),
        "wal_bytes": vitals.wal_bytes(),
        "certificate_days": vitals.certificate_days,
        "redis": vitals.body.redis() if vitals.body.redis else "off",
    }


def _work(found: Gauges, now_us: int) -> Told:
    due_us = found.next_deadline_us
    return {
        "lag_s": {str(lane): us / _US for lane, us in sorted(found.lag_us.items())},
        "next_deadline_s": None if due_us is None else (due_us - now_us) / _US,
        "effects": dict(found.effects),
        "quarantined": found.quarantined,
        "closed": [
            {"account": c.account, "api": c.api, "until": _shown(c.until_us), "code": c.code}
            for c in found.closings
        ],
        "stock": {name: {"left": s.left, "size": s.size} for name, s in found.shelves.items()},
    }


async def _people(vitals: Vitals, now_us: int) -> Told:
    try:
        found, settings = await vitals.standing()
    except (DatabaseTrouble, TimeoutError):
        return {"settings": {}, "unread": True}
    return {"settings": dict(settings), "unread": False, **_standing(found, now_us)}


def _standing(found: Standing, now_us: int) -> Told:
    return {
        "rulesets_agree": found.agree,
        "processes": [
            {
                "id": one.id, "host": one.host, "pid": one.pid, "role": one.role,
                "since": _shown(one.started_us), "alive": one.until_us > found.now_us,
                "ruleset": one.ruleset, "rule_problems": one.rule_problems,
                "ruleset_since": _shown(one.ruleset_us) if one.ruleset_us else None,
            }
            for one in found.hands
        ],
        "tokens": [
            {
                "account": one.account, "generation": one.generation,
                "fetched": _shown(one.fetched_us), "good": one.expires_us > now_us,
                "expires": _shown(one.expires_us),
            }
            for one in found.passes
        ],
        "paused": [
            {"name": one.name, "reason": one.reason, "by": one.by, "since": _shown(one.at_us)}
            for one in found.pausings
        ],
        "compared": [
            {
                "account": one.account, "part": one.part, "state": one.state,
                "began": _shown(one.began_us),
            }
            for one in found.compared
        ],
    }  # fmt: skip


def _shown(us: int) -> str:
    return moment(us).isoformat(timespec="seconds")
