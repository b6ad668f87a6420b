"""Tell an open page that something happened, as server-sent events; the page then asks anew."""

import asyncio
import contextlib

from aiohttp import web

from twin.shape import Json, whole
from twin.stage import Stage

_APART_S = 0.2  # news closer together are told at once
_QUIET_S = 15.0
_LAST_SEEN = "Last-Event-ID"


async def live(stage: Stage, request: web.Request) -> web.StreamResponse:
    """Send `changed` whenever the book grew, five times a second at most, until the book ends.

    It begins after entry `since`, or Last-Event-ID of a page that comes back, so that nothing
    between drawing the page and listening is missed.
    """
    query: Json = dict(request.query)
    if _LAST_SEEN in request.headers:
        query["since"] = request.headers[_LAST_SEEN]
    seen = min(whole(query, "since", len(stage.book.entries)), len(stage.book.entries))
    stream = web.StreamResponse(headers={"Cache-Control": "no-store"})
    stream.content_type = "text/event-stream"
    await stream.prepare(request)
    with contextlib.suppress(ConnectionResetError):  # the page was closed
        while (count := await _news(stage, seen)) is not None:
            seen += count
            event = f"id: {seen}\nevent: changed\ndata: {seen}\n\n" if count else ": quiet\n\n"
            await stream.write(event.encode())
            await asyncio.sleep(_APART_S)
    return stream


async def _news(stage: Stage, seen: int) -> int | None:
    """Return how many entries are new, 0 after a quiet while, None when the book has ended."""
    try:
        async with asyncio.timeout(_QUIET_S):
            return len(await stage.book.after(seen)) or None
    except TimeoutError:
        return 0
