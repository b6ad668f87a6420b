"""What holds for every answer: it lets nothing in, and a fault of the database is a page too."""

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from bot.errors import DatabaseTrouble
from bot.web.pages import message

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
log = structlog.get_logger()


async def shut(_request: web.Request, response: web.StreamResponse) -> None:
    """Give an answer the headers it lacks: refusals of the router have none of their own."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "xiaoer"  # not the library's name and version


@web.middleware
async def troubled(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer 503 with what to do now when the database cannot be read or written.

    Whoever hangs up while they are read or answered is no fault of ours, and nobody is told.
    """
    try:
        return await handler(request)
    except ConnectionError:
        if request.transport is not None and not request.transport.is_closing():
            raise
        log.info("hung_up")
        return web.Response(status=400)  # nobody reads it
    except DatabaseTrouble:
        return message(request, 503, "请再试一次", "暂时打不开，请过一会儿刷新这个页面。")
