"""The call by which the operator's command has quarantined events decided once more."""

import orjson
from aiohttp import web

from bot.db import inbox
from bot.errors import DatabaseTrouble, Refused
from bot.web.keys import ROOMS
from bot.web.signed import NotSigned, answer, signed, turned_away


async def requeue(request: web.Request) -> web.Response:
    """POST /api/requeue: `{"event": ID}` from the operator, "" for all; answers with how many.

    Asking again finds what was quarantined again since, or nothing.
    """
    rooms = request.app[ROOMS]
    try:
        told = orjson.loads((await signed(request, "requeue")).body)
        event_id = told["event"]
        if not isinstance(event_id, str):
            raise ValueError("event 应为文字")
    except (NotSigned, Refused) as refused:
        return turned_away(refused)
    except (ValueError, KeyError, TypeError) as wrong:
        return answer(400, {"code": "bad_request", "text": f"请求不完整：{wrong}"})
    now_us = rooms.clock()
    try:
        count = await rooms.db.write(lambda tx: inbox.requeue(tx, event_id, now_us))
    except DatabaseTrouble:
        return answer(503, {"code": "try_again", "text": "暂时记不下来，请原样重试"})
    rooms.worker.arrived()
    return answer(200, {"requeued": count})
