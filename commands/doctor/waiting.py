"""Waits for the platform to come: a click on «保存», or a first message."""

import asyncio
from collections.abc import Mapping, Sequence

from bot.errors import DatabaseTrouble
from commands.doctor import pages
from commands.doctor.case import Case
from commands.doctor.finding import Finding
from commands.doctor.received import of_callbacks
from commands.doctor.records import Traces, traces_of

_CHECK = "wait"
_LOOK_S = 0.3


async def of_waiting(cases: Sequence[Case], wait_s: float) -> list[Finding]:
    """Return for each account what the platform did within `wait_s` seconds, as soon as it did.

    Ends when every account has heard something. A save that passes and a message both count; so
    does a refusal, which names its cause.
    """
    since = {case.account.id: case.clock() for case in cases}
    left = {case.account.id: case for case in cases}
    found: list[Finding] = []
    deadline = asyncio.get_running_loop().time() + wait_s
    while left and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(_LOOK_S)
        for name, case in list(left.items()):
            heard = _heard(case, since)
            if heard:
                found += heard
                del left[name]
    return [*found, *(_nothing(case, wait_s) for case in left.values())]


def _heard(case: Case, since: Mapping[str, int]) -> tuple[Finding, ...]:
    if case.database is None:
        return ()
    try:
        traces = traces_of(case.database, case.account.id, case.clock())
    except DatabaseTrouble:
        return ()
    return _told(case, traces, since[case.account.id])


def _told(case: Case, traces: Traces, since_us: int) -> tuple[Finding, ...]:
    fresh = tuple(one for one in traces.refusals if one.last_us >= since_us)
    if traces.last_us >= since_us:
        return (case.ok(_CHECK, f"收到了平台的回调（{traces.callbacks[0].kind}）"),)
    if fresh:
        return of_callbacks(case, Traces(refusals=fresh))
    if traces.verified_us >= since_us:
        return (case.ok(_CHECK, "平台来验证了网址，通过了"),)
    return ()


def _nothing(case: Case, wait_s: float) -> Finding:
    return case.warn(
        _CHECK,
        f"{wait_s:g} 秒里平台没有来过",
        f"核对{pages.server(case.account)}里填的是不是 {case.callback_url}，有没有启用；"
        "serve 要一直开着",
    )
