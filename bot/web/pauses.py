"""The calls by which the operator's commands pause a running server, and let it send again."""

from dataclasses import asdict

from aiohttp import web

from bot.db import pauses, reopening, restored
from bot.db.pauses import Pause
from bot.db.tx import Tx
from bot.pausing import well_formed
from bot.reopen import imported, reopen
from bot.web.keys import Rooms
from bot.web.operator import Told, obey, text, texts

KIND = "pauses"
MOST_CODES = 1_000  # in one call


async def pause(request: web.Request) -> web.Response:
    """POST /api/pauses: `{"do": "pause" or "resume", "name", "reason", "by"}` from the operator.

    Answers what was `done`: paused, already, lifted, not_paused, or unconfirmed for what a restore
    paused. Repeating is safe.
    """
    return await obey(request, KIND, _pause)


async def confirm(request: web.Request) -> web.Response:
    """POST /api/reopen: `{"as_of_us", "accounts"}` from the operator, after a restore.

    Answers what became of what was `done`, null when there was nothing to confirm.
    """
    return await obey(request, KIND, _confirm)


async def release(request: web.Request) -> web.Response:
    """POST /api/codes: `{"codes": […]}` from the operator, up to 1,000 of those held back.

    Answers how many were `done`.
    """
    return await obey(request, KIND, _release)


async def _pause(rooms: Rooms, told: Told) -> dict[str, object]:
    name, wish = text(told, "name"), told.get("do")
    # What the files hold was looked up by who asks: a rule that is gone from them can be let go on.
    if not well_formed(name) or wish not in ("pause", "resume"):
        raise ValueError("do 应为 pause 或 resume，name 应为 all-sending 或 种类:编号")
    wanted = Pause(
        name=name, reason=text(told, "reason", ""), by=text(told, "by", ""), at_us=rooms.clock()
    )

    async def work(tx: Tx) -> str:
        if wish == "resume":
            return await restored.resume(tx, name)
        return "paused" if await pauses.pause(tx, wanted) else "already"

    return {"done": await rooms.db.write(work)}


async def _confirm(rooms: Rooms, told: Told) -> dict[str, object]:
    as_of_us = told.get("as_of_us")
    if not isinstance(as_of_us, int):
        raise ValueError("as_of_us 应为微秒数")
    done = await reopen(rooms.db, rooms.shop, texts(told, "accounts"), as_of_us)
    return {"done": asdict(done) if done else None}


async def _release(rooms: Rooms, told: Told) -> dict[str, object]:
    codes = texts(told, "codes")
    if len(codes) > MOST_CODES:
        raise ValueError(f"codes 一次最多 {MOST_CODES} 个")
    campaigns = imported(rooms.shop)
    return {"done": await rooms.db.write(lambda tx: reopening.release(tx, codes, campaigns))}
