"""Who stands at the cashier's page: signed cookies for the visit and for the device.

A cookie is `id~store~role~until~mac`. It names nobody; it dies with the PIN it was opened with.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bot.clock import micros_of
from bot.db import guard
from bot.facts import Store
from bot.web.keys import Rooms

CASHIER, MANAGER = "cashier", "manager"
SESSION_LIVES = timedelta(hours=12)
DEVICE_LIVES = timedelta(days=180)
_SESSION, _DEVICE = "xr_till", "xr_till_device"
_PATH = "/till"
_ID_BYTES = 16
_MAC_CHARS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One visit to the cashier's page; `store` is None until a PIN has opened it."""

    id: str
    store: Store | None = None
    role: str = ""

    @property
    def manager(self) -> bool:
        """Tell whether redemptions may be taken back."""
        return self.role == MANAGER


def session_of(rooms: Rooms, cookies: Mapping[str, str]) -> Session:
    """Return the visit a request belongs to; a new one when its cookie is missing or has died."""
    parts = _opened(rooms, "till-session", cookies.get(_SESSION, ""))
    if parts is None:
        return Session(id=secrets.token_urlsafe(_ID_BYTES))
    ident, store_id, role = parts
    store = rooms.shop.content().stores.get(store_id)
    if store is None or not pin_of(store, role):
        return Session(id=ident)
    return Session(id=ident, store=store, role=role)


async def visit_of(rooms: Rooms, cookies: Mapping[str, str]) -> Session:
    """Return the visit as `session_of`, a new one also when somebody ended it.

    Raises DatabaseTrouble.
    """
    session = session_of(rooms, cookies)
    if session.store is None:
        return session
    store = session.store.id
    left = await rooms.db.read(lambda tx: guard.has_left(tx, store, session.id))
    return session_of(rooms, {}) if left else session


def device_of(rooms: Rooms, cookies: Mapping[str, str], store: Store) -> str:
    """Return the name of a device that signed in at this store with a PIN it still has, or ""."""
    parts = _opened(rooms, "till-device", cookies.get(_DEVICE, ""))
    if parts is None or parts[1] != store.id or not pin_of(store, parts[2]):
        return ""
    return parts[0]


def keep(rooms: Rooms, response: web.Response, session: Session) -> None:
    """Set the cookie of a visit: 12 hours, for this page alone, out of reach of scripts."""
    store = session.store.id if session.store else ""
    _set(rooms, response, "till-session", (session.id, store, session.role), SESSION_LIVES)


def know_device(rooms: Rooms, response: web.Response, store: Store, role: str) -> None:
    """Remember a device by which somebody signed in, for 180 days or until their PIN changes."""
    named = (secrets.token_urlsafe(_ID_BYTES), store.id, role)
    _set(rooms, response, "till-device", named, DEVICE_LIVES)


def forget(response: web.Response) -> None:
    """End a visit; the device stays known."""
    response.del_cookie(_SESSION, path=_PATH)


def csrf_of(rooms: Rooms, session: Session) -> str:
    """Return what a form of this visit must bring along."""
    return _mac(rooms, "till-csrf", session.id)


def csrf_fits(rooms: Rooms, session: Session, token: str) -> bool:
    """Tell whether a form came from a page of this visit."""
    return hmac.compare_digest(csrf_of(rooms, session).encode(), token.encode("utf-8", "replace"))


def pin_of(store: Store, role: str) -> str:
    """Return the digest of the PIN that opens a role at a store, "" when there is none."""
    return {CASHIER: store.cashier_pin, MANAGER: store.manager_pin}.get(role, "")


def secure(rooms: Rooms) -> bool:
    """Tell whether cookies travel by https alone: where customers reach us so."""
    return rooms.shop.public_url.startswith("https:")


_COOKIES = {"till-session": _SESSION, "till-device": _DEVICE}


def _set(
    rooms: Rooms, response: web.Response, purpose: str, named: tuple[str, str, str],
    lives: timedelta,
) -> None:  # fmt: skip
    until = str((rooms.clock() + micros_of(lives)) // 1_000_000)
    text = "~".join((*named, until))
    response.set_cookie(
        _COOKIES[purpose],
        f"{text}~{_mac(rooms, purpose, text + _bound(rooms, named))}",
        max_age=int(lives.total_seconds()),
        path=_PATH,
        httponly=True,
        secure=secure(rooms),
        samesite="Strict",
    )


def _opened(rooms: Rooms, purpose: str, cookie: str) -> tuple[str, str, str] | None:
    text, _, mac = cookie.rpartition("~")
    parts = text.split("~")
    if len(parts) != 4:  # noqa: PLR2004  (id, store, role, until)
        return None
    ident, store, role, until = parts
    named = (ident, store, role)
    good = _mac(rooms, purpose, text + _bound(rooms, named))
    if not hmac.compare_digest(good.encode(), mac.encode("utf-8", "replace")):
        return None
    return named if int(until) * 1_000_000 > rooms.clock() else None


def _bound(rooms: Rooms, named: tuple[str, str, str]) -> str:
    # A changed PIN ends what the old one opened.
    store = rooms.shop.content().stores.get(named[1])
    return f"~{pin_of(store, named[2])}" if store else "~"


def _mac(rooms: Rooms, purpose: str, text: str) -> str:
    key = hmac.digest(rooms.shop.instance_key, purpose.encode(), hashlib.sha256)
    return hmac.new(key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:_MAC_CHARS]
