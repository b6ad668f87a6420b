"""Holds the bodies that our calls send to the bodies that others published and the sheets name."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.platforms.call import Call
from tests.conformance.cases import Case
from tests.conformance.requests_kf import KF
from tests.conformance.requests_oa import OA
from tests.conformance.requests_wecom import WECOM
from tests.conformance.sent import Json, Sent
from tests.conformance.shapes import differences
from tests.conformance.sheet_bodies import At, Bodies, read_sheets

SENT: Mapping[str, tuple[Sent, ...]] = {"oa": OA, "wecom": WECOM, "kf": KF}
_MISSING, _UNKNOWN = ": missing", ": not published"


def published(cases: Iterable[Case], sheets: Path) -> dict[At, Bodies]:
    """Return what others and the sheets show of each API that we call, by platform and address."""
    apis = {(platform, one.api) for platform, calls in SENT.items() for one in calls}
    known = read_sheets(sheets, apis)
    for case in cases:
        at = (case.platform, str(case.request.get("path")))
        if case.kind == "api.request" and at in apis:
            known.setdefault(at, Bodies()).whole.append(case.payload)
    return known


def request_shapes(cases: Iterable[Case], sheets: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Return each API with a published body, and what is wrong with ours there."""
    known = published(cases, sheets)
    return [
        (f"{platform} {one.api}", wrong(one, known[platform, one.api]))
        for platform, calls in SENT.items()
        for one in calls
        if (platform, one.api) in known
    ]


def wrong(sent: Sent, known: Bodies) -> tuple[str, ...]:
    """Return what our bodies should not have, lack, or have as another type; one line a place."""
    told = [one for one in _differing(sent, known) if one.removesuffix(_MISSING) not in sent.unsent]
    for call in sent.calls:
        lacking = differences(sent.required, body_of(call))
        told += [f"{type(call).__name__} {one}" for one in lacking if not one.endswith(_UNKNOWN)]
    return tuple(told)


def stale(sent: Sent, known: Bodies) -> tuple[str, ...]:
    """Return the places that are listed as not sent, though we send them or nobody knows them."""
    lacking = _differing(sent, known)
    return tuple(place for place in sent.unsent if f"{place}{_MISSING}" not in lacking)


def body_of(call: Call[Any]) -> Json:
    """Return everything that a call asks with, in its address and in its body."""
    return {**call.query(), **(call.body() if call.method == "POST" else {})}


def _differing(sent: Sent, known: Bodies) -> list[str]:
    bodies: Sequence[Json] = [body_of(call) for call in sent.calls]
    told = differences([*known.whole, sent.manual, sent.required], bodies)
    named = differences(known.named, bodies) if known.named else ()
    told += tuple(one for one in named if one.endswith(_MISSING))
    return sorted({one.removeprefix("[].") for one in told})
