"""How the answer to an API call leaves: whole, as a file, or spoilt by a planted fault."""

import asyncio
import json
import mimetypes

from aiohttp import web

from twin.fault_kinds import AFTER, LATE, REVOKED
from twin.faults import Fault
from twin.shape import Json
from twin.uploads import Upload

_NEVER_S = 3600.0
_HUGE_BYTES = 10 * 1024 * 1024
_WHOLE = ("slow", "errcode", LATE, REVOKED)
_CUT = ("reset_before", "reset_after")
_TOLD = ("errcode", "errmsg")


async def leave(
    request: web.Request, body: Json, file: Upload | None, fault: Fault | None
) -> web.StreamResponse:
    """Return the answer, after the wait that a fault asks for; some faults cut the connection."""
    if fault and (fault.cut or fault.kind in _CUT):
        _cut(request)
    if fault is None or fault.kind in _WHOLE:
        return _file(file) if file else _json(body)
    if fault.kind in ("never", *AFTER):
        await asyncio.sleep(_NEVER_S if fault.kind == "never" else fault.seconds)
    if fault.kind == "errcode_missing":
        return _json({key: one for key, one in body.items() if key not in _TOLD})
    if fault.kind == "errcode_text":
        return _json({key: str(one) if key in _TOLD else one for key, one in body.items()})
    return _unreadable(json.dumps(body, ensure_ascii=False), fault)


def _unreadable(plain: str, fault: Fault) -> web.Response:
    match fault.kind:
        case "truncated":
            return web.Response(text=plain[: len(plain) // 2])
        case "html":
            page = "<html><body>502</body></html>"
            return web.Response(text=page, content_type="text/html")
        case "redirect":
            return web.Response(status=302, headers={"Location": "/elsewhere"})
        case "charset":
            return web.Response(
                body=plain.encode("utf-16"), content_type="application/json", charset="utf-16"
            )
        case "huge":
            return web.Response(text=plain + " " * _HUGE_BYTES)
        case _:
            return web.Response(text=plain, status=fault.code if fault.kind == "http" else 200)


def _json(body: Json) -> web.Response:
    return web.Response(text=json.dumps(body, ensure_ascii=False), content_type="application/json")


def _file(file: Upload) -> web.Response:
    kind = mimetypes.guess_type(file.filename)[0] or "application/octet-stream"
    named = f'attachment; filename="{file.filename}"'
    return web.Response(
        body=file.content, content_type=kind, headers={"Content-Disposition": named}
    )


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
