"""The calls by which the operator's commands pause a running server, and let it send again."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

import orjson
from aiohttp import web

from bot.db import pauses, reopening, restored
from bot.db.pauses import Pause
from bot.db.tx import Tx
from bot.errors import DatabaseTrouble, Refused
from bot.pausing import well_formed
from bot.reopen import imported, reopen
from bot.web.keys import ROOMS, Rooms
from bot.web.signed import NotSigned, answer, signed, turned_away

KIND = "pauses"
MOST_CODES = 1_000  # in one call
Act = Callable[[Rooms, Mapping[str, Any]], Awaitable[dict[str, object]]]


async def pause(request: web.Request) -> web.Response:
    """POST /api/pauses: `{"do": "pause" or "resume", "name", "reason", "by"}` from the operator.

    Answers what was `done`: paused, already, lifted, not_paused, or unconfirmed for what a restore
    paused. Repeating is safe.
    """
    return await _act(request, _pause)


async def confirm(request: web.Request) -> web.Response:
    """POST /api/reopen: `{"as_of_us", "accounts"}` from the operator, after a restore.

    Answers what became of what was `done`, null when there was nothing to confirm.
    """
    return await _act(request, _confirm)


async def release(request: web.Request) -> web.Response:
    """POST /api/codes: `{"codes": […]}` from the operator, up to 1,000 of those held back.

    Answers how many were `done`.
    """
    return await _act(request, _release)


async def _act(request: web.Request, act: Act) -> web.Response:
    rooms = request.app[ROOMS]
    try:
        told = orjson.loads((await signed(request, KIND)).body)
        if not isinstance(told, Mapping):
            raise ValueError("应为对象")
        done = await act(rooms, told)
    except (NotSigned, Refused) as refused:
        return turned_away(refused)
    except ValueError as wrong:
        return answer(400, {"code": "bad_request", "text": f"请求不完整：{wrong}"})
    except DatabaseTrouble:
        return answer(503, {"code": "try_again", "text": "暂时记不下来，请原样重试"})
    rooms.worker.arrived()
    return answer(200, done)


async def _pause(rooms: Rooms, told: Mapping[str, Any]) -> dict[str, object]:
    name, wish = _text(told, "name"), told.get("do")
    # What the files hold was looked up by who asks: a rule that is gone from them can be let go on.
    if not well_formed(name) or wish not in ("pause", "resume"):
        raise ValueError("do 应为 pause 或 resume，name 应为 all-sending 或 种类:编号")
    wanted = Pause(
        name=name, reason=_text(told, "reason"), by=_text(told, "by"), at_us=rooms.clock()
    )

    async def work(tx: Tx) -> str:
        if wish == "resume":
            return await restored.resume(tx, name)
        return "paused" if await pauses.pause(tx, wanted) else "already"

    return {"done": await rooms.db.write(work)}


async def _confirm(rooms: Rooms, told: Mapping[str, Any]) -> dict[str, object]:
    as_of_us = told.get("as_of_us")
    if not isinstance(as_of_us, int):
        raise ValueError("as_of_us 应为微秒数")
    done = await reopen(rooms.db, rooms.shop, _texts(told, "accounts"), as_of_us)
    return {"done": asdict(done) if done else None}


async def _release(rooms: Rooms, told: Mapping[str, Any]) -> dict[str, object]:
    codes = _texts(told, "codes")
    if len(codes) > MOST_CODES:
        raise ValueError(f"codes 一次最多 {MOST_CODES} 个")
    campaigns = imported(rooms.shop)
    return {"done": await rooms.db.write(lambda tx: reopening.release(tx, codes, campaigns))}


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name} 应为文字")
    return value


def _texts(told: Mapping[str, Any], name: str) -> list[str]:
    values = told.get(name)
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise ValueError(f"{name} 应为列表")
    return values
