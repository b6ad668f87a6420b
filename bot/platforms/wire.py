"""The one door out: an API call by HTTP, with how far it came when it fails.

A failure before the request was written is certainly not sent and may be repeated; after that only
the platform knows. Addresses hold tokens, so they never reach a log or an error text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any

import aiohttp
import orjson

_BODY_LIMIT_BYTES = 1024 * 1024


class Phase(StrEnum):
    """How far a call came."""

    NOT_SENT = "not_sent"
    WRITTEN = "written"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back of a call; `code` is None when there was no readable answer."""

    phase: Phase
    code: int | None = None
    body: Mapping[str, Any] | None = None
    trouble: str = ""


def new_session(total_s: float, connect_s: float = 3.0) -> aiohttp.ClientSession:
    """Return the client session for all platforms: no cookies, bounded times, plain tracing."""
    tracing = aiohttp.TraceConfig()
    tracing.on_request_headers_sent.append(_mark_written)
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=total_s, sock_connect=connect_s),
        cookie_jar=aiohttp.DummyCookieJar(),
        trace_configs=[tracing],
        auto_decompress=True,
    )


async def _mark_written(_session: object, context: Any, _params: object) -> None:
    if context.trace_request_ctx is not None:
        context.trace_request_ctx["written"] = True


class Wire:
    """Calls the API of one platform host. Redirects are refused and answers capped at 1 MiB."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self._session = session
        self._base = base.rstrip("/")

    async def call(
        self, method: str, path: str, *, query: Mapping[str, str], body: object | None = None
    ) -> Answer:
        """Make one call and return what came of it; never raises for what a network can do."""
        progress: dict[str, bool] = {}
        try:
            async with self._session.request(
                method,
                self._base + path,
                params=query,
                data=None if body is None else orjson.dumps(body),
                headers={"Content-Type": "application/json"} if body is not None else None,
                allow_redirects=False,
                trace_request_ctx=progress,
            ) as response:
                return _read(response.status, await _content(response))
        except (aiohttp.ClientError, TimeoutError, OSError) as trouble:
            phase = Phase.WRITTEN if progress.get("written") else Phase.NOT_SENT
            return Answer(phase=phase, trouble=type(trouble).__name__)


async def _content(response: aiohttp.ClientResponse) -> bytes:
    # A read of n bytes gives what is there by now, so it takes several to have the whole.
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > _BODY_LIMIT_BYTES:
            break
    return bytes(content)


def _read(status: int, content: bytes) -> Answer:
    if status != HTTPStatus.OK or len(content) > _BODY_LIMIT_BYTES:
        return Answer(phase=Phase.WRITTEN, trouble=f"HTTP {status}, {len(content)} bytes")
    try:
        body = orjson.loads(content)
        code = int(body.get("errcode", 0))
    except (ValueError, AttributeError, TypeError, OverflowError):
        return Answer(phase=Phase.WRITTEN, trouble="the answer is not a JSON object")
    return Answer(phase=Phase.ANSWERED, code=code, body=body)
