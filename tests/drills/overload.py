"""G4: three times as many callbacks as can be taken; what was answered is kept, and it passes."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp

from commands.play import peek
from tests.drills.born import Child
from tests.drills.figures import at_least, at_most, none_of, noted, together
from tests.drills.forged import Forged, forged
from tests.drills.measures import drained, percentile
from tests.drills.registry import Finding, Options, drill
from tests.drills.rig import Rig, rig

_TRIED, _STORM_S, _TIMES = 2_000, 8.0, 3.0
_SIDE_BY_SIDE, _WAITING = 32, 2_000
_RSS_MIB, _BACK_S, _ANSWERED_S = 400.0, 60.0, 5.0
_STATED = "VmRSS:"


@drill("G4", "three times the callbacks that can be taken: nothing answered is lost, and it passes")
async def overload(options: Options, home: Path) -> Finding:
    """Find out how many callbacks a second are taken, then send three times as many."""
    async with rig(home, engine=options.engine, seed=options.seed) as r:
        wiring = await r.twin.get("wiring")
        account = next(one for one in wiring["accounts"] if one["id"] == "wecom-main")
        before = _kept(r)
        posts = _Posts(f"{r.bots[0].url}{account['path']}", account, int(r.now()))
        async with posts:
            able = await posts.as_fast_as_taken()
            seen_mib: list[float] = []
            looking = asyncio.create_task(_look_at_memory(r, seen_mib))
            quiet, began = posts.statuses[HTTPStatus.OK], time.monotonic()
            await posts.at_a_pace(able * _TIMES)
            took_s, stormy = time.monotonic() - began, posts.statuses[HTTPStatus.OK] - quiet
            began = time.monotonic()
            await drained(r, within_s=_BACK_S + 30)
            back_s = time.monotonic() - began
            looking.cancel()
        taken, silent = posts.statuses[HTTPStatus.OK], posts.statuses[0]
        refused = posts.statuses.total() - taken - silent
        return together(
            noted(f"able {able:.0f}/s, then {posts.pace:.0f}/s for {_STORM_S:.0f} s"),
            noted(f"taken {taken}, refused {refused}, without answer {silent}"),
            none_of("answered and not kept", max(taken - (_kept(r) - before), 0)),
            noted(f"p99 {percentile(posts.waits_s, 0.99):.1f} s"),
            at_least("still taken", stormy / took_s, able / 2, "/s"),
            at_most("memory", max(seen_mib, default=0.0), _RSS_MIB, "MiB", 0),
            at_most("drained", back_s, _BACK_S),
        )


class _Posts:
    """Callbacks that are sent by many clients, and how each was answered; 0 is no answer."""

    def __init__(self, url: str, account: Mapping[str, Any], at: int) -> None:
        self._url = url
        self._account = account
        self._at = at
        self.statuses: Counter[int] = Counter()
        self.waits_s: list[float] = []
        self.pace = 0.0

    async def __aenter__(self) -> "_Posts":
        timeout = aiohttp.ClientTimeout(total=_ANSWERED_S)
        self._http = aiohttp.ClientSession(
            timeout=timeout, connector=aiohttp.TCPConnector(limit=_WAITING)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def as_fast_as_taken(self) -> float:
        """Send with a few clients, each after its answer; return how many a second that were."""
        sealed = self._sealed(_TRIED)
        began = time.monotonic()

        async def client() -> None:
            for post in sealed:
                await self._send(post)

        await asyncio.gather(*(client() for _ in range(_SIDE_BY_SIDE)))
        return self.statuses.total() / (time.monotonic() - began)

    async def at_a_pace(self, per_s: float) -> None:
        """Send so many a second, whether they are answered or not."""
        sealed = self._sealed(int(per_s * _STORM_S))
        began, tasks = time.monotonic(), []
        for n, post in enumerate(sealed):
            await asyncio.sleep(max(0.0, began + n / per_s - time.monotonic()))
            tasks.append(asyncio.create_task(self._send(post)))
        self.pace = len(tasks) / (time.monotonic() - began)
        await asyncio.gather(*tasks)

    def _sealed(self, count: int) -> Iterator[Forged]:
        # Sealed before the first leaves, or the sender would be what limits the pace.
        return iter([forged(self._account, self._at) for _ in range(count)])

    async def _send(self, post: Forged) -> None:
        began = time.monotonic()
        try:
            async with self._http.post(
                self._url, params=dict(post.query), data=post.body.encode()
            ) as got:
                self.statuses[got.status] += 1
        except (aiohttp.ClientError, TimeoutError):
            self.statuses[0] += 1
        self.waits_s.append(time.monotonic() - began)


async def _look_at_memory(r: Rig, seen_mib: list[float]) -> None:
    process = r.bots[0]._process
    while isinstance(process, Child):
        with contextlib.suppress(OSError):
            seen_mib.append(await asyncio.to_thread(_resident_mib, process.pid))
        await asyncio.sleep(0.2)


def _resident_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(one.split()[1]) / 1024 for one in status if one.startswith(_STATED))


def _kept(r: Rig) -> int:
    sql = "SELECT count(*) AS n FROM inbox WHERE source = 'callback'"
    return int(peek.rows(r.location, sql)[0]["n"])
