"""Keep other web pages away from the control listener: by Host, Origin and Sec-Fetch-Site."""

import ipaddress
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

_SAFE = ("GET", "HEAD", "OPTIONS")
_OURS = ("same-origin", "none")
_NAME = "localhost"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 403 for a Host that is a stranger's name, and for a change asked by another site.

    A browser always says whose page asks; programs, which say nothing, are let through.
    """
    if not is_own_name(request.host):
        raise web.HTTPForbidden(text="Host 应为本机的地址（防止 DNS 重绑定）\n")
    if request.method not in _SAFE and not _is_own_page(request):
        raise web.HTTPForbidden(text="别的网页不能操作孪生\n")
    return await handler(request)


def is_own_name(host: str) -> bool:
    """Tell whether a Host header is an address or localhost: no name that others can point here.

    >>> is_own_name("127.0.0.1:8000"), is_own_name("[::1]:80"), is_own_name("evil.example:8000")
    (True, True, False)
    """
    name = urlsplit(f"//{host}").hostname or ""
    if name == _NAME:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_own_page(request: web.Request) -> bool:
    if request.headers.get("Sec-Fetch-Site", _OURS[0]) not in _OURS:
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
