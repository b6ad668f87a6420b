"""One token holder for each account: single flight, generation-checked, refreshed ahead of time."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot import metrics
from bot.platforms.tries import FLOOR_US, Tries
from bot.platforms.wire import Answer, Phase
from bot.shared.hints import Hints, OwnHints

AHEAD_US = 300 * 1_000_000  # refresh this long before a token dies
LEASE_US = 15 * 1_000_000  # longer than a fetch may take (send_timeout_s is 8)
_LEFT_US = 60 * 1_000_000  # how often we ask for more than what is left of a token that works
_SECONDS = re.compile(r"[1-9][0-9]{0,5}")
_LOOK_S = 0.05  # how often we look whether another process has a token by now


class Stored(Protocol):
    """A token as it is stored."""

    @property
    def value(self) -> str:
        """The secret itself."""

    @property
    def generation(self) -> int:
        """Rises with each refresh."""

    @property
    def expires_us(self) -> int:
        """When the platform lets it die."""

    @property
    def fetched_us(self) -> int:
        """When it was asked for."""


class Shelf(Protocol):
    """Where tokens survive a restart, and where processes agree on who fetches the next one."""

    async def load(self, account: str) -> Stored | None:
        """Return the stored token of an account, or None."""

    async def lease(self, account: str, lives_us: int) -> int:
        """Take the right to fetch for so long; return until when, 0 while somebody else has it."""

    async def give_back(self, account: str, until_us: int) -> None:
        """End the right to fetch that was taken until then."""

    async def tries(self, account: str) -> str:
        """Return what was last told of how asking went, or ""."""

    async def tell_tries(self, account: str, text: str) -> None:
        """Tell every process how asking went."""

    async def keep(
        self, account: str, *, value: str, generation: int, expires_us: int, fetched_us: int
    ) -> bool:
        """Store a token; False when this generation or a newer one is there already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A usable token; or the answer that refused us one, and how long we shall not ask again."""

    value: str
    generation: int
    expires_us: int
    refused: Answer | None = None
    wait_us: int = 0


class TokenHolder:
    """Holds the access token of one account.

    Any number of callers, in any number of processes, share one fetch. A caller whose call met a
    dead token reports the generation it used; only the current one causes a fetch. Tokens that die
    young, as where two programs take them from each other, are fetched more and more rarely.
    """

    def __init__(
        self,
        account: str,
        shelf: Shelf,
        fetch: Callable[[], Awaitable[Answer]],
        now: Callable[[], int],
        hints: Hints | None = None,
    ) -> None:
        self._account = account
        self._shelf = shelf
        self._fetch = fetch
        self._now = now
        self._hints = hints or OwnHints()
        self._held: Held | None = None
        self._dead = 0  # the newest generation that the platform refused
        self._hinted = 0  # the newest generation that we looked for because of a hint
        self._lock = asyncio.Lock()
        self._tries = Tries()
        self.fetches = 0

    async def token(self, *, dead: int | None = None) -> Held:
        """Return a token; `dead` is the generation of one that the platform just refused."""
        async with self._lock:
            if self._held is None or self._hinted < self._hints.newest(self._account):
                self._hinted = self._hints.newest(self._account)
                await self._another_has()
            self._note_death(dead or 0)
            if self._lives_for(AHEAD_US) is None and not self._wait_us():
                await self._refresh()
            # An expiring token that still works is better than none while its endpoint is down.
            return self._lives_for(0) or self._none()

    def _note_death(self, dead: int) -> None:
        if dead <= self._dead or self._held is None or dead < self._held.generation:
            return
        self._dead = dead
        self._tries = self._tries.died(self._now())

    def _lives_for(self, span_us: int) -> Held | None:
        held = self._held
        usable = held and held.generation > self._dead and held.expires_us - span_us > self._now()
        return held if usable else None

    def _none(self) -> Held:
        generation = self._held.generation if self._held else 0
        refused = self._tries.failure or _DYING
        return Held(
            value="", generation=generation, expires_us=0, refused=refused, wait_us=self._wait_us()
        )

    def _wait_us(self) -> int:
        return self._tries.wait_us(self._now(), self._floor_us())

    def _floor_us(self) -> int:
        # A platform may hand out what is left of a token: minutes, or none at all.
        if self._lives_for(0):
            return _LEFT_US
        unrefused = self._held is not None and self._held.generation > self._dead
        return FLOOR_US if self._tries.failure or unrefused else 0

    async def _refresh(self) -> None:
        """Have a new token, from the platform or from the process that fetches one already."""
        if await self._another_has():
            return
        while not (until_us := await self._shelf.lease(self._account, LEASE_US)):
            await asyncio.sleep(_LOOK_S)
            if await self._another_has():
                return
        try:
            # Another's fetch, or its failure, may have ended between our look and our lease.
            if not await self._another_has() and not await self._another_failed():
                await self._ask()
        finally:
            await self._shelf.give_back(self._account, until_us)

    async def _another_has(self) -> bool:
        stored = await self._shelf.load(self._account)
        if stored is None or (self._held and stored.generation <= self._held.generation):
            return False
        await self._adopt(stored)
        return self._lives_for(AHEAD_US) is not None

    async def _adopt(self, stored: Stored) -> None:
        self._held = Held(
            value=stored.value, generation=stored.generation, expires_us=stored.expires_us
        )
        self._tries = (await self._told()).brought(stored.fetched_us)
        metrics.TOKEN_REFUSALS.labels(self._account).set(0)

    async def _another_failed(self) -> bool:
        told = await self._told()
        if told.failure is None or told.asked_us < self._tries.asked_us:
            return False
        self._tries = told
        return self._wait_us() > 0

    async def _told(self) -> Tries:
        return Tries.parse(await self._shelf.tries(self._account))

    async def _ask(self) -> None:
        self.fetches += 1
        answer = await self._fetch()
        asked_us, body = self._now(), answer.body or {}
        value = body.get("access_token")
        if answer.code == 0 and value and isinstance(value, str):
            self._tries = self._tries.brought(asked_us)
            await self._tell_tries()
            await self._keep(value, _lives_us(body))
            return
        if answer.code == 0:
            answer = Answer(phase=Phase.WRITTEN, trouble="应答里没有 access_token")
        self._tries = self._tries.failed(answer, asked_us)
        await self._tell_tries()

    async def _tell_tries(self) -> None:
        failed = self._tries.failure
        told = "no_answer" if failed and failed.phase is not Phase.ANSWERED else "refused"
        metrics.TOKEN_REFRESH.labels(self._account, told if failed else "ok").inc()
        metrics.TOKEN_REFUSALS.labels(self._account).set(self._tries.refusals)
        await self._shelf.tell_tries(self._account, str(self._tries))

    async def _keep(self, value: str, lives_us: int) -> None:
        held = Held(
            value=value,
            generation=max(self._held.generation if self._held else 0, self._dead) + 1,
            expires_us=self._tries.asked_us + lives_us,
        )
        self._held = held
        kept = await self._shelf.keep(
            self._account,
            value=held.value,
            generation=held.generation,
            expires_us=held.expires_us,
            fetched_us=self._tries.asked_us,
        )
        if kept:
            self._hints.tell(self._account, held.generation)
            return
        # We slept so long that somebody fetched a newer one meanwhile.
        if newer := await self._shelf.load(self._account):
            await self._adopt(newer)


_DYING = Answer(phase=Phase.ANSWERED, trouble="access_token 一再失效")


def _lives_us(body: Mapping[str, Any]) -> int:
    """Return how long a token lives, also where it is told as text; else the documented 2 hours."""
    told = str(body.get("expires_in"))
    return int(told if _SECONDS.fullmatch(told) else 7200) * 1_000_000
