"""The call by which the operator's own tools read why something happened, as `why --json` does."""

import hashlib
import hmac
import re
from collections.abc import Mapping

from aiohttp import web

from bot.errors import DatabaseTrouble, Refused
from bot.web.body import single_values
from bot.web.brake import Brake
from bot.web.keys import ROOMS, Traces, Wanted
from bot.web.place import place_of
from bot.web.signed import SIGNATURE, NotSigned, answer, asked

BRAKE = web.AppKey("trace_brake", Brake)
KIND = "trace"
_BY = ("event", "msg", "digest", "member")  # the most exact first: of several it counts
_NAME_CHARS = 256
_DIGEST = re.compile(r"[0-9a-f]{16,64}")
_NOBODY: Mapping[str, object] = {"person": None, "also": (), "events": ()}


async def trace(request: web.Request) -> web.Response:
    """GET /api/trace: the story of one event, message or member (docs/reference/trace.md).

    For who has the key of the settings, or signs as the operator. It reads and changes nothing;
    what customers said stands in the answer, and never in a log.
    """
    rooms = request.app[ROOMS]
    if refused := turned_away(request, rooms.traces):
        return refused
    try:
        wanted = _wanted(request)
    except (Refused, ValueError) as wrong:
        return answer(400, {"code": "bad_request", "text": str(wrong)})
    if rooms.traces is None:
        return off()
    try:
        told = await rooms.traces.tell(wanted)
    except DatabaseTrouble:
        return answer(503, {"code": "try_again", "text": "暂时读不了数据库，请稍后再问"})
    return answer(404 if told is None else 200, dict(told or _NOBODY))


def turned_away(request: web.Request, traces: Traces | None) -> web.Response | None:
    """Return the refusal of who may not read traces, None for who may; wrong keys are slowed."""
    if SIGNATURE in request.headers:
        try:
            asked(request, KIND)
        except NotSigned as refused:
            return wrong(request, refused.code, refused.text)
        return None
    return without_key(request, traces)


def without_key(request: web.Request, traces: Traces | None) -> web.Response | None:
    """Return the refusal of who does not have the key of the settings, None for who has it."""
    if traces is None or not traces.key_sha256:
        return off()
    if _has_key(request.headers.get("Authorization", ""), traces.key_sha256):
        return None
    return wrong(request, "no_key", "密钥不对：请在请求头写 Authorization: Bearer <密钥>")


def off() -> web.Response:
    """Return the refusal where nobody may ask."""
    return answer(404, {"code": "off", "text": "没有开放：settings.yaml 里没有写 trace_key_sha256"})


def _has_key(header: str, digest: str) -> bool:
    scheme, _, key = header.partition(" ")
    if scheme.lower() != "bearer" or not key:
        return False
    # A header may hold any bytes; those that are no text arrive as halves of surrogate pairs.
    given = hashlib.sha256(key.strip().encode("utf-8", "surrogateescape")).hexdigest()
    return hmac.compare_digest(given, digest)


def wrong(request: web.Request, code: str, text: str) -> web.Response:
    """Return the refusal of a wrong key or signature; who sends many has to wait."""
    wait_s = request.app[BRAKE].wrong(place_of(request), request.app[ROOMS].clock())
    if not wait_s:
        return answer(401, {"code": code, "text": text})
    slowed = answer(429, {"code": "slow_down", "text": f"错误的密钥太多，请 {wait_s} 秒后再试"})
    slowed.headers["Retry-After"] = str(wait_s)
    return slowed


def _wanted(request: web.Request) -> Wanted:
    """Return what is asked for. Raises Refused or ValueError, in Chinese."""
    query = single_values(request.query)
    if unknown := sorted(query.keys() - {*_BY, "account"}):
        raise ValueError(f"不认识参数 {unknown[0]}，可写 {'、'.join((*_BY, 'account'))}")
    by = next((name for name in _BY if query.get(name)), "")
    if not by:
        raise ValueError(f"要写 {'、'.join(_BY)} 中的一个")
    name = query[by].strip()
    if not 0 < len(name) <= _NAME_CHARS:
        raise ValueError(f"{by} 应为不超过 {_NAME_CHARS} 个字符的文字")
    if by == "digest" and not _DIGEST.fullmatch(name):
        raise ValueError("digest 应为解密后原文的 SHA-256，小写十六进制，至少前 16 位")
    return Wanted(by=by, name=name, account=query.get("account", ""))
