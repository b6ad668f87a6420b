"""Tells a running server something over its own signed calls, on loopback."""

from collections.abc import Mapping
from typing import Any

import aiohttp
import orjson

from bot.clock import Clock
from bot.shop import Source
from bot.web.signed import SIGNATURE, SOURCE, TIMESTAMP, signature
from commands.parts.problems import UNREACHABLE, stop
from config.settings import Settings

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104  (read, not bound)
_WITHIN_S = 30.0


def server_of(settings: Settings) -> str:
    """Return where a home's server listens, as seen from this machine; stops when nobody knows."""
    listen = settings.listen
    if not listen.port:
        stop("settings.yaml 的 listen.port 是 0，找不到正在运行的服务：停掉它再运行", UNREACHABLE)
    host = _EVERYWHERE.get(listen.host, listen.host)
    return f"http://{host}:{listen.port}"


async def told(
    url: str, source: Source, body: bytes, clock: Clock, *, holds: str = "answers"
) -> Mapping[str, Any]:
    """Sign and post, and return the answer; stops with what to do when it was not even read.

    An answer that was read `holds` this field.
    Repeating is safe: what is told twice is taken once.
    """
    stamp = str(clock() // 1_000_000)
    headers = {
        SOURCE: source.id,
        TIMESTAMP: stamp,
        SIGNATURE: signature(source.secret, stamp, body),
        "Content-Type": "application/json",
    }
    timeout = aiohttp.ClientTimeout(total=_WITHIN_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, data=body, headers=headers) as got,
        ):
            answer: Mapping[str, Any] = orjson.loads(await got.read())
    except (aiohttp.ClientError, TimeoutError, orjson.JSONDecodeError) as trouble:
        stop(f"问不到正在运行的服务 {url}（{trouble}）：确认它在监听，再原样运行一次", UNREACHABLE)
    if holds not in answer:
        stop(f"正在运行的服务没有收：{answer.get('text', '')}（可以原样再运行一次）")
    return answer
