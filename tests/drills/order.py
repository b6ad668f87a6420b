"""F2 and F4: different events that look alike, and events of one customer out of order."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.actions import Remark
from bot.clock import moment
from commands.play import peek
from tests.drills.deadlines import ENTRY_CODE, Newcomers
from tests.drills.figures import at_most, books, none_of, noted, some_of, together
from tests.drills.measures import drained, entries, percentile, wrongs
from tests.drills.owed import owe
from tests.drills.registry import Finding, Options, drill
from tests.drills.rig import Rig, rig
from tests.drills.trouble import planted, told

_ACCOUNT, _STAFF = "wecom-main", "xiaowang"
_PAIRS, _AT_ONCE = 1_000, 40
_MEMBERS, _LATER_S = 30, 2.0
_OTHERS, _PER_S = 40, 20.0
_HELD_S = 6.0
_LATE_MS = 50.0
_ALIKE = (
    "<xml><ToUserName><![CDATA[{corp}]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName>"
    "<CreateTime>{at}</CreateTime><MsgType><![CDATA[event]]></MsgType>"
    "<Event><![CDATA[change_external_tag]]></Event><Id><![CDATA[{id}]]></Id>"
    "<TagType><![CDATA[tag]]></TagType><ChangeType><![CDATA[{change}]]></ChangeType>"
    "<AgentID>{agent}</AgentID></xml>"
)
_TOLD = "SELECT count(*) AS n FROM inbox WHERE source = 'callback'"


@drill("F2", "pairs of different events in one second, from «sys», without MsgId; two agents")
async def alike(options: Options, home: Path) -> Finding:
    """Tell all of them within seconds, each tenth twice; each is an event of its own."""
    pairs = int(_PAIRS * options.scale)
    async with rig(home, engine=options.engine, seed=options.seed) as r:
        before, at = _kept(r), int(r.now())
        wiring = await r.twin.get("wiring")
        corp = next(one["corpid"] for one in wiring["accounts"] if one["id"] == _ACCOUNT)
        letters = [
            _ALIKE.format(corp=corp, at=at, id=f"etDRILL{n}", change=change, agent=1)
            for n in range(pairs)
            for change in ("update", "delete")
        ]
        letters += [
            _ALIKE.format(corp=corp, at=at, id="etDRILLagents", change="update", agent=agent)
            for agent in (1, 2)
        ]
        await _tell(r, letters)
        await drained(r)
        kept = _kept(r) - before
        judged = await r.judge()
        told(judged, set())
        return together(
            noted(f"{pairs} pairs and two agents: {kept} events"),
            none_of("taken for repeats", len(letters) - kept),
            books(judged),
        )


def _kept(r: Rig) -> int:
    return int(peek.rows(r.location, _TOLD)[0]["n"])


async def _tell(r: Rig, letters: Sequence[str]) -> None:
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(xml: str) -> None:
        async with room:
            await r.twin.post("do", act="raw", account=_ACCOUNT, xml=xml, wait_s=20)

    await asyncio.gather(*map(one, letters))


@drill("F4", "add, edit, delete, add of one customer, out of order; others do not wait for it")
async def reordered(options: Options, home: Path) -> Finding:
    """Let the same four things happen to customers in order and out of it; they end alike."""
    async with rig(home, engine=options.engine, seed=options.seed) as r:
        await r.twin.post("settings", redeliver_share=0.0)
        others = Newcomers(r, first=30_000)
        before = await others.add(_OTHERS, _PER_S)
        inside = [f"客{40_000 + n}" for n in range(_MEMBERS)]
        outside = [f"客{41_000 + n}" for n in range(_MEMBERS)]
        await _four_things(r, inside)
        held = {"kind": "delayed", "seconds": _HELD_S, "account": _ACCOUNT, "times": -1}
        async with planted(r, {**held, "share": 0.5}):
            await _four_things(r, outside)
        held_up = {"event": "edit_external_contact", **held}
        async with planted(r, held_up):
            acting = asyncio.create_task(_edits(r, outside))
            during = await others.add(_OTHERS, _PER_S)
            await acting
        took_s = await drained(r)
        overtaken = _overtaken(await entries(r, "callback"), outside)
        ends = Counter([await _end(r, who) for who in inside])
        strange = Counter([await _end(r, who) for who in outside]) - ends
        wait_ms = 1000 * (percentile(during, 0.99) - percentile(before, 0.99))
        judged = await r.judge(troubled=True)
        return together(
            noted(f"{_MEMBERS} members, drained {took_s:.0f} s after"),
            some_of("callbacks overtaken", overtaken),
            none_of("ended otherwise than in order", strange.total()),
            at_most("others' p99 later by", wait_ms, _LATE_MS, "ms", 0),
            none_of("ready behind what waits", await _behind(r, outside[0])),
            none_of("lost, doubled, wrong", len(wrongs(judged))),
        )


async def _four_things(r: Rig, names: Sequence[str]) -> None:
    """Add, edit, delete, add: the platform's stamps are whole seconds, so each has its own."""
    acts: Sequence[Mapping[str, str]] = (
        {"act": "add_contact", "code": ENTRY_CODE},
        {"act": "edit_contact", "staff": _STAFF, "remark": "老顾客"},
        {"act": "staff_deletes", "staff": _STAFF},
        {"act": "add_contact", "code": ENTRY_CODE},
    )
    for act in acts:
        told: list[Any] = await asyncio.gather(
            *(r.twin.post("do", who=who, **act) for who in names)
        )
        if refused := [one["error"] for one in told if "error" in one]:
            raise ValueError(refused[0])
        await asyncio.sleep(0.3)
        await r.jump(_LATER_S)
    await r.twin.post("idle", wait_s=20)


