"""The coupon's page: its code for the cashier, on the device of the member it was given to."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
import segno
from aiohttp import web
from markupsafe import Markup

from bot.clock import moment
from bot.db import shelves, till
from bot.db.tx import Row, Tx
from bot.errors import DatabaseTrouble
from bot.events import CouponOpened
from bot.facts import CouponFacts, Store
from bot.links import CouponLink, opened_link
from bot.web.asking import ask
from bot.web.barcode import barcode_svg
from bot.web.keys import ROOMS, Rooms
from bot.web.pages import message, page
from bot.web.session import secure
from bot.web.till_day import yuan

LINK_OUTLIVES = timedelta(days=30)  # a link tells of its coupon for so long after it expired
_COOKIE = "xr_device"
_COOKIE_LIVES_S = 400 * 24 * 3600  # the longest that browsers keep one
_DEVICE = re.compile(r"[0-9a-f]{32}")
_MINUTE = "%Y-%m-%d %H:%M"
_QUIET_MODULES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How a coupon stands: good, used, expired or withdrawn, with the words for it."""

    state: str
    label: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    link: CouponLink
    coupon: CouponFacts
    expires: datetime


async def show(request: web.Request) -> web.Response:
    """GET /c/{link}: show a coupon; its code only on the first device that opens its newest link.

    404 for a link that we did not make, 410 for one whose coupon expired 30 days ago.
    """
    rooms = request.app[ROOMS]
    try:
        seen = await _seen(request)
        if seen is None:
            return message(
                request, 404, "链接无效", "这个券码链接不对，请回到对话里回复“我的券”重新打开。"
            )
        if seen.expires + LINK_OUTLIVES <= moment(rooms.clock()):
            return message(request, 410, "链接已过期", "这张券早就过期了，链接也不能用了。")
        secret = _device_secret(request)
        seen = await _bound(rooms, seen, _device(rooms, secret))
    except DatabaseTrouble:
        seen = None
    if seen is None:
        return message(request, 503, "请再试一次", "暂时打不开，请过一会儿刷新这个页面。")
    response = _page(request, rooms, seen, _device(rooms, secret))
    response.set_cookie(
        _COOKIE, secret, max_age=_COOKIE_LIVES_S, path="/c/", httponly=True,
        secure=secure(rooms), samesite="Lax",
    )  # fmt: skip
    return response


async def state(request: web.Request) -> web.Response:
    """GET /c/{link}/state: how the coupon stands now, as JSON, for the page that shows it."""
    try:
        seen = await _seen(request)
    except DatabaseTrouble:
        return web.Response(status=503)
    if seen is None:
        return web.Response(status=404)
    status = status_of(request.app[ROOMS], seen.coupon)
    told = {"v": 1, "state": status.state, "label": status.label, "text": status.text}
    return web.json_response(
        told, dumps=lambda value: orjson.dumps(value).decode(),
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    )  # fmt: skip


def status_of(rooms: Rooms, coupon: CouponFacts) -> Status:
    """Return how a coupon stands, in the words its holder reads."""
    zone = rooms.shop.zone
    if coupon.state == "withdrawn":
        return Status(state="withdrawn", label="已撤销", text="这张券不能用了")
    if coupon.redeemed_at:
        store = rooms.shop.content().stores.get(coupon.redeemed_store)
        where = store.name if store else coupon.redeemed_store
        text = f"{coupon.redeemed_at.astimezone(zone):{_MINUTE}} 在{where}使用"
        return Status(state="used", label="已使用", text=text)
    if coupon.expires and coupon.expires <= moment(rooms.clock()):
        text = f"有效期到 {coupon.expires.astimezone(zone):%Y-%m-%d}"
        return Status(state="expired", label="已过期", text=text)
    return Status(state="good", label="可用", text="到店出示给收银员")


async def _seen(request: web.Request) -> _Seen | None:
    """Return what a link leads to, or None when it leads nowhere."""
    rooms = request.app[ROOMS]
    link = opened_link(rooms.shop.instance_key, request.match_info["link"])
    return await rooms.db.read(lambda tx: _read(tx, rooms, link)) if link else None


async def _read(tx: Tx, rooms: Rooms, link: CouponLink) -> _Seen | None:
    row = await shelves.coupon_row(tx, link.coupon)
    if row is None or row["person_id"] is None or not await _is_theirs(tx, row, link):
        return None
    campaign = rooms.shop.content().campaigns.get(row["campaign"])
    if campaign is None:
        return None
    coupon = shelves.coupon_facts(row, campaign)
    return _Seen(link=link, coupon=coupon, expires=moment(row["expires_us"]))


async def _is_theirs(tx: Tx, row: Row, link: CouponLink) -> bool:
    # After a merge the link names who is gone, and the grant who stayed; or the other way round.
    holder = await till.survivor_of(tx, row["person_id"])
    return holder == await till.survivor_of(tx, link.person)


async def _bound(rooms: Rooms, seen: _Seen, device: str) -> _Seen | None:
    """Bind the page to this device when its link is the newest; None when that takes too long."""
    link = seen.link
    if link.given <= seen.coupon.device_given:
        return seen
    event = CouponOpened(
        account="coupon", at=moment(rooms.clock()), coupon=link.coupon, device=device,
        given=link.given,
    )  # fmt: skip
    if await ask(rooms, event, f"open\0{link.coupon}\0{link.given}\0{device}") is None:
        return None
    return await rooms.db.read(lambda tx: _read(tx, rooms, link))


def _device_secret(request: web.Request) -> str:
    known = request.cookies.get(_COOKIE, "")
    return known if _DEVICE.fullmatch(known) else secrets.token_hex(16)


def _device(rooms: Rooms, secret: str) -> str:
    text = f"device\0{secret}".encode()
    return hmac.new(rooms.shop.instance_key, text, hashlib.sha256).hexdigest()[:32]


def _page(request: web.Request, rooms: Rooms, seen: _Seen, device: str) -> web.Response:
    coupon, campaign = seen.coupon, seen.coupon.campaign
    status = status_of(rooms, coupon)
    mine = not rooms.shop.tills.device_binding or coupon.device == device
    shows_code = mine and status.state == "good"
    shown = {
        "campaign": campaign,
        "value": yuan(campaign.value_fen) if campaign.value_fen else "",
        "expires": f"{seen.expires.astimezone(rooms.shop.zone):%Y-%m-%d}",
        "stores": _stores(rooms, campaign.stores),
        "status": status,
        "mine": mine,
        "code": coupon.code if shows_code else "",
        "qr": _qr(coupon.code) if shows_code else "",
        "bars": Markup(barcode_svg(coupon.code)) if shows_code else "",  # noqa: S704  (our own)
        "state_url": f"/c/{request.match_info['link']}/state",
    }
    return page(request, "coupon.html", shown)


def _stores(rooms: Rooms, names: Sequence[str]) -> list[Store]:
    known = rooms.shop.content().stores
    return [known[name] for name in names if name in known]


def _qr(code: str) -> Markup:
    # A Micro QR code, which `make` may choose, is read by few phones.
    svg = segno.make_qr(code, error="m").svg_inline(
        border=_QUIET_MODULES, omitsize=True, svgclass="qr", lineclass=None, dark="#000",
        light="#fff", title="二维码",
    )  # fmt: skip
    return Markup(svg)  # noqa: S704  (segno writes no text of ours but the title)
