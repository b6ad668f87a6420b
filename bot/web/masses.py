"""The call by which the operator's commands tell a running server of mass messages 企业群发."""

from collections.abc import Mapping

import orjson
from aiohttp import web
from pydantic import ValidationError

from bot.codec import event_from_json
from bot.errors import DatabaseTrouble, Refused
from bot.events import Event, MassAsked, MassDue, MassNudged, MassStopped
from bot.web.asking import ask
from bot.web.keys import ROOMS
from bot.web.signed import NotSigned, answer, signed, turned_away

KINDS = frozenset(kind.__name__ for kind in (MassAsked, MassDue, MassNudged, MassStopped))


async def masses(request: web.Request) -> web.Response:
    """POST /api/masses: `{"kind", "name", "event"}` from the operator; answers with the verdict.

    The same `name` gets the first verdict again.
    """
    rooms = request.app[ROOMS]
    try:
        told = orjson.loads((await signed(request, "masses")).body)
        event = _event(told)
    except (NotSigned, Refused) as refused:
        return turned_away(refused)
    except ValueError as wrong:
        return answer(400, {"code": "bad_request", "text": f"请求不完整：{wrong}"})
    try:
        verdict = await ask(rooms, event, canonical(event, str(told.get("name", ""))))
    except DatabaseTrouble:
        return answer(503, {"code": "try_again", "text": "暂时记不下来，请原样重试"})
    rooms.worker.arrived()
    if verdict is None:
        return answer(503, {"code": "try_again", "text": "已收下，还没有处理完；请原样重试"})
    return answer(200, {"verdict": dict(verdict)})


def canonical(event: Event, name: str) -> str:
    """Return what names a telling of the operator's for ever."""
    return f"mass\0{event.account}\0{type(event).__name__}\0{name}"


def _event(told: object) -> Event:
    if not isinstance(told, Mapping) or told.get("kind") not in KINDS:
        raise ValueError("kind")
    try:
        return event_from_json(str(told["kind"]), orjson.dumps(told.get("event")))
    except ValidationError as wrong:
        raise ValueError("event") from wrong
