"""QR pictures of ways in: what a page shows and a phone would scan."""

import io

import segno
from aiohttp import web

from twin.stage import Stage


def picture_routes(stage: Stage) -> list[web.RouteDef]:
    """Return the routes of the WeCom host's pictures; no token is needed to see one."""

    async def show(request: web.Request) -> web.Response:
        wanted = request.match_info["config_id"]
        if wanted in stage.groups.ways:
            return _drawn(f"twin:join:{wanted}")
        if wanted in stage.ways_to_add:
            return _drawn(f"twin:add:{wanted}")
        raise web.HTTPNotFound

    return [web.get("/qr/{config_id}.png", show)]


def ticket_routes(stage: Stage) -> list[web.RouteDef]:
    """Return the route of parametric QR pictures: 404 for a bad ticket."""

    async def show(request: web.Request) -> web.Response:
        ticket = request.query.get("ticket", "")
        if ticket not in stage.scenes:
            raise web.HTTPNotFound
        return _drawn(f"twin:scene:{stage.scenes[ticket].scene}")

    return [web.get("/cgi-bin/showqrcode", show)]


def _drawn(content: str) -> web.Response:
    out = io.BytesIO()
    segno.make(content, error="m").save(out, kind="png", scale=6)
    return web.Response(body=out.getvalue(), content_type="image/png")
