"""Calls to a running server as the operator's commands make them: signed, answered in JSON."""

from typing import Any

import aiohttp
import orjson

from bot.shop import Source
from bot.web.signed import SIGNATURE, SOURCE, TIMESTAMP, signature
from commands.parts.operator import operator_of
from tests.serving import Serving


async def post(
    server: Serving, path: str, body: object, source: Source | None = None
) -> tuple[int, Any]:
    """The status and answer of a call, signed by the operator unless by another source.

    A body of bytes goes as it is.
    """
    signer = source or operator_of(server.rooms.shop.instance_key)
    written = body if isinstance(body, bytes) else orjson.dumps(body)
    stamp = str(server.rooms.clock() // 1_000_000)
    headers = {
        SOURCE: signer.id,
        TIMESTAMP: stamp,
        SIGNATURE: signature(signer.secret, stamp, written),
    }
    async with (
        aiohttp.ClientSession() as http,
        http.post(server.url + path, data=written, headers=headers) as got,
    ):
        return got.status, await got.json()
