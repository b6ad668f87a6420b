"""The way into the cashier's page: a store and its PIN, with pauses for who guesses."""

import asyncio
import hashlib
import hmac
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog
from aiohttp import web

from bot.clock import moment
from bot.db import guard
from bot.db.guard import Place, Try
from bot.errors import DatabaseTrouble, Refused
from bot.facts import Store
from bot.web import session as sessions
from bot.web.forms import read_form
from bot.web.keys import ROOMS, Rooms
from bot.web.pages import page
from bot.web.place import place_of
from bot.web.session import CASHIER, MANAGER, Session
from config.pins import matches

_LOOKING = ThreadPoolExecutor(2, "pin")  # a look at a PIN takes 16 MiB, so two at a time
_STALE = "页面放得太久了，请再输一次"
_WRONG = "PIN 不对，请再输一次"
_NOT_THE_MANAGERS = "PIN 不对；店长的 PIN 输错太多次，请等 {wait_s} 秒再试"
_NO_STORE = "没有这家店，或它还没有设 PIN"
_TROUBLE = "暂时记不下来，请稍后再试"
log = structlog.get_logger()


def login_page(
    request: web.Request, session: Session, *, text: str = "", status: int = 200, store: str = ""
) -> web.Response:
    """Return the page that asks for store and PIN, `text` saying what went wrong before."""
    rooms = request.app[ROOMS]
    shown = {
        "stores": [one for one in rooms.shop.content().stores.values() if _has_pin(one)],
        "chosen": store or request.query.get("store", ""),
        "csrf": sessions.csrf_of(rooms, session),
        "text": text,
    }
    response = page(request, "till_login.html", shown, status=status)
    sessions.keep(rooms, response, session)
    return response


async def sign_in(request: web.Request) -> web.Response:
    """POST /till/login: open the cashier's page for 12 hours, or say how long to wait.

    Repeating a right PIN opens another visit. Wrong ones cost pauses (`bot.db.guard`).
    """
    rooms = request.app[ROOMS]
    visit = sessions.session_of(rooms, request.cookies)
    try:
        form = await read_form(request)
    except Refused:
        return login_page(request, visit, text=_STALE, status=400)
    store = rooms.shop.content().stores.get(form.get("store", ""))
    if not sessions.csrf_fits(rooms, visit, form.get("csrf", "")):
        return login_page(request, visit, text=_STALE, status=403)
    if store is None or not _has_pin(store):
        return login_page(request, visit, text=_NO_STORE, status=403)
    try:
        return await _try(request, visit, store, form.get("pin", ""))
    except DatabaseTrouble:
        return login_page(request, visit, text=_TROUBLE, status=503, store=store.id)


async def _try(request: web.Request, visit: Session, store: Store, pin: str) -> web.Response:
    rooms = request.app[ROOMS]
    device = sessions.device_of(rooms, request.cookies, store)
    places = guard.known(store.id, device) if device else _strangers(request, store)
    tried = await _begin(rooms, places)
    if tried.wait_s:
        return _paused(request, visit, store, tried.wait_s)
    among, role = Try(), CASHIER if await _fits(store, CASHIER, pin) else ""
    if device and not role:
        also = guard.insiders(store.id)
        among, places = await _begin(rooms, also), (*places, *also)
    if not role and not among.wait_s and await _fits(store, MANAGER, pin):
        role = MANAGER
    if role:
        await rooms.db.write(lambda tx: guard.right_pin(tx, places))
        return _opened(rooms, request, store, role)
    await _wrong(rooms, tried, among)
    if tried.next_s:
        return _paused(request, visit, store, tried.next_s)
    text = _NOT_THE_MANAGERS.format(wait_s=among.wait_s) if among.wait_s else _WRONG
    return login_page(request, visit, text=text, status=403, store=store.id)


async def _begin(rooms: Rooms, places: tuple[Place, ...]) -> Try:
    return await rooms.db.write(lambda tx: guard.begin_try(tx, places, rooms.clock()))


async def _wrong(rooms: Rooms, *tries: Try) -> None:
    log.warning("pin_refused", step="till", reason="wrong_pin")
    day = str(moment(rooms.clock()).astimezone(rooms.shop.zone).date())
    for tried in tries:
        if tried.paused:
            await rooms.db.write(
                partial(guard.wrong_pin, tried=tried, now_us=rooms.clock(), day=day)
            )


def _paused(request: web.Request, visit: Session, store: Store, wait_s: int) -> web.Response:
    text = f"输错太多次，请等 {wait_s} 秒"
    response = login_page(request, visit, text=text, status=429, store=store.id)
    response.headers["Retry-After"] = str(wait_s)
    return response


def _opened(rooms: Rooms, request: web.Request, store: Store, role: str) -> web.Response:
    # A new name for the visit: one that a stranger may have planted opens nothing.
    fresh = sessions.session_of(rooms, {})
    response = web.Response(status=303, headers={"Location": "/till", "Cache-Control": "no-store"})
    sessions.keep(rooms, response, Session(id=fresh.id, store=store, role=role))
    if not sessions.device_of(rooms, request.cookies, store):
        sessions.know_device(rooms, response, store, role)
    return response


def _strangers(request: web.Request, store: Store) -> tuple[Place, ...]:
    key = request.app[ROOMS].shop.instance_key
    text = f"place\0{place_of(request)}".encode()
    return guard.strangers(store.id, hmac.new(key, text, hashlib.sha256).hexdigest()[:32])


async def _fits(store: Store, role: str, pin: str) -> bool:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_LOOKING, matches, pin, sessions.pin_of(store, role))


def _has_pin(store: Store) -> bool:
    return bool(store.cashier_pin or store.manager_pin)
