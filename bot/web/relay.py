"""Which callbacks an older system gets too, and what of the request it needs."""

import base64
from datetime import timedelta

from aiohttp import web

from bot.actions import Relay
from bot.clock import moment
from bot.platforms.relay import HEADER
from bot.shop import AccountKeys

_WITHIN = timedelta(minutes=10)  # a late callback does an older system more harm than good


def handed_on(
    request: web.Request, keys: AccountKeys, body: bytes, received_us: int
) -> Relay | None:
    """Return a verified callback as it is handed on, None when the account has no older system.

    What another installation handed on to us ends here, so that two never send it to and fro.
    """
    if not keys.relayed or HEADER in request.headers:
        return None
    return Relay(
        account=keys.id,
        deadline=moment(received_us) + _WITHIN,
        query=request.raw_path.partition("?")[2],
        content_type=request.headers.get("Content-Type", ""),
        body=base64.b64encode(body).decode(),
    )
