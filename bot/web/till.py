"""The till's calls: redeem a coupon code over HTTP with the store's bearer key, or take it back."""

import hashlib
import hmac
from collections.abc import Callable, Mapping

import orjson
from aiohttp import web

from bot.clock import moment
from bot.errors import DatabaseTrouble, Refused
from bot.events import Event, RedeemAsked, RedeemUndone
from bot.facts import Store
from bot.ids import readable_code
from bot.web.asking import ask
from bot.web.body import read_body
from bot.web.brake import Brake
from bot.web.keys import ROOMS, Rooms
from bot.web.place import place_of

_STATUS = {"redeemed": 200, "undone": 200, "unknown_code": 404}
_STATUS |= {"expired": 410, "withdrawn": 410, "too_late": 410}
_CODE_CHARS = 64
_REQUEST_CHARS = 128
BRAKE = web.AppKey("brake", Brake)
Asked = Mapping[str, str]
_Make = Callable[[Store, Asked, Rooms], Event]


async def redeem(request: web.Request) -> web.Response:
    """POST /api/redeem: take a coupon in, once (docs/reference/till.md).

    Repeating a call with the same `request` gives the first answer again.
    """
    return await _call(request, "redeem", _redeem)


async def undo(request: web.Request) -> web.Response:
    """POST /api/redeem/undo: take a redemption of the own store back, in time.

    Repeating a call with the same `request` gives the first answer again.
    """
    return await _call(request, "undo", _undo)


def _redeem(store: Store, asked: Asked, rooms: Rooms) -> Event:
    return RedeemAsked(
        account=f"till:{store.id}",
        at=moment(rooms.clock()),
        code=asked["code"],
        store=store.id,
        request=asked["request"],
        cashier=asked["cashier"],
    )


def _undo(store: Store, asked: Asked, rooms: Rooms) -> Event:
    return RedeemUndone(
        account=f"till:{store.id}",
        at=moment(rooms.clock()),
        code=asked["code"],
        store=store.id,
        request=asked["request"],
        by=asked["cashier"] or "收银系统",
    )


async def _call(request: web.Request, what: str, make: _Make) -> web.Response:
    rooms = request.app[ROOMS]
    store = _store_of_key(rooms, request.headers.get("Authorization", ""))
    if store is None:
        return _no_key(request)
    try:
        asked = _asked(await read_body(request))
    except (Refused, ValueError) as trouble:
        return _json(400, "bad_request", f"请求不完整：{trouble}")
    canonical = f"{what}\0{store.id}\0{asked['request']}\0{readable_code(asked['code'])}"
    try:
        verdict = await ask(rooms, make(store, asked, rooms), canonical)
    except DatabaseTrouble:
        return _json(503, "try_again", "暂时记不下来，请用同一个 request 重试")
    if not verdict:
        return _json(503, "try_again", "暂时没有结果，请用同一个 request 重试")
    return web.json_response(
        {"v": 1, **verdict}, status=_STATUS.get(verdict["code"], 409), dumps=_dumps
    )


def _no_key(request: web.Request) -> web.Response:
    wait_s = request.app[BRAKE].wrong(place_of(request), request.app[ROOMS].clock())
    if not wait_s:
        return _json(401, "no_key", "门店密钥不对：请在请求头写 Authorization: Bearer <密钥>")
    slowed = _json(429, "slow_down", f"错误的密钥太多，请 {wait_s} 秒后再试")
    slowed.headers["Retry-After"] = str(wait_s)
    return slowed


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


def _asked(body: bytes) -> Asked:
    fields = orjson.loads(body)
    if not isinstance(fields, dict):
        raise ValueError("应为 JSON 对象")
    code, request = fields.get("code"), fields.get("request")
    if not isinstance(code, str) or not 0 < len(readable_code(code)) <= _CODE_CHARS:
        raise ValueError("code 应为券码文字")
    if not isinstance(request, str) or not 0 < len(request) <= _REQUEST_CHARS:
        raise ValueError("request 应为这次核销的唯一编号，重试时不变")
    cashier = fields.get("cashier")
    named = cashier[:_CODE_CHARS] if isinstance(cashier, str) else ""
    return {"code": code.strip(), "request": request, "cashier": named}


def _json(status: int, code: str, text: str) -> web.Response:
    return web.json_response({"v": 1, "code": code, "text": text}, status=status, dumps=_dumps)


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()
