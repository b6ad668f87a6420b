"""The page behind an invitation: the group's QR picture, for a long press; truthfully named."""

from html import escape

from aiohttp import web

from bot.clock import moment
from bot.db import seats
from bot.facts import Group
from bot.web.keys import ROOMS

_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}</title>
<style>body{{font-family:sans-serif;margin:0;padding:2rem 1rem;text-align:center;color:#222}}
img{{width:min(70vw,280px);height:auto;border:1px solid #ddd;border-radius:8px}}
p{{color:#555;line-height:1.6}}</style></head>
<body><h1>{name}</h1>{picture}<p>{advice}</p></body></html>
"""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src {origin}; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


async def join(request: web.Request) -> web.Response:
    """GET /j/{ticket}: show the way into the group the ticket was made for."""
    ticket = request.match_info["ticket"]
    row = await request.app[ROOMS].db.read(lambda tx: seats.shown_way(tx, ticket))
    if row is None:
        return _page(404, "链接无效", "", "这个入群链接不存在，请回到对话里重新领取。")
    group = _group(request, row["chat"])
    name = (group.name if group else "") or row["name"] or "福利群"
    qr_code = (group.qr_code if group else "") or row["qr_code"]
    if row["state"] not in (None, "open") or not qr_code or _shut(request, group):
        return _page(410, name, "", "这个群已经不能进了，请回到对话里再问一次，会给你新的入口。")
    picture = f'<img src="{escape(qr_code)}" alt="入群二维码">'
    origin = "/".join(qr_code.split("/", 3)[:3])
    return _page(200, name, picture, "长按二维码，选择「识别图中二维码」进群。", origin)


def _group(request: web.Request, chat: str) -> Group | None:
    pools = request.app[ROOMS].shop.content().pools.values()
    return next((g for pool in pools for g in pool.groups if g.chat == chat), None)


def _shut(request: web.Request, group: Group | None) -> bool:
    if group is None:
        return False
    expires = group.expires
    return group.closed or bool(expires and expires <= moment(request.app[ROOMS].clock()))


def _page(
    status: int, name: str, picture: str, advice: str, origin: str = "'none'"
) -> web.Response:
    headers = {k: v.format(origin=origin) for k, v in _HEADERS.items()}
    text = _PAGE.format(name=escape(name), picture=picture, advice=escape(advice))
    return web.Response(status=status, text=text, content_type="text/html", headers=headers)
