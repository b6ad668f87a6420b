"""Where a request comes from: the address of whoever sent it, through our own proxies."""

from ipaddress import ip_address

from aiohttp import web

from bot.shop import Network
from bot.web.keys import ROOMS

_HOPS = 16  # a longer way is invented


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


def _within(address: str, networks: tuple[Network, ...]) -> bool:
    return _is_address(address) and any(ip_address(address) in one for one in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
