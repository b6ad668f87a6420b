"""The call by which the operator's commands tell a running server of mass messages 企业群发."""

import orjson
from aiohttp import web
from pydantic import ValidationError

from bot.codec import event_from_json
from bot.events import Event, MassAsked, MassDue, MassNudged, MassStopped
from bot.web.keys import Rooms
from bot.web.operator import Told, decided, obey

KINDS = frozenset(kind.__name__ for kind in (MassAsked, MassDue, MassNudged, MassStopped))


async def masses(request: web.Request) -> web.Response:
    """POST /api/masses: `{"kind", "name", "event"}` from the operator; answers with the verdict.

    The same `name` gets the first verdict again.
    """
    return await obey(request, "masses", _tell)


def canonical(event: Event, name: str) -> str:
    """Return what names a telling of the operator's for ever."""
    return f"mass\0{event.account}\0{type(event).__name__}\0{name}"


async def _tell(rooms: Rooms, told: Told) -> dict[str, object]:
    event = _event(told)
    return await decided(rooms, event, canonical(event, str(told.get("name", ""))))


def _event(told: Told) -> Event:
    if told.get("kind") not in KINDS:
        raise ValueError("kind")
    try:
        return event_from_json(str(told["kind"]), orjson.dumps(told.get("event")))
    except ValidationError as wrong:
        raise ValueError("event") from wrong
