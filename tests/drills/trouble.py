"""E1: every fault of the platforms' answers, on all calls, while customers go on; then it ends."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.drills.figures import at_most, none_of, noted, together
from tests.drills.measures import accept_ms, drained, newest, percentile, wrongs
from tests.drills.registry import Finding, Options, drill
from tests.drills.rig import Rig, rig
from tests.drills.verdict import Judged

DRAINED_S, ACCEPT_MS = 60.0, 300.0  # the figures
_LASTS_S, _TURNED_ON_S = 6.0, 30.0
_PER_S, _PORTION = 15.0, 15
_AT_ONCE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A fault on every call: how it is planted, and how long after it all may be worked off.

    `turned_on`: the clock is turned on meanwhile, so that it lasts more than a minute.
    """

    name: str
    planted: Mapping[str, object]
    drained_s: float = DRAINED_S
    turned_on: bool = True
    host: Mapping[str, str] = field(default_factory=dict)


_RESTS_S = 70.0  # the platform's own rest of a minute comes first
TROUBLES = (
    Trouble(name="-1", planted={"kind": "errcode", "code": -1}),
    # An Official Account counts by the day and is closed until midnight; that is E2's.
    Trouble(name="45009", planted={"kind": "errcode", "code": 45009}, host={"host": "wecom"},
            drained_s=DRAINED_S + _RESTS_S, turned_on=False),
    Trouble(name="45033", planted={"kind": "errcode", "code": 45033}),
    Trouble(name="500", planted={"kind": "http", "code": 500}),
    Trouble(name="502", planted={"kind": "http", "code": 502}),
    Trouble(name="html", planted={"kind": "html"}),
    Trouble(name="truncated", planted={"kind": "truncated"}),
    Trouble(name="errcode-text", planted={"kind": "errcode_text"}),
    Trouble(name="errcode-missing", planted={"kind": "errcode_missing"}),
    Trouble(name="slow", planted={"kind": "slow", "seconds": 10}),
    Trouble(name="never", planted={"kind": "never"}),
    Trouble(name="reset-before", planted={"kind": "reset_before"}),
    Trouble(name="reset-after", planted={"kind": "reset_after"}),
    Trouble(name="charset", planted={"kind": "charset"}),
    Trouble(name="huge", planted={"kind": "huge"}),
    Trouble(name="302", planted={"kind": "redirect"}),
)  # fmt: skip


@drill("E1", "each fault on every call, then cleared")
async def each(options: Options, home: Path) -> Finding:
    """Let one fault after the other spoil every call, and compare the books after each."""
    wanted = [one for one in TROUBLES if options.wants(one.name)]
    bad = 0
    async with rig(home, engine=options.engine, seed=options.seed) as r:
        r.crowd.unfollow = False  # who leaves before we could ask is not known to be who they are
        known: set[str] = set()
        for trouble in wanted:
            fault = {**trouble.planted, **trouble.host, "times": -1}
            terms = Terms(drained_s=trouble.drained_s, turned_on=trouble.turned_on)
            found, known = await suffered(r, planted(r, fault), terms, known)
            options.tell(trouble.name, found)
            bad += not found.ok
    return Finding(measured=f"{len(wanted)} faults, {bad} with findings", ok=not bad)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How long a trouble lasts, and after how long everything is worked off.

    `turned_on`: the clock is turned on twice meanwhile, by half a minute.
    """

    lasts_s: float = _LASTS_S
    drained_s: float = DRAINED_S
    turned_on: bool = True


async def suffered(
    r: Rig, trouble: AbstractAsyncContextManager[None], terms: Terms, known: set[str]
) -> tuple[Finding, set[str]]:
    """Let customers act while a trouble lasts; return what came of it, and all findings so far.

    `known` are findings of former troubles, which are not this one's.
    """
    since, began = await newest(r), r.now()
    async with trouble:
        await customers(r, terms.lasts_s, _TURNED_ON_S if terms.turned_on else 0.0)
        lasted_s = r.now() - began
    took_s = await drained(r)
    judged = await r.judge(troubled=True)
    told(judged, known)
    new = wrongs(judged) - known
    finding = together(
        noted(f"for {lasted_s:.0f} s"),
        at_most("drained", took_s, terms.drained_s),
        at_most("accept p99", percentile(await accept_ms(r, since), 0.99), ACCEPT_MS, "ms", 0),
        noted(f"unknown {len(judged.unknown)}"),
        none_of("lost, doubled, wrong", len(new)),
    )
    return finding, known | new


@asynccontextmanager
async def planted(r: Rig, *faults: Mapping[str, object]) -> AsyncIterator[None]:
    """Have faults planted while the block lasts."""
    answered = await r.twin.post("faults", script=list(faults), seed=1)
    if isinstance(answered, dict) and "error" in answered:
        raise ValueError(answered["error"])
    try:
        yield
    finally:
        await r.twin.delete("faults")


async def customers(r: Rig, lasts_s: float, turned_on_s: float = 0.0) -> None:
    """Let customers act for so many seconds, the clock turned on twice meanwhile."""
    over = asyncio.Event()
    acting = asyncio.create_task(act_until(r, over))
    for _ in range(2):
        await asyncio.sleep(lasts_s / 2)
        if turned_on_s:
            await r.jump(turned_on_s)
    over.set()
    await acting


async def act_until(r: Rig, over: asyncio.Event, per_s: float = _PER_S) -> None:
    """Keep customers acting until it is over."""
    while not over.is_set():
        await r.load(_PORTION, per_s=per_s, at_once=_AT_ONCE)


def told(judged: Judged, known: set[str]) -> None:
    """Tell on stderr what a verdict has against a run."""
    for one in sorted(wrongs(judged) - known)[:20]:
        sys.stderr.write(f"   {one[:300]}\n")
    sys.stderr.flush()
