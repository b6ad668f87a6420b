"""The call by which the operator's command has quarantined events decided once more."""

from aiohttp import web

from bot.db import inbox
from bot.web.keys import Rooms
from bot.web.operator import Told, obey, text


async def requeue(request: web.Request) -> web.Response:
    """POST /api/requeue: `{"event": ID}` from the operator, "" for all; answers with how many.

    Asking again finds what was quarantined again since, or nothing.
    """
    return await obey(request, "requeue", _requeue)


async def _requeue(rooms: Rooms, told: Told) -> dict[str, object]:
    event_id, now_us = text(told, "event"), rooms.clock()
    return {"requeued": await rooms.db.write(lambda tx: inbox.requeue(tx, event_id, now_us))}
