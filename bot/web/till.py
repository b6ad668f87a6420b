"""The till's call: redeem a coupon code over HTTP with the store's bearer key."""

import hashlib
import hmac

import orjson
from aiohttp import web

from bot.clock import moment
from bot.codec import event_to_json
from bot.db import inbox
from bot.errors import DatabaseTrouble, Refused
from bot.events import RedeemAsked
from bot.facts import Store
from bot.ids import readable_code
from bot.web.body import read_body
from bot.web.keys import ROOMS, Rooms

_STATUS = {"redeemed": 200, "unknown_code": 404, "expired": 410}
_CODE_CHARS = 64
_REQUEST_CHARS = 128


async def redeem(request: web.Request) -> web.Response:
    """POST /api/redeem: take a coupon in, once (docs/reference/till.md).

    Repeating a call with the same `request` gives the first answer again.
    """
    rooms = request.app[ROOMS]
    store = _store_of_key(rooms, request.headers.get("Authorization", ""))
    if store is None:
        return _json(401, "no_key", "门店密钥不对：请在请求头写 Authorization: Bearer <密钥>")
    try:
        asked = _asked(store, await read_body(request), rooms)
    except (Refused, ValueError) as trouble:
        return _json(400, "bad_request", f"请求不完整：{trouble}")
    try:
        return await _decide(rooms, asked)
    except DatabaseTrouble:
        return _json(503, "try_again", "暂时记不下来，请用同一个 request 重试")


def _store_of_key(rooms: Rooms, header: str) -> Store | None:
    scheme, _, key = header.partition(" ")
    if scheme.lower() != "bearer" or not key:
        return None
    # A header may hold any bytes; those that are no text arrive as halves of surrogate pairs.
    digest = hashlib.sha256(key.strip().encode("utf-8", "surrogateescape")).hexdigest()
    found = None
    for store in rooms.shop.content().stores.values():
        if store.redeem_key_sha256 and hmac.compare_digest(store.redeem_key_sha256, digest):
            found = store
    return found


def _asked(store: Store, body: bytes, rooms: Rooms) -> RedeemAsked:
    fields = orjson.loads(body)
    if not isinstance(fields, dict):
        raise ValueError("应为 JSON 对象")
    code, request = fields.get("code"), fields.get("request")
    if not isinstance(code, str) or not 0 < len(readable_code(code)) <= _CODE_CHARS:
        raise ValueError("code 应为券码文字")
    if not isinstance(request, str) or not 0 < len(request) <= _REQUEST_CHARS:
        raise ValueError("request 应为这次核销的唯一编号，重试时不变")
    cashier = fields.get("cashier")
    return RedeemAsked(
        account=f"till:{store.id}",
        at=moment(rooms.clock()),
        code=code.strip(),
        store=store.id,
        request=request,
        cashier=cashier[:_CODE_CHARS] if isinstance(cashier, str) else "",
    )


async def _decide(rooms: Rooms, asked: RedeemAsked) -> web.Response:
    canonical = f"redeem\0{asked.store}\0{asked.request}\0{readable_code(asked.code)}".encode()
    arrival = inbox.Arrival(
        account=asked.account,
        source="internal",
        dedupe=inbox.dedupe_key(rooms.shop.instance_key, canonical),
        kind="RedeemAsked",
        body=event_to_json(asked),
        received_us=rooms.clock(),
        lane=0,
        next_us=rooms.clock() + 5_000_000,
    )
    accepted = await rooms.acceptor.record(arrival)
    await rooms.worker.decide_now(accepted.id)
    decided = await rooms.db.read(lambda tx: inbox.look_again(tx, accepted.id))
    if decided.answer is None:
        return _json(503, "try_again", "暂时没有结果，请用同一个 request 重试")
    verdict = orjson.loads(decided.answer)
    return web.json_response(
        {"v": 1, **verdict}, status=_STATUS.get(verdict["code"], 409), dumps=_dumps
    )


def _json(status: int, code: str, text: str) -> web.Response:
    return web.json_response({"v": 1, "code": code, "text": text}, status=status, dumps=_dumps)


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()
