"""The call by which the operator's command has a running server undo a merge."""

from aiohttp import web

from bot.events import MergeUndone
from bot.web.keys import Rooms
from bot.web.operator import Told, decided, number, obey, text

MOST_CHARS = 64  # of a name


async def unmerge(request: web.Request) -> web.Response:
    """POST /api/unmerge: `{"merge": N, "by"}` from the operator; answers with the verdict.

    Asking again changes nothing: the verdict is then that the merge was undone already.
    """
    return await obey(request, "unmerge", _undo)


def canonical(event: MergeUndone, asked_us: int) -> str:
    """Return what names one wish to undo a merge; the next wish gets a verdict of its own."""
    return f"unmerge\0{event.merge}\0{event.by}\0{asked_us}"


async def _undo(rooms: Rooms, told: Told) -> dict[str, object]:
    merge, by = number(told.get("merge"), "merge"), text(told, "by").strip()
    if not by or len(by) > MOST_CHARS:
        raise ValueError(f"by 应为 1 到 {MOST_CHARS} 个字")
    event = MergeUndone(account="operator", merge=merge, by=by)
    return await decided(rooms, event, canonical(event, rooms.clock()))
