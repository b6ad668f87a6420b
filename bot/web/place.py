"""Where a request comes from: the address of whoever sent it, through our own proxies."""

from ipaddress import ip_address

from aiohttp import web

from bot.shop import Network
from bot.web.keys import ROOMS

_HOPS = 16  # a longer way is invented
_WRITTEN_BY_PROXIES = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via", "X-Forwarded-Host")


def place_of(request: web.Request) -> str:
    """Return the address a request came from, "" where a socket has none.

    What a request says of its own way (`X-Forwarded-For`) is believed as far as our own proxies
    wrote it: read from the end, the first address that is none of them. Strangers write the rest.
    """
    networks = request.app[ROOMS].shop.proxies
    here = request.remote or ""
    said = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
    for hop in reversed(said[-_HOPS:]):
        if not _within(here, networks):
            return here
        if not _is_address(hop.strip()):
            return here
        here = hop.strip()
    return here


def on_this_machine(request: web.Request) -> bool:
    """Tell whether a request was made on this machine, and not handed on by a proxy on it.

    A proxy that is not among the trusted ones gives itself away by the headers it writes, and the
    name by which we were called must be this machine's: no page from elsewhere may ask for one.
    """
    remote = request.remote or ""
    handed_on = any(name in request.headers for name in _WRITTEN_BY_PROXIES)
    if handed_on and not _within(remote, request.app[ROOMS].shop.proxies):
        return False
    place, called = place_of(request), request.url.host or ""
    return _is_loopback(place) and (called == "localhost" or _is_address(called))


def _is_loopback(address: str) -> bool:
    return _is_address(address) and ip_address(address).is_loopback


def _within(address: str, networks: tuple[Network, ...]) -> bool:
    return _is_address(address) and any(ip_address(address) in one for one in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
