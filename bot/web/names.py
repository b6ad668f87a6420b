"""The call by which the operator's command hands on a sheet of names that somebody verified."""

from aiohttp import web

from bot.web.keys import Rooms
from bot.web.members import tell
from bot.web.operator import Declined, Told, obey, text
from bot.web.tellings import MOST

OPERATOR = "operator"  # who tells it, when no source is named


async def names(request: web.Request) -> web.Response:
    """POST /api/names: `{"items": […], "source", "again"}` from the operator, up to 200 items.

    Items are those of /api/members, told in the name of a source that may, or of the operator.
    With `again` whom somebody parted is joined all the same. Answers what of each is `done`;
    repeating is as safe as `tell` is.
    """
    return await obey(request, "names", _tell)


async def _tell(rooms: Rooms, told: Told) -> dict[str, object]:
    source, items, again = text(told, "source", OPERATOR), told.get("items"), told.get("again")
    if not isinstance(items, list) or not 0 < len(items) <= MOST:
        raise ValueError(f"items 应为 1 到 {MOST} 位会员的列表")
    if not isinstance(again, bool | None):
        raise ValueError("again 应为 true 或 false")
    known = rooms.shop.sources.get(source)
    if source != OPERATOR and (known is None or "members" not in known.kinds):
        raise Declined(409, "unknown_source", f"正在运行的服务没有能推 members 的 {source}")
    outcomes = await tell(rooms.db, rooms.shop, source, items, overrule=bool(again))
    return {"done": [one.document for one in outcomes]}
