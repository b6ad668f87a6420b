"""The call by which the operator's command has a running server erase a member."""

from collections.abc import Mapping

import orjson
import structlog
from aiohttp import web

from bot.db.erasing import Erased, Erasing
from bot.erasure import erase_member
from bot.errors import DatabaseTrouble, Refused
from bot.web.keys import ROOMS
from bot.web.signed import NotSigned, answer, signed, turned_away

_NEEDED = ("person", "by", "reason")
log = structlog.get_logger()


async def erase(request: web.Request) -> web.Response:
    """POST /api/erase: `{"person", "by", "reason"}` from the operator; answers with what went.

    Takes up to 10 s longer than the database needs, for what is being sent just now. Asking again
    erases what came since.
    """
    rooms = request.app[ROOMS]
    try:
        told = _told(orjson.loads((await signed(request, "erase")).body))
    except (NotSigned, Refused) as refused:
        return turned_away(refused)
    except ValueError as wrong:
        return answer(400, {"code": "bad_request", "text": f"请求不完整：{wrong}"})
    wish = Erasing(
        person=told["person"], by=told["by"], reason=told["reason"],
        instance_key=rooms.shop.instance_key, now_us=rooms.clock(),
    )  # fmt: skip
    try:
        erased = await erase_member(rooms.db, wish)
    except LookupError:
        return answer(404, {"code": "no_such_member", "text": f"没有会员 {wish.person}"})
    except DatabaseTrouble:
        return answer(503, {"code": "try_again", "text": "没有做完，请原样重试"})
    log.info("erased", member=erased.person, count=sum(erased.gone.values()))
    return answer(200, {"erased": _document(erased)})


def _document(erased: Erased) -> dict[str, object]:
    """Return what went as the command reads it."""
    return {"person": erased.person, "people": erased.people, "before": erased.before,
            "gone": dict(erased.gone)}  # fmt: skip


def _told(body: object) -> Mapping[str, str]:
    if not isinstance(body, Mapping):
        raise ValueError("应为 JSON 对象")
    found = {name: body.get(name) for name in _NEEDED}
    for name, value in found.items():
        if not isinstance(value, str):
            raise ValueError(name)
    return {name: str(value) for name, value in found.items()}
