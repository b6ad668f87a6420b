"""Tells whether a call comes from one of the shop's own systems: one secret a source, one HMAC.

The signature is hex HMAC-SHA256 over `timestamp.body`, good for five minutes either way
(docs/reference/incoming.md).
"""

import hashlib
import hmac
from dataclasses import dataclass

import orjson
import structlog
from aiohttp import web

from bot.errors import Refused
from bot.shop import Source
from bot.web.body import read_body
from bot.web.keys import ROOMS, Rooms

SOURCE, TIMESTAMP, SIGNATURE = "X-Xiaoer-Source", "X-Xiaoer-Timestamp", "X-Xiaoer-Signature"
WINDOW_S = 300
_STAMP_DIGITS = 12
_STRANGER = "source:?"  # names from outside are not counted one by one: anybody can invent them
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A genuine call: the source that signed it, and its body as it came."""

    source: str
    body: bytes


class NotSigned(Exception):
    """A call is not from a source that may tell this; `text` names the header to look at."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


async def signed(request: web.Request, kind: str) -> Signed:
    """Return the call when a source that may tell `kind` signed it within the last 5 minutes.

    Raises NotSigned, counted with the refusals, and Refused for a body that is compressed, over
    64 KiB or slower than 3 s. Repeating a call within the time is allowed: whoever records it
    recognises what was told before.
    """
    body = await read_body(request)
    return Signed(source=_vouched(request, kind, body).id, body=body)


def asked(request: web.Request, kind: str) -> None:
    """Let a question pass when a source that may ask `kind` signed its query within 5 minutes.

    A question has no body: its query stands in the place of one, as it is sent, without the mark.
    Raises NotSigned, counted with the refusals.
    """
    _vouched(request, kind, request.raw_path.partition("?")[2].encode())


def _vouched(request: web.Request, kind: str, body: bytes) -> Source:
    rooms = request.app[ROOMS]
    source = rooms.shop.sources.get(_header(request, SOURCE))
    try:
        return _checked(request, rooms, source, kind, body)
    except NotSigned as refused:
        who = f"source:{source.id}" if source else _STRANGER
        rooms.acceptor.refused[who, refused.code] += 1
        log.warning("refused", account=who, step=refused.code, reason=refused.text)
        raise


def _checked(
    request: web.Request, rooms: Rooms, source: Source | None, kind: str, body: bytes
) -> Source:
    if source is None:
        raise NotSigned(
            "unknown_source", f"{SOURCE} 没有写、写了两次，或不是 settings.yaml 里 sources 的 id"
        )
    stamp = _header(request, TIMESTAMP)
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= _STAMP_DIGITS):
        raise NotSigned("bad_timestamp", f"{TIMESTAMP} 应为 1970 年以来的秒数，如 1772413200")
    if abs(rooms.clock() // 1_000_000 - int(stamp)) > WINDOW_S:
        raise NotSigned("old_timestamp", f"{TIMESTAMP} 与本机时钟相差超过 5 分钟，请校时后重新签名")
    given = _header(request, SIGNATURE).strip().lower()
    wanted = signature(source.secret, stamp, body)
    # A header may hold any bytes; those that are no text arrive as halves of surrogate pairs.
    if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted.encode()):
        raise NotSigned("bad_signature", f"{SIGNATURE} 不对：应为 HMAC-SHA256(密钥, 时间戳.正文)")
    if kind not in source.kinds:
        raise NotSigned("wrong_kind", f"{SOURCE} 的 {source.id} 不能推 {kind}：见 sources 的 kind")
    return source


def _header(request: web.Request, name: str) -> str:
    # Written twice is not written: whoever is between us might have believed the other.
    written = request.headers.getall(name, ())
    return written[0] if len(written) == 1 else ""


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """Return the signature of a call as it stands in its header.

    >>> signature(b"0123456789abcdef", "1772413200", b"[]")[:16]
    'b558747dd2a21660'
    """
    return hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def turned_away(trouble: NotSigned | Refused) -> web.Response:
    """Return what a call is answered that was not even read: 401, or 413 for its body."""
    if isinstance(trouble, NotSigned):
        return answer(401, {"code": trouble.code, "text": trouble.text})
    return answer(413, {"code": "bad_body", "text": trouble.reason})


def answer(status: int, told: dict[str, object]) -> web.Response:
    """Return a JSON answer of our own calls, with its version."""
    return web.json_response({"v": 1, **told}, status=status, dumps=_dumps)


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()
