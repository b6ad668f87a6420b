"""The call by which the operator's command settles effects whose outcome nobody can know."""

from collections.abc import Sequence

from aiohttp import web

from bot.db import resolving
from bot.db.resolving import VERDICTS, Word
from bot.web.keys import Rooms
from bot.web.operator import Told, number, obey, text

MOST = 1_000  # in one call
MOST_CHARS = 64  # of a name


async def resolve(request: web.Request) -> web.Response:
    """POST /api/resolve: `{"effects": […], "as", "by"}` from the operator, up to 1,000 numbers.

    `as` is done, retry or give_up. Answers what of them is `done`: those settled, and those left
    as they are with the reason of each. Asking again leaves what was settled before.
    """
    return await obey(request, "resolve", _resolve)


async def _resolve(rooms: Rooms, told: Told) -> dict[str, object]:
    effects, word = _effects(told), _word(told, rooms.clock())
    resolved = await rooms.db.write(lambda tx: resolving.resolve(tx, effects, word))
    return {"done": resolved.document}


def _effects(told: Told) -> Sequence[int]:
    listed = told.get("effects")
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST:
        raise ValueError(f"effects 应为 1 到 {MOST} 个编号的列表")
    return [number(one, "effects") for one in listed]


def _word(told: Told, now_us: int) -> Word:
    verdict, by = text(told, "as"), text(told, "by", "").strip()
    if verdict not in VERDICTS:
        raise ValueError(f"as 应为 {'、'.join(VERDICTS)}")
    if len(by) > MOST_CHARS:
        raise ValueError(f"by 最多 {MOST_CHARS} 个字")
    return Word(verdict=verdict, by=by, at_us=now_us)
