"""The bar above the phones: clock, faults, wiring of each account, counts of the book."""

from dataclasses import dataclass

from twin.fault_kinds import CALLS, DELIVERIES
from twin.page.bubbles import day_and_clock
from twin.page.words import Words
from twin.shape import Json
from twin.stage import Stage

JUMPS = ((20, "+20 s"), (3600, "+1 h"), (86_400, "+24 h"), (172_800, "+48 h"), (604_800, "+7 d"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """One account: where its callbacks go, and how the last try to bind it failed."""

    account: str
    kind: str
    url: str
    path: str
    step: str = ""
    reason: str = ""
    console: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """The bar as it is drawn."""

    world: str
    now: str
    running: bool
    speed: float
    jumps: tuple[tuple[int, str], ...]
    faults: tuple[Json, ...]
    call_faults: tuple[str, ...]
    delivery_faults: tuple[str, ...]
    wired: tuple[Wired, ...]
    counts: tuple[tuple[str, int, bool], ...]


def top(stage: Stage, say: Words) -> Top:
    """Return the bar; a count that should be 0 and is not is marked."""
    return Top(
        world=stage.world.name,
        now=day_and_clock(stage.now()),
        running=stage.clock.running,
        speed=stage.clock.speed,
        jumps=JUMPS,
        faults=tuple(stage.faults.told()),
        call_faults=tuple(CALLS),
        delivery_faults=tuple(DELIVERIES),
        wired=_wired(stage),
        counts=_counts(stage, say),
    )


def _wired(stage: Stage) -> tuple[Wired, ...]:
    tried = {str(one["account"]): one for one in stage.book.entries if one["kind"] == "wire"}
    found = []
    for account in (*stage.world.accounts(), *stage.world.archive):
        last: Json = tried.get(account.id, {})
        kind = type(account).__name__.removesuffix("Account").lower()
        found.append(
            Wired(
                account=account.id,
                kind=kind,
                url=stage.callbacks.get(account.id, ""),
                path=account.path or f"/callback/{account.id}",
                step=str(last.get("step", "")),
                reason=str(last.get("reason", "")),
                console=str(last.get("console", "")),
            )
        )
    return tuple(found)


def _counts(stage: Stage, say: Words) -> tuple[tuple[str, int, bool], ...]:
    summary = stage.book.summary()
    codes = summary["by_errcode"]
    refused = sum(codes.values()) - codes.get("0", 0) if isinstance(codes, dict) else 0
    shown = [(name, int(str(summary[name]))) for name in _COUNTED]
    shown.insert(3, ("refused", refused))
    return tuple((say(f"sum_{name}"), count, bool(count and name in _BAD)) for name, count in shown)


_COUNTED = ("sent", "answered", "asked", "shown", "faults_shown", "redeliveries")
_BAD = ("refused", "faults_shown")
