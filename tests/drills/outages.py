"""G3: a gap of many seconds with welcomes waiting; whom they reach in time afterwards."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from typing import Any

from tests.drills.deadlines import ENTRY_CODE, WELCOME, Newcomers
from tests.drills.figures import books, none_of, noted, together
from tests.drills.measures import drained, newest
from tests.drills.registry import Finding, Options, drill
from tests.drills.rig import Rig, rig
from tests.drills.trouble import told

_LIVES_S = 20.0
_OUT_S, _PER_S = (23.0, 10.0, 18.0), 10.0
_BEFORE, _FASTER, _SAVED = 60, 20, 0.95
# Kept of a life for the way there (`welcome_margin_s`); its stamp is of whole seconds besides.
_MARGIN_S = 2.0 + 1.0
_TURN_S = 1.0  # deadlines nearer to each other than this may change places


@drill("G3", "outages of 23, 10 and 18 s: dead codes make no call, live ones go by their deadline")
async def saved(options: Options, home: Path) -> Finding:
    """Stop the process while contacts are added, and see whom it still welcomes afterwards."""
    async with rig(home, seed=options.seed) as r:
        await r.twin.post("settings", redeliver_share=0.0)
        crowd = Newcomers(r)
        await r.twin.post("clock", speed=_FASTER)
        await crowd.add(_BEFORE, 10)  # over two minutes; it knows then how late callbacks are
        await r.twin.post("clock", speed=1)
        await r.read_clock()
        await drained(r)
        for out_s in _OUT_S:
            options.tell(f"{out_s:.0f} s", await _outage(r, crowd, out_s))
        judged = await r.judge()
        told(judged, set())
    return books(judged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One newcomer's welcome code: when it came to be, was told to us, and was used."""

    came: float
    told: float | None
    called: float | None
    welcomed: bool

    @property
    def dies(self) -> float:
        """When it dies."""
        return self.came + _LIVES_S


async def _outage(r: Rig, crowd: Newcomers, out_s: float) -> Finding:
    since = await newest(r)
    names = [crowd.another() for _ in range(int(out_s * _PER_S))]
    acts = []
    with r.outage("stopped"):
        r.bots[0].send(SIGSTOP)
        for who in names:
            adding = r.twin.do("add_contact", who, code=ENTRY_CODE, wait_s=60)
            acts.append(asyncio.create_task(adding))
            await asyncio.sleep(1 / _PER_S)
        r.bots[0].send(SIGCONT)
    await asyncio.gather(*acts)
    await drained(r)
    codes = _codes(await r.twin.lines(f"book?format=jsonl&since={since}"), names)
    alive = [one for one in codes if one.told is not None and one.told < one.dies]
    last = [one for one in alive if one.told and one.told >= one.dies - _MARGIN_S]
    kept = sum(one.welcomed for one in alive if one not in last)
    dead = [one for one in codes if one.called is not None and one.called > one.dies]
    able = len(alive) - len(last)
    least = int(able * _SAVED)
    return together(
        noted(
            f"{len(codes)} codes, when told {len(codes) - len(alive)} dead and {len(last)} dying"
        ),
        Finding(measured=f"saved {kept} of {able} (>= {least})", ok=kept >= least),
        none_of("calls for dead codes", len(dead)),
        none_of("sent before one that dies earlier", _overtaken(alive)),
    )


def _codes(lines: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[Code]:
    came: dict[str, float] = {}
    heard: dict[str, float] = {}
    called: dict[str, float] = {}
    welcomed: set[str] = set()
    for one in lines:
        who = one.get("who", "")
        if one["kind"] == "happening" and one["event"] == "add_external_contact":
            came[who] = one["at"]
        elif one["kind"] == "callback" and one["delivered"]:
            heard.setdefault(who, one["at"])
        elif one["kind"] == "call" and one["api"] == WELCOME:
            called.setdefault(who, one["began"])
            welcomed |= {who} if one["effect"] is not None else set()
    return [
        Code(came=came[who], told=heard.get(who), called=called.get(who), welcomed=who in welcomed)
        for who in names
    ]


def _overtaken(codes: Sequence[Code]) -> int:
    """Return how many were sent while one that we knew, and that dies earlier, still waited."""
    sent = [(one.called, one.told, one.dies) for one in codes if one.called and one.told]
    return sum(
        any(
            told < called - _TURN_S and dies < death - _TURN_S and later > called + _TURN_S
            for later, told, dies in sent
        )
        for called, _, death in sent
    )
