"""Callbacks of internal bots: an answer in the response, or a stream that is asked for again.

The platform shows the words of a response at once. While a decision takes longer it shows that we
are looking, and asks for the stream until it is finished; what it is told comes from the inbox row.
"""

from aiohttp import web

from bot.accept import Opened
from bot.db import inbox
from bot.db.inbox import Accepted
from bot.errors import DatabaseTrouble, Refused
from bot.events import BotAsked
from bot.platforms.aibot.gate import StreamAsked
from bot.platforms.aibot.reply import NOTHING, sealed_reply, stream_reply
from bot.shop import AccountKeys
from bot.web.body import read_body, single_values
from bot.web.callbacks import Handler, log_refused, not_on_disk, recorded, refuse
from bot.web.keys import ROOMS, Rooms
from bot.web.relay import handed_on

_JSON = {"Content-Type": "application/json; charset=utf-8", "X-Content-Type-Options": "nosniff"}
_LOOKING = "正在查…"
_UNKNOWN = "这条回答已经找不到了，请再问一次。"
_TROUBLE = "出了点问题，没能查到，请稍后再问。"
_ELSEWHERE = "已经另外回答了。"


def routes(rooms: Rooms) -> list[web.RouteDef]:
    """Return a POST route for each internal bot."""
    bots = (keys for keys in rooms.shop.accounts.values() if keys.channel == "aibot")
    return [web.post(keys.path, _receive(keys)) for keys in bots]


def _receive(keys: AccountKeys) -> Handler:
    async def receive(request: web.Request) -> web.StreamResponse:
        rooms = request.app[ROOMS]
        try:
            query, body = single_values(request.query), await read_body(request)
            opened = rooms.acceptor.open_bot(keys, query, body)
        except Refused as refused:
            return refuse(keys, refused)
        try:
            if isinstance(opened, StreamAsked):
                return await _go_on(request, keys, opened)
            return await _begin(request, keys, opened, body)
        except DatabaseTrouble:
            return not_on_disk(rooms, keys)

    return receive


async def _begin(
    request: web.Request, keys: AccountKeys, opened: Opened, body: bytes
) -> web.StreamResponse:
    """Record a message and answer it, or begin the stream in which the answer will come."""
    rooms = request.app[ROOMS]
    if opened.refused:
        log_refused(keys, opened.refused)
    relay = handed_on(request, keys, body, opened.arrival.received_us)
    accepted = await rooms.acceptor.record(opened.arrival, relay)
    with recorded(keys, accepted):
        return await _acknowledge(request, keys, opened, accepted)


async def _acknowledge(
    request: web.Request, keys: AccountKeys, opened: Opened, accepted: Accepted
) -> web.StreamResponse:
    rooms = request.app[ROOMS]
    clear = await rooms.worker.answer(accepted) if opened.answers_inside else None
    rooms.worker.arrived()
    rooms.answered.note(accepted.id)
    if clear is not None:
        return await _answer(request, keys, clear, accepted)
    if opened.event is None:
        return await _write(request, keys, NOTHING)
    now = await rooms.db.read(lambda tx: inbox.look_again(tx, accepted.id))
    if now.state == "new" and isinstance(opened.event, BotAsked):
        return await _write(request, keys, _looking(now))
    return await _write(request, keys, NOTHING)


async def _go_on(request: web.Request, keys: AccountKeys, asked: StreamAsked) -> web.StreamResponse:
    """Tell how far an answer is by now; a finished one as its response would have told it."""
    rooms = request.app[ROOMS]
    found = await rooms.db.read(lambda tx: inbox.named(tx, keys.id, asked.stream))
    if found is None:
        return await _write(request, keys, stream_reply(asked.stream, _UNKNOWN, finish=True))
    if found.state == "new":
        return await _write(request, keys, _looking(found))
    clear = await rooms.worker.answer(found)
    if clear is not None:
        return await _answer(request, keys, clear, found)
    words = _TROUBLE if found.answer is None else _ELSEWHERE
    return await _write(request, keys, stream_reply(asked.stream, words, finish=True))


def _looking(accepted: Accepted) -> bytes:
    return stream_reply(accepted.event_id, _LOOKING, finish=False)


async def _answer(
    request: web.Request, keys: AccountKeys, clear: bytes, accepted: Accepted
) -> web.StreamResponse:
    response = await _write(request, keys, clear)
    await request.app[ROOMS].worker.answered(accepted.id)
    return response


async def _write(request: web.Request, keys: AccountKeys, clear: bytes) -> web.StreamResponse:
    now_s = request.app[ROOMS].clock() // 1_000_000
    sealed = sealed_reply(keys.seal, clear, request.query["nonce"], now_s)
    response = web.Response(body=sealed, headers=_JSON)
    await response.prepare(request)
    await response.write_eof()
    return response
