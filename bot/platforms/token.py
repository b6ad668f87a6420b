"""One token holder for each account: single flight, generation-checked, refreshed ahead of time."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.platforms.wire import Answer, Phase

AHEAD_US = 300 * 1_000_000  # refresh this long before a token dies
FLOOR_US = 5 * 1_000_000  # an endpoint that fails is not asked more often than this
LEASE_US = 15 * 1_000_000  # longer than a fetch may take (send_timeout_s is 8)
# A refused secret, or tokens that die young: five times within ten minutes, then once in ten.
_WAITS_US = tuple(s * 1_000_000 for s in (5, 30, 90, 180, 600))
_YOUNG_US = 600 * 1_000_000
_LEFT_US = 60 * 1_000_000  # how often we ask for more than what is left of a token that works
_BUSY = -1
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


class Shelf(Protocol):
    """Where tokens survive a restart, and where processes agree on who fetches the next one."""

    async def load(self, account: str) -> Stored | None:
        """Return the stored token of an account, or None."""

    async def lease(self, account: str, now_us: int, until_us: int) -> bool:
        """Take the right to fetch until a moment; False while somebody else has it."""

    async def give_back(self, account: str, until_us: int) -> None:
        """End the right to fetch that was taken until then."""

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

    Any number of callers share one fetch. A caller whose call met a dead token reports the
    generation it used; only the current one causes a fetch. Tokens that die young, as where two
    programs take them from each other, are fetched more and more rarely.
    """

    def __init__(
        self,
        account: str,
        shelf: Shelf,
        fetch: Callable[[], Awaitable[Answer]],
        now: Callable[[], int],
    ) -> None:
        self._account = account
        self._shelf = shelf
        self._fetch = fetch
        self._now = now
        self._held: Held | None = None
        self._dead = 0  # the newest generation that the platform refused
        self._lock = asyncio.Lock()
        self._failure: Answer | None = None
        self._refusals = 0
        self._early_deaths = 0
        self._asked_us = 0  # when we last fetched
        self.fetches = 0

    async def token(self, *, dead: int | None = None) -> Held:
        """Return a token; `dead` is the generation of one that the platform just refused."""
        async with self._lock:
            self._held = self._held or await self._stored()
            self._note_death(dead or 0)
            if self._lives_for(AHEAD_US) is None and not self._wait_us():
                await self._refresh()
            # An expiring token that still works is better than none while its endpoint is down.
            return self._lives_for(0) or self._none()

    def _note_death(self, dead: int) -> None:
        if dead <= self._dead or self._held is None or dead < self._held.generation:
            return
        self._dead = dead
        young = 0 <= self._now() - self._asked_us < _YOUNG_US
        self._early_deaths = self._early_deaths + 1 if young and self.fetches > 1 else 0

    def _lives_for(self, span_us: int) -> Held | None:
        held = self._held
        usable = held and held.generation > self._dead and held.expires_us - span_us > self._now()
        return held if usable else None

    def _none(self) -> Held:
        generation = self._held.generation if self._held else 0
        refused = self._failure or Answer(phase=Phase.ANSWERED, trouble="access_token 一再失效")
        return Held(
            value="", generation=generation, expires_us=0, refused=refused, wait_us=self._wait_us()
        )

    async def _stored(self) -> Held | None:
        stored = await self._shelf.load(self._account)
        if stored is None:
            return None
        return Held(value=stored.value, generation=stored.generation, expires_us=stored.expires_us)

    def _wait_us(self) -> int:
        """Return for how long nobody is to be asked; a clock put back makes it no longer."""
        waits = _WAITS_US[: max(self._refusals, self._early_deaths)][-1:]
        wait_us = waits[0] if waits else self._floor_us()
        since_us = self._now() - self._asked_us
        return wait_us - since_us if 0 <= since_us < wait_us else 0

    def _floor_us(self) -> int:
        # A platform may hand out what is left of a token: minutes, or none at all.
        if self._lives_for(0):
            return _LEFT_US
        unrefused = self._held is not None and self._held.generation > self._dead
        return FLOOR_US if self._failure or unrefused else 0

    async def _refresh(self) -> None:
        """Have a new token, from the platform or from the process that fetches one already."""
        if await self._another_has():
            return
        until_us = self._now() + LEASE_US
        while not await self._shelf.lease(self._account, until_us - LEASE_US, until_us):
            await asyncio.sleep(_LOOK_S)
            if await self._another_has():
                return
            until_us = self._now() + LEASE_US
        try:
            if not await self._another_has():  # it may have ended between our look and our lease
                await self._ask()
        finally:
            await self._shelf.give_back(self._account, until_us)

    async def _another_has(self) -> bool:
        stored = await self._stored()
        if stored is None or (self._held and stored.generation <= self._held.generation):
            return False
        self._held, self._failure, self._refusals = stored, None, 0
        return self._lives_for(AHEAD_US) is not None

    async def _ask(self) -> None:
        self.fetches += 1
        answer = await self._fetch()
        self._asked_us = self._now()
        if answer.code == 0:
            value = (answer.body or {}).get("access_token")
            if value and isinstance(value, str):
                self._failure, self._refusals = None, 0
                await self._keep(value, _lives_us(answer.body or {}))
                return
            answer = Answer(phase=Phase.WRITTEN, trouble="应答里没有 access_token")
        self._failure = answer
        said_no = answer.phase is Phase.ANSWERED and answer.code != _BUSY
        self._refusals = self._refusals + 1 if said_no else 0

    async def _keep(self, value: str, lives_us: int) -> None:
        self._held = Held(
            value=value,
            generation=max(self._held.generation if self._held else 0, self._dead) + 1,
            expires_us=self._asked_us + lives_us,
        )
        kept = await self._shelf.keep(
            self._account,
            value=self._held.value,
            generation=self._held.generation,
            expires_us=self._held.expires_us,
            fetched_us=self._asked_us,
        )
        if not kept:  # we slept so long that somebody fetched a newer one meanwhile
            self._held = await self._stored() or self._held


def _lives_us(body: Mapping[str, Any]) -> int:
    """Return how long a token lives, also where it is told as text; else the documented 2 hours."""
    told = str(body.get("expires_in"))
    return int(told if _SECONDS.fullmatch(told) else 7200) * 1_000_000
