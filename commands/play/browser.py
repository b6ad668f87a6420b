"""The cashier's browser: opens the page, keeps its cookies, fills in its forms."""

import asyncio
import html
import re
import time
from collections.abc import Mapping

import aiohttp

_INPUT = re.compile(r'<input[^>]*name="([a-z]+)"[^>]*value="([^"]*)"')
_RESULT = re.compile(r'data-code="([a-z_]+)"')
_TITLE = re.compile(r'data-code="[a-z_]+">\s*<strong>([^<]+)</strong>')
_UNDO = re.compile(r'name="redemption" value="(\d+)"')
_OFFLINE = "offline"
_PATIENCE_S, _PAUSE_S = 20.0, 0.2
_TIMEOUT_S = 15


class Browser:
    """One visit to the cashier's page; close it when it is over."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._page = ""
        # Cookies of a numeric address are kept only on demand.
        self._http = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S),
        )

    async def __aenter__(self) -> "Browser":
        return self

    async def __aexit__(self, *_trouble: object) -> None:
        await self._http.close()

    async def sign_in(self, store: str, pin: str) -> bool:
        """Open the page of a store; return whether the PIN let us in."""
        await self._go("GET", "/till", {})
        await self._send("/till/login", {"store": store, "pin": pin})
        return 'action="/till/redeem"' in self._page

    async def redeem(self, code: str) -> tuple[str, str]:
        """Take a coupon in; return the outcome as the page shows it, its code and its title.

        Where nothing came back the same form is sent again, as the page's own button does.
        """
        await self._send("/till/redeem", {"request": self._field("request"), "code": code})
        return self._outcome()

    async def undo(self) -> tuple[str, str]:
        """Take the newest redemption back; return the outcome."""
        found = _UNDO.search(self._page)
        await self._send("/till/undo", {"redemption": found[1] if found else ""})
        return self._outcome()

    def can_undo(self) -> bool:
        """Tell whether the page offers to take a redemption back."""
        return bool(_UNDO.search(self._page))

    def _outcome(self) -> tuple[str, str]:
        # The page also holds what it would show without a network.
        codes = [one for one in _RESULT.findall(self._page) if one != _OFFLINE]
        titles = _TITLE.findall(self._page)
        return codes[0] if codes else "", html.unescape(titles[0]) if titles else ""

    def _field(self, name: str) -> str:
        found = (value for named, value in _INPUT.findall(self._page) if named == name)
        return str(next(found, ""))

    async def _send(self, path: str, form: Mapping[str, str]) -> None:
        await self._go("POST", path, {"csrf": self._field("csrf"), **form})

    async def _go(self, method: str, path: str, form: Mapping[str, str]) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                async with self._http.request(method, self._url + path, data=form or None) as got:
                    self._page = await got.text()
                    return
            except aiohttp.ClientError:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(_PAUSE_S)
