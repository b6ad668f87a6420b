"""What every call of the operator's commands has in common: it is read, acted on, answered."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from aiohttp import web

from bot.errors import DatabaseTrouble, Refused
from bot.events import Event
from bot.web.asking import ask
from bot.web.keys import ROOMS, Rooms
from bot.web.signed import NotSigned, answer, signed, turned_away

LAST = 2**63 - 1  # number that a row may have
Told = Mapping[str, Any]
Act = Callable[[Rooms, Told], Awaitable[dict[str, object]]]


class Declined(Exception):
    """A call was read, and is answered otherwise than with what was done."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text


async def obey(request: web.Request, kind: str, act: Act) -> web.Response:
    """Do what a call says that may tell `kind`, and answer with what `act` returns.

    401 when it is not signed so, 413 for its body, 400 when `act` raises ValueError, 503 when it
    raises DatabaseTrouble, and whatever a Declined says. Repeating is as safe as `act` is.
    """
    rooms = request.app[ROOMS]
    try:
        done = await act(rooms, _told((await signed(request, kind)).body))
    except (NotSigned, Refused) as refused:
        return turned_away(refused)
    except ValueError as wrong:
        return answer(400, {"code": "bad_request", "text": f"请求不完整：{wrong}"})
    except Declined as declined:
        return answer(declined.status, {"code": declined.code, "text": declined.text})
    except DatabaseTrouble:
        return answer(503, {"code": "try_again", "text": "暂时记不下来，请原样重试"})
    rooms.worker.arrived()
    return answer(200, done)


def _told(body: bytes) -> Told:
    told = orjson.loads(body)
    if not isinstance(told, Mapping):
        raise ValueError("应为对象")
    return told


async def decided(rooms: Rooms, event: Event, canonical: str) -> dict[str, object]:
    """Decide an event of the operator's and return its `verdict`.

    The same `canonical` gets the first verdict again. Raises Declined when it takes longer, and
    DatabaseTrouble.
    """
    verdict = await ask(rooms, event, canonical)
    if verdict is None:
        raise Declined(503, "try_again", "已收下，还没有处理完；请原样重试")
    return {"verdict": dict(verdict)}


def text(told: Told, name: str, absent: str | None = None) -> str:
    """Return a text that was told, `absent` when it was not. Raises ValueError."""
    value = told.get(name, absent)
    if not isinstance(value, str):
        raise ValueError(f"{name} 应为文字")
    return value


def texts(told: Told, name: str) -> list[str]:
    """Return a list of texts that was told. Raises ValueError."""
    values = told.get(name)
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise ValueError(f"{name} 应为文字的列表")
    return values


def number(value: object, name: str) -> int:
    """Return the number of a row that was told, from 1 to LAST. Raises ValueError."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LAST:
        raise ValueError(f"{name} 应为编号")
    return value
