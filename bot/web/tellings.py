"""What the calls of the shop's own systems share: one telling or a list, answered one by one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

import orjson
from aiohttp import web

from bot.db.tx import Database
from bot.errors import DatabaseTrouble, Refused
from bot.shop import Shop
from bot.web.keys import ROOMS
from bot.web.signed import NotSigned, answer, signed, turned_away

MOST = 200  # in one call
_STATUS = {"conflict": 409, "bad_member": 400, "bad_order": 400}


class Outcome(Protocol):
    """What became of one telling."""

    @property
    def code(self) -> str:
        """Return the word for it that programs read."""

    @property
    def document(self) -> Mapping[str, object]:
        """Return it as the caller reads it."""


Tell = Callable[[Database, Shop, str, Sequence[object]], Awaitable[Sequence[Outcome]]]


async def take(request: web.Request, kind: str, wanted: str, tell: Tell) -> web.Response:
    """Answer a signed call that tells one thing, or a list of up to 200, of a kind.

    Each is answered by itself, and taken for good once the answer says so; a repeated one gets
    the same answer. The status is that of the worst. `wanted` says in Chinese what the body
    should be.
    """
    rooms = request.app[ROOMS]
    try:
        call = await signed(request, kind)
        items = _items(call.body, wanted)
    except (NotSigned, Refused) as refused:
        return turned_away(refused)
    except ValueError as wrong:
        return answer(400, {"code": "bad_request", "text": f"请求不完整：{wrong}"})
    try:
        outcomes = await tell(rooms.db, rooms.shop, call.source, items)
    except DatabaseTrouble:
        return answer(503, {"code": "try_again", "text": "暂时记不下来，请原样重试"})
    rooms.worker.arrived()
    status = max((_STATUS.get(one.code, 200) for one in outcomes), default=200)
    return answer(status, {"answers": [one.document for one in outcomes]})


def _items(body: bytes, wanted: str) -> Sequence[object]:
    given = orjson.loads(body)
    if isinstance(given, dict):
        return [given]
    if not isinstance(given, list) or not 0 < len(given) <= MOST:
        raise ValueError(f"应为{wanted}")
    return given
