"""G2, E3, E4: welcomes in time, alone, beside a long queue of labels, beside a closed API."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.actions import Label
from tests.drills.figures import at_most, none_of, noted, some_of, together
from tests.drills.measures import drained, entries, newest, percentile, wrongs
from tests.drills.owed import UNLIMITED, owe
from tests.drills.registry import Finding, Options, drill
from tests.drills.rig import Rig, rig
from tests.drills.trouble import planted, told

WELCOME = "/cgi-bin/externalcontact/send_welcome_msg"
EDITS = ("/cgi-bin/externalcontact/mark_tag", "/cgi-bin/externalcontact/remark")
ENTRY_CODE = "staff-xiaowang-S012"
_PER_S, _STORM_PER_S = 50.0, 80.0
_NOISE_S = 0.15  # what the slowest of hundreds differs by from run to run
_AT_ONCE = 5  # the platform's own limit in this drill
_LABELS = ("兴趣/宠物", "兴趣/咖啡", "兴趣/早餐")
_CONTACTS, _WRITES, _WELCOMES = 1_000, 20_000, 10_000
_QUIET, _STORM, _BLOCKED = "alone", "beside labels (E3)", "labels closed (E4)"


@drill("G2", "welcomes at a pace: alone, beside queued labels (E3), with their API closed (E4)")
async def welcomes_in_time(options: Options, home: Path) -> Finding:
    """Add contacts, queue label writes over all of them, add more; then close the labels' API."""
    contacts = max(100, int(_CONTACTS * options.scale))
    async with rig(
        home, seed=options.seed, home_changes={"api_limits": [*UNLIMITED]}
    ) as r:  # fmt: skip
        await r.twin.post("settings", api_at_once=_AT_ONCE, redeliver_share=0.0)
        crowd = Newcomers(r)
        quiet = await crowd.add(contacts)
        options.tell(_QUIET, _in_time(quiet, p99_s=1.0, p999_s=3.0))
        await drained(r, within_s=60)
        storm = await _beside_labels(r, crowd, options)
        options.tell(_STORM, storm)
        quiet_again = await crowd.add(contacts // 2)
        await drained(r, within_s=60)
        blocked = {"kind": "errcode", "code": 45009, "times": -1, "path": EDITS[0]}
        async with planted(r, blocked):
            closed = await crowd.add(contacts // 2)
        options.tell(_BLOCKED, _unmoved([*quiet, *quiet_again], closed))
        await drained(r, within_s=60)
        judged = await r.judge(troubled=True)
        told(judged, set())
    return Finding(measured=f"all judged: {judged.last_line}", ok=not wrongs(judged))


class Newcomers:
    """Customers who become contacts, one after the other, at a pace."""

    def __init__(self, r: Rig, first: int = 20_000) -> None:
        self._r = r
        self._next = first
        self.names: list[str] = []
        self.took_s = 0.0

    def another(self) -> str:
        """Return the name of one more."""
        self.names.append(f"客{self._next}")
        self._next += 1
        return self.names[-1]

    async def add(self, count: int, per_s: float = _PER_S) -> Sequence[float]:
        """Let so many become contacts; return how long each waited for their welcome.

        Infinity for one that never came. The wait counts from the happening to the end of the
        call that the platform took.
        """
        since, began = await newest(self._r), time.monotonic()
        names = [self.another() for _ in range(count)]
        acts = []
        for n, who in enumerate(names):
            await asyncio.sleep(max(0.0, began + n / per_s - time.monotonic()))
            acts.append(asyncio.create_task(self._r.twin.do("add_contact", who, code=ENTRY_CODE)))
        await asyncio.gather(*acts)
        self.took_s = time.monotonic() - began
        await asyncio.sleep(1.0)
        return await waits(self._r, since, names)


async def waits(r: Rig, since: int, names: Sequence[str]) -> Sequence[float]:
    """Return how long each of these waited for a welcome, by the book."""
    deadline = time.monotonic() + 20
    while True:
        lines = await r.twin.lines(f"book?format=jsonl&since={since}")
        came = {one["who"]: one["at"] for one in lines if _adds(one)}
        done = {one["who"]: one["at"] for one in lines if _welcomed(one)}
        missing = [who for who in names if who not in done]
        if not missing or time.monotonic() > deadline:
            return [done[who] - came[who] if who in done else float("inf") for who in names]
        await asyncio.sleep(0.5)


def _adds(one: Mapping[str, Any]) -> bool:
    return (one["kind"], one.get("event")) == ("happening", "add_external_contact")


def _welcomed(one: Mapping[str, Any]) -> bool:
    return (one["kind"], one.get("api")) == ("call", WELCOME) and one["effect"] is not None


async def _beside_labels(r: Rig, crowd: Newcomers, options: Options) -> Finding:
    since = await newest(r)
    contacts = {who: await r.twin.get(f"contact/{who}") for who in crowd.names}
    writes = int(_WRITES * options.scale)
    await owe(r, [_label(contacts, n) for n in range(writes)])
    count = int(_WELCOMES * options.scale)
    waited = await crowd.add(count, _STORM_PER_S)
    pace = count / crowd.took_s
    left_s = await drained(r, within_s=240)
    calls = await entries(r, "call", since)
    edits = [one for one in calls if one["api"] in EDITS]
    crowded = sum(one["errcode"] == 45033 for one in calls)
    return together(
        _in_time(waited, p99_s=5.0, p999_s=5.0, pace=pace),
        noted(f"{writes} labels queued, drained {left_s:.0f} s later"),
        some_of("edits", len(edits)),
        none_of("overlaps", sum(bool(one["overlap"]) for one in edits)),
        at_most("45033 per 1000 calls", 1000 * crowded / max(1, len(calls)), 1, "", 2),
    )


def _label(contacts: Mapping[str, Mapping[str, Any]], n: int) -> Label:
    names = list(contacts)
    label = (_LABELS[n // len(names) % len(_LABELS)],)
    added = (n // len(names) // len(_LABELS)) % 2 == 0
    return Label(
        account="wecom-main", staff="xiaowang",
        member=str(contacts[names[n % len(names)]]["external_userid"]),
        add=label if added else (), remove=() if added else label,
    )  # fmt: skip


def _in_time(
    waited: Sequence[float], *, p99_s: float, p999_s: float, pace: float = _PER_S
) -> Finding:
    return together(
        noted(f"{len(waited)} welcomes at {pace:.0f}/s"),
        none_of("missed", sum(one == float("inf") for one in waited)),
        at_most("p99", percentile(waited, 0.99), p99_s, digits=2),
        at_most("p99.9", percentile(waited, 0.999), p999_s, digits=2),
    )


def _unmoved(before: Sequence[float], closed: Sequence[float]) -> Finding:
    limit_s = percentile(before, 0.999) * 1.1 + _NOISE_S
    return together(
        none_of("missed", sum(one == float("inf") for one in closed)),
        at_most("p99.9", percentile(closed, 0.999), round(limit_s, 3), digits=3),
    )
