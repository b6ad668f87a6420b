"""What machines ask: does it turn (/live), may callbacks come (/ready), and every metric.

None of it needs a key, and none of it says who. Keep /metrics inside all the same.
"""

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot import metrics as counted
from bot.web.keys import ROOMS
from bot.web.status import status


def routes() -> list[web.RouteDef]:
    """Return the routes for who watches us."""
    return [
        web.get("/live", live),
        web.get("/ready", ready),
        web.get("/metrics", metrics),
        web.get("/status", status),
    ]


async def live(_request: web.Request) -> web.Response:
    """GET /live: the event loop turns. Never touches the database."""
    return web.json_response({"live": True})


async def ready(request: web.Request) -> web.Response:
    """GET /ready: 200 when callbacks may come, else 503 with each reason.

    That is: the database takes a write within 1 s and has our schema, the disk has more than 5 %
    left, the rules are loaded, and we are not about to stop. A platform's outage is none of these.
    """
    troubles = await request.app[ROOMS].ready()
    return web.json_response(
        {"ready": not troubles, "troubles": troubles}, status=503 if troubles else 200
    )


async def metrics(request: web.Request) -> web.Response:
    """GET /metrics: for Prometheus. Gauges from the database are at most 5 s old, if it answers."""
    vitals = request.app[ROOMS].vitals
    samples = await vitals.samples() if vitals else {}
    return web.Response(
        body=counted.exposed(samples), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )
