"""One API call as it came in, and as it stands in the book."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from twin.faults import Fault
from twin.host import Done
from twin.shape import BadShape, Json
from twin.stage import Stage
from twin.uploads import read_body, told

_HUSHED = ("access_token", "secret", "corpsecret", "appsecret")
_CUT = ("reset_before", "reset_after", "never")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as it came in at `host`. `args` None: the body is no JSON object."""

    host: str
    path: str
    method: str
    token: str
    args: Json | None
    began: float
    clock_began: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is answered and booked for a call; `rest` is what a late effect still has to do."""

    errcode: int
    done: Done
    rest: Callable[[], Done] | None = None


async def read_call(request: web.Request, host: str, now: float) -> Call:
    """Return the call that a request makes; `now` is the platforms' time."""
    query: Json = dict(request.query)
    token = str(query.pop("access_token", ""))
    args: Json | None = query
    if request.method == "POST":
        try:
            args = query | await read_body(request)
        except BadShape:
            args = None
    return Call(
        host=host,
        path=request.path,
        method=request.method,
        token=token,
        args=args,
        began=time.perf_counter(),
        clock_began=now,
    )


def book_call(
    stage: Stage, call: Call, verdict: Verdict, fault: Fault | None, *, overlap: bool
) -> int:
    """Write a call into the book and return its number; tokens and secrets are left out."""
    cut = fault is not None and (fault.kind in _CUT or fault.cut)
    return stage.book.write(
        "call",
        stage.now(),
        host=call.host,
        api=call.path,
        args={key: told(one) for key, one in (call.args or {}).items() if key not in _HUSHED},
        who=verdict.done.who,
        errcode=verdict.errcode,
        effect=verdict.done.effect,
        overlap=overlap,
        fault=fault.kind if fault else "",
        began=round(call.clock_began, 6),
        answered=not cut,
        connection="reset" if cut else "ok",
        ms=round((time.perf_counter() - call.began) * 1000, 1),
    )


def book_late(stage: Stage, number: int, verdict: Verdict) -> None:
    """Write down what came of the call with this number when its late effect was due."""
    done = verdict.done
    stage.book.write(
        "late", stage.now(), call=number, who=done.who, errcode=verdict.errcode, effect=done.effect
    )