def _overtaken(callbacks: Sequence[Mapping[str, Any]], names: Sequence[str]) -> int:
    """Return how many things happened before something that was told earlier."""
    told: dict[str, list[str]] = {who: [] for who in names}
    for one in callbacks:
        if one["delivered"] and one["who"] in told:
            told[one["who"]].append(one["happening"])
    return sum(earlier > later for one in told.values() for earlier, later in pairwise(one))


async def _edits(r: Rig, names: Sequence[str]) -> None:
    for who in names:
        await r.twin.post("do", act="edit_contact", who=who, staff=_STAFF, remark="常来")


async def _end(r: Rig, who: str) -> tuple[object, ...]:
    """Return what the tables hold of a customer in the end, without what names them."""
    external = (await r.twin.get(f"contact/{who}"))["external_userid"]
    reach = peek.rows(
        r.location, "SELECT is_on, channel, staff FROM reach WHERE address = ?", external
    )
    tags = peek.rows(
        r.location,
        "SELECT t.name, t.op FROM tag t JOIN alias a ON a.person_id = t.person_id"
        " WHERE a.value = ? ORDER BY t.at_us, t.id",
        external,
    )
    last = {row["name"]: row["op"] for row in tags}
    return (
        tuple(sorted((row["is_on"], row["channel"], row["staff"]) for row in reach)),
        tuple(sorted(last.items())),
    )


async def _behind(r: Rig, who: str) -> int:
    """Owe one thing for in an hour and one for now to the same contact; 1 when the second waits."""
    external = (await r.twin.get(f"contact/{who}"))["external_userid"]
    later = moment(int((r.now() + 3_600) * 1_000_000))
    remark = Remark(account=_ACCOUNT, staff=_STAFF, member=external, text="现在")
    put_off = Remark(account=_ACCOUNT, staff=_STAFF, member=external, text="以后", not_before=later)
    await owe(r, [put_off, remark])
    for _ in range(50):
        rows = peek.rows(
            r.location, "SELECT body, state FROM effect WHERE key LIKE 'DRILL-%' ORDER BY id"
        )
        if rows[-1]["state"] == "done":
            return 0
        await asyncio.sleep(0.1)
    return 1
