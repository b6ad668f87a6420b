"""The one door out: an API call by HTTP, with how far it came when it fails.

A failure before the request was written is certainly not sent and may be repeated; after that only
the platform knows. Addresses hold tokens, so they never reach a log or an error text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from io import BytesIO
from typing import Any

import aiohttp
import orjson

_BODY_LIMIT_BYTES = 1024 * 1024
_CODE = re.compile(r"-?[0-9]{1,18}")  # more is no code, and no number that can be kept
_NO_FILE = (b"{", b"<", b"")


class Phase(StrEnum):
    """How far a call came."""

    NOT_SENT = "not_sent"
    WRITTEN = "written"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back of a call; `code` is None when there was no readable answer.

    `held_s`: the call was not even tried, for `trouble`, and may be in so many seconds. `content`
    is the file that a fetch brought; `body` is empty then.
    """

    phase: Phase
    code: int | None = None
    body: Mapping[str, Any] | None = None
    trouble: str = ""
    held_s: float = 0.0
    content: bytes = b""

    @property
    def errmsg(self) -> str:
        """Return the platform's own words, for operators; codes decide."""
        return str((self.body or {}).get("errmsg") or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to upload; its name is ASCII, for a platform finds no file under another."""

    name: str
    content: bytes


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
    """Calls the API of one platform host. Redirects are refused and answers capped at 1 MiB.

    A fetched file may be as large as its caller says. `tells_code`: the platform says errcode 0
    where it says yes, so JSON without one is some proxy's, and no answer.
    """

    def __init__(
        self, session: aiohttp.ClientSession, base: str, *, tells_code: bool = False
    ) -> None:
        self._session = session
        self._base = base.rstrip("/")
        self._tells_code = tells_code

    async def call(
        self, method: str, path: str, *, query: Mapping[str, str], body: object | None = None
    ) -> Answer:
        """Make one call and return what came of it; never raises for what a network can do."""
        content = None if body is None else orjson.dumps(body)
        headers = {} if body is None else {"Content-Type": "application/json"}
        return await self._exchange(
            _Asked(method=method, path=path, query=query, content=content, headers=headers)
        )

    async def upload(self, path: str, file: File, *, query: Mapping[str, str]) -> Answer:
        """Upload one file as a form's `media` and return what came of it, as `call` does."""
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("media", BytesIO(file.content), filename=file.name)
        return await self._exchange(_Asked(method="POST", path=path, query=query, content=form))

    async def fetch(self, path: str, most_bytes: int, *, query: Mapping[str, str]) -> Answer:
        """Fetch one file of at most so many bytes; return it, or what the platform says instead.

        The body decides which it is: platforms name the type of a refusal as they like.
        """
        return await self._exchange(
            _Asked(method="GET", path=path, query=query, most_bytes=most_bytes, a_file=True)
        )

    async def _exchange(self, asked: "_Asked") -> Answer:
        progress: dict[str, bool] = {}
        try:
            async with self._session.request(
                asked.method,
                self._base + asked.path,
                params=asked.query,
                data=asked.content,
                headers=asked.headers,
                allow_redirects=False,
                trace_request_ctx=progress,
            ) as response:
                content = await _content(response, asked.most_bytes)
                answer = _read(response, content, asked)
                return with_code(answer) if self._tells_code else answer
        except (aiohttp.ClientError, TimeoutError, OSError) as trouble:
            phase = Phase.WRITTEN if progress.get("written") else Phase.NOT_SENT
            return Answer(phase=phase, trouble=type(trouble).__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One request, and what may come back."""

    method: str
    path: str
    query: Mapping[str, str]
    content: bytes | aiohttp.FormData | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    most_bytes: int = _BODY_LIMIT_BYTES
    a_file: bool = False


async def _content(response: aiohttp.ClientResponse, most_bytes: int) -> bytes:
    # A read of n bytes gives what is there by now, so it takes several to have the whole.
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > most_bytes:
            break
    return bytes(content)


def _read(response: aiohttp.ClientResponse, content: bytes, asked: _Asked) -> Answer:
    if response.status != HTTPStatus.OK or len(content) > asked.most_bytes:
        trouble = f"HTTP {response.status}, {len(content)} bytes"
        return Answer(phase=Phase.WRITTEN, trouble=trouble)
    attached = response.headers.get("Content-Disposition", "").lower().startswith("attachment")
    if asked.a_file and _is_file(content, attached=attached):
        return Answer(phase=Phase.ANSWERED, code=0, content=content)
    try:
        body = orjson.loads(content)
    except ValueError:
        return Answer(phase=Phase.WRITTEN, trouble="the answer is not JSON")
    if not isinstance(body, dict):
        return Answer(phase=Phase.WRITTEN, trouble="the answer is not a JSON object")
    code = code_of(body)
    if code is None:
        trouble = f"errcode {str(body['errcode'])[:40]!r} is not a number"
        return Answer(phase=Phase.WRITTEN, trouble=trouble)
    return Answer(phase=Phase.ANSWERED, code=code, body=body)


def _is_file(content: bytes, *, attached: bool) -> bool:
    # No picture, sound or film begins like a JSON object or a proxy's page; a document may, and
    # comes by a name of its own then.
    if content.lstrip()[:1] not in _NO_FILE:
        return True
    return attached and bool(content) and not _refuses(content)


def _refuses(content: bytes) -> bool:
    try:
        body = orjson.loads(content)
    except ValueError:
        return False
    return isinstance(body, dict) and "errcode" in body


def with_code(answer: Answer) -> Answer:
    """Return an answer that tells its code as it is, and another as none; a file needs no code.

    >>> with_code(Answer(phase=Phase.ANSWERED, code=0, body={"message": "forbidden"})).code
    """
    if answer.code is None or answer.body is None or "errcode" in answer.body:
        return answer
    return Answer(phase=Phase.WRITTEN, trouble="the answer has no errcode")


def code_of(body: Mapping[str, Any]) -> int | None:
    """Return the error code of an answer: 0 where it has none, None where it is not a number.

    >>> [code_of(one) for one in ({}, {"errcode": "0"}, {"errcode": "40001"}, {"errcode": "busy"})]
    [0, 0, 40001, None]
    >>> [code_of({"errcode": one}) for one in (None, False, 0.5, 10**30, "0" * 20)]
    [None, None, None, None, None]
    """
    told = body.get("errcode", 0)
    text = "" if isinstance(told, bool) else str(told).strip()
    return int(text) if _CODE.fullmatch(text) else None
