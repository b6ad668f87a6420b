"""Callback URLs: verification, and messages; whatever is refused is answered alike."""

import secrets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import structlog
from aiohttp import web
from structlog.contextvars import bound_contextvars

from bot import metrics
from bot.accept import Opened
from bot.db.inbox import Accepted
from bot.errors import DatabaseTrouble, Overloaded, Refused
from bot.platforms.oa.gate import Mode
from bot.platforms.passive import sealed_reply
from bot.shop import AccountKeys
from bot.web.body import read_body, single_values
from bot.web.keys import ROOMS, Rooms
from bot.web.relay import handed_on

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_TEXT = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}
_XML = {"Content-Type": "application/xml; charset=utf-8", "X-Content-Type-Options": "nosniff"}
# What to look at first when the platform's own callbacks are refused at a step.
_KEY = "aes_key"
_SUSPECTS = {"signature": "token", "decrypt": _KEY, "padding": _KEY, "length": _KEY}
log = structlog.get_logger()


def routes(rooms: Rooms) -> list[web.RouteDef]:
    """Return a GET route for each configured account, and a POST but for internal bots."""
    found = []
    for keys in rooms.shop.accounts.values():
        found.append(web.get(keys.path, _verify(keys), allow_head=False))
        if keys.channel != "aibot":
            found.append(web.post(keys.path, _receive(keys)))
    return found


def _verify(keys: AccountKeys) -> Handler:
    async def verify(request: web.Request) -> web.StreamResponse:
        try:
            echo = request.app[ROOMS].acceptor.verify_url(keys, single_values(request.query))
        except Refused as refused:
            return refuse(keys, refused)
        return web.Response(body=echo, headers=_TEXT)

    return verify


def _receive(keys: AccountKeys) -> Handler:
    async def receive(request: web.Request) -> web.StreamResponse:
        rooms = request.app[ROOMS]
        try:
            query, body = single_values(request.query), await read_body(request)
            opened = rooms.acceptor.open(keys, query, body)
        except Refused as refused:
            return refuse(keys, refused)
        if opened.refused:
            log_refused(keys, opened.refused)
        relay = handed_on(request, keys, body, opened.arrival.received_us)
        try:
            accepted = await rooms.acceptor.record(opened.arrival, relay)
        except Overloaded:
            return overloaded(keys)
        except DatabaseTrouble:
            return not_on_disk(rooms, keys)
        with recorded(keys, accepted):
            return await _acknowledge(request, keys, opened, accepted)

    return receive


async def _acknowledge(
    request: web.Request, keys: AccountKeys, opened: Opened, accepted: Accepted
) -> web.StreamResponse:
    """Answer a callback that is on disk: with what is said inside the response, if anything is."""
    rooms = request.app[ROOMS]
    try:
        clear = await rooms.worker.answer(accepted) if opened.answers_inside else None
    except DatabaseTrouble:
        return not_on_disk(rooms, keys)
    rooms.worker.arrived()
    rooms.answered.note(accepted.id)
    if clear is None:
        return _nothing(keys)
    return await _answer(request, rooms, keys, accepted, clear)


@contextmanager
def recorded(keys: AccountKeys, accepted: Accepted) -> Iterator[None]:
    """Count a callback that is on disk; every line logged meanwhile names its event."""
    metrics.CALLBACKS.labels(keys.id, "duplicate" if accepted.duplicate else "accepted").inc()
    with bound_contextvars(event_id=accepted.event_id, account=keys.id):
        if accepted.duplicate:  # of a first one the decision tells
            metrics.DUPLICATES.labels(keys.id).inc()
            log.info("repeated")
        else:
            log.debug("accepted")
        yield


def not_on_disk(rooms: Rooms, keys: AccountKeys) -> web.Response:
    """Return 503, so that the platform sends it again; the trouble is logged and counted."""
    if rooms.vitals:
        rooms.vitals.refused()
    metrics.CALLBACKS.labels(keys.id, "failed").inc()
    log.exception("accept_failed", account=keys.id)
    return web.Response(status=503)


def overloaded(keys: AccountKeys) -> web.Response:
    """Return 503 at once, so that the platform sends it again when there is room."""
    metrics.CALLBACKS.labels(keys.id, "failed").inc()
    log.warning("overloaded", account=keys.id)
    return web.Response(status=503)


async def _answer(
    request: web.Request, rooms: Rooms, keys: AccountKeys, accepted: Accepted, clear: bytes
) -> web.StreamResponse:
    body = clear if keys.mode is Mode.PLAIN else _sealed(request, rooms, keys, clear)
    response = web.Response(body=body, headers=_XML)
    await response.prepare(request)
    await response.write_eof()
    await rooms.worker.answered(accepted.id)
    return response


def _sealed(request: web.Request, rooms: Rooms, keys: AccountKeys, clear: bytes) -> bytes:
    nonce = request.query.get("nonce", "") or secrets.token_hex(8)
    return sealed_reply(keys.seal, clear, nonce, rooms.clock() // 1_000_000)


def _nothing(keys: AccountKeys) -> web.Response:
    """Return «nothing to say, do not send it again», which is never sealed."""
    return web.Response(text="success" if keys.channel == "oa" else "", headers=_TEXT)


def refuse(keys: AccountKeys, refused: Refused) -> web.Response:
    """Return the one answer to every refusal: a stranger learns nothing, our log the step."""
    metrics.CALLBACKS.labels(keys.id, "refused").inc()
    log_refused(keys, refused)
    return web.Response(status=403)


def log_refused(keys: AccountKeys, refused: Refused) -> None:
    """Log at which step a callback was refused, and the setting to look at first; count it."""
    metrics.REFUSED.labels(keys.id, refused.step).inc()
    log.warning(
        "refused", account=keys.id, step=refused.step, reason=refused.reason,
        setting=_suspect(keys, refused.step),
    )  # fmt: skip


def _suspect(keys: AccountKeys, step: str) -> str:
    if step == "receiver":
        return f"{keys.setting}.{'appid' if keys.channel == 'oa' else 'corpid'}"
    return f"{keys.setting}.{_SUSPECTS[step]}" if step in _SUSPECTS else keys.setting
