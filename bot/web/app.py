"""Puts the routes together and runs the HTTP server."""

from aiohttp import web

from bot.web import (
    aibot,
    archive,
    callbacks,
    cashier,
    coupon,
    erase,
    health,
    join,
    masses,
    members,
    names,
    orders,
    pages,
    pauses,
    reconcile,
    requeue,
    resolve,
    signin,
    till,
    trace,
    trying,
    unmerge,
)
from bot.web.answers import shut, troubled
from bot.web.astray import astray
from bot.web.body import BODY_LIMIT_BYTES
from bot.web.brake import Brake
from bot.web.keys import ROOMS, Rooms


def new_app(rooms: Rooms) -> web.Application:
    """Return the web application over the given rooms."""
    app = web.Application(client_max_size=BODY_LIMIT_BYTES, middlewares=[astray, troubled])
    app.on_response_prepare.append(shut)
    app[ROOMS] = rooms
    app[till.BRAKE] = Brake()
    app[trace.BRAKE] = Brake()
    pages.set_up(app)
    app.add_routes(callbacks.routes(rooms))
    app.add_routes(aibot.routes(rooms))
    app.add_routes(health.routes())
    app.add_routes(_operators())
    app.add_routes(
        [
            web.post("/api/redeem", till.redeem),
            web.post("/api/orders", orders.orders),
            web.post("/api/members", members.members),
            web.post("/api/archive", archive.archive),
            web.post("/api/redeem/undo", till.undo),
            web.get("/api/trace", trace.trace, allow_head=False),
            web.post("/api/try", trying.tried),
            # A look that shows nothing must not bind a coupon to whoever took it.
            web.get("/c/{link:[0-9A-Za-z_-]+}", coupon.show, allow_head=False),
            web.get("/c/{link:[0-9A-Za-z_-]+}/state", coupon.state, allow_head=False),
            web.get("/till", cashier.show),
            web.get("/till/{posted:login|redeem|undo|leave}", cashier.reopened),
            web.post("/till/login", signin.sign_in),
            web.post("/till/redeem", cashier.redeem),
            web.post("/till/undo", cashier.undo),
            web.post("/till/leave", cashier.leave),
            web.get("/j/{ticket:[0-9A-Za-z_-]+}", join.join),
        ]
    )
    return app


def _operators() -> list[web.RouteDef]:
    """Return the calls that only the operator's commands make, from this machine."""
    return [
        web.post("/api/masses", masses.masses),
        web.post("/api/reconcile", reconcile.reconcile),
        web.post("/api/pauses", pauses.pause),
        web.post("/api/reopen", pauses.confirm),
        web.post("/api/codes", pauses.release),
        web.post("/api/names", names.names),
        web.post("/api/requeue", requeue.requeue),
        web.post("/api/resolve", resolve.resolve),
        web.post("/api/unmerge", unmerge.unmerge),
        web.post("/api/erase", erase.erase),
    ]
