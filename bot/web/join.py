"""The page behind an invitation: the group's QR picture, for a long press; truthfully named."""

import re

from aiohttp import web

from bot.clock import moment
from bot.db import seats
from bot.facts import Group
from bot.web.keys import ROOMS
from bot.web.pages import message, page

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.:-]+(?=/)")


async def join(request: web.Request) -> web.Response:
    """GET /j/{ticket}: show the way into the group the ticket was made for."""
    ticket = request.match_info["ticket"]
    row = await request.app[ROOMS].db.read(lambda tx: seats.shown_way(tx, ticket))
    if row is None:
        return message(request, 404, "链接无效", "这个入群链接不存在，请回到对话里重新领取。")
    group = _group(request, row["chat"])
    name = (group.name if group else "") or row["name"] or "福利群"
    qr_code = (group.qr_code if group else "") or row["qr_code"]
    origin = _ORIGIN.match(qr_code)
    if row["state"] not in (None, "open") or origin is None or _shut(request, group):
        return message(
            request, 410, name, "这个群已经不能进了，请回到对话里再问一次，会给你新的入口。"
        )
    shown = {"name": name, "qr_code": qr_code}
    return page(request, "join.html", shown, pictures=f"{origin[0]} 'self'")


def _group(request: web.Request, chat: str) -> Group | None:
    pools = request.app[ROOMS].shop.content().pools.values()
    return next((g for pool in pools for g in pool.groups if g.chat == chat), None)


def _shut(request: web.Request, group: Group | None) -> bool:
    if group is None:
        return False
    expires = group.expires
    return group.closed or bool(expires and expires <= moment(request.app[ROOMS].clock()))
