"""Notices callbacks that a proxy in front of us sends to a path which nobody serves."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

import structlog
from aiohttp import web

from bot.errors import Refused
from bot.web.body import read_body, single_values
from bot.web.keys import ROOMS

HEADER = "X-Xiaoer-Path"
_SIGNED = ("signature", "msg_signature")
log = structlog.get_logger()


@web.middleware
async def astray(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer 404 as ever, and whoever holds an account's keys is told which path it came to.

    A stranger learns nothing. What the platform sent so is counted, for operators to see.
    """
    lost = request.match_info.http_exception
    if lost is None or lost.status != HTTPStatus.NOT_FOUND or not _signed(request):
        return await handler(request)
    try:
        query, body = single_values(request.query), await read_body(request)
    except Refused:
        return await handler(request)
    if not request.app[ROOMS].acceptor.astray(query, body, request.path):
        return await handler(request)
    log.warning("astray", reason=f"回调到了 {request.path}：前面的代理改写了路径")
    return web.Response(status=HTTPStatus.NOT_FOUND, headers={HEADER: request.rel_url.raw_path})


def _signed(request: web.Request) -> bool:
    return any(name in request.query for name in _SIGNED)
