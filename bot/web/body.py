"""Reads a request body within limits of size and time, before anything is believed of it."""

import asyncio
from collections.abc import Mapping

from aiohttp import web
from multidict import MultiMapping

from bot.errors import Refused

BODY_LIMIT_BYTES = 64 * 1024
_READ_WITHIN_S = 3.0


async def read_body(request: web.Request) -> bytes:
    """Return the body. Raises Refused when it is compressed, over 64 KiB or slower than 3 s."""
    if request.headers.get("Content-Encoding"):
        raise Refused("envelope", "请求体不能压缩")
    if (request.content_length or 0) > BODY_LIMIT_BYTES:
        raise Refused("envelope", "请求体超过 64 KiB")
    body = bytearray()
    try:
        async with asyncio.timeout(_READ_WITHIN_S):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > BODY_LIMIT_BYTES:
                    raise Refused("envelope", "请求体超过 64 KiB")
    except TimeoutError:
        raise Refused("envelope", "请求体 3 秒内没有收完") from None
    return bytes(body)


def single_values(query: MultiMapping[str]) -> Mapping[str, str]:
    """Return a query as a plain mapping. Raises Refused when a name is given twice."""
    if len(set(query)) != len(query):
        raise Refused("envelope", "查询参数重复")
    return dict(query)
