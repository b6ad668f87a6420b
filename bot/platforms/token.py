"""One token holder for each account: single flight, generation-checked, refreshed ahead of time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.platforms.wire import Answer, Phase

AHEAD_US = 300 * 1_000_000  # refresh this long before a token dies
FLOOR_US = 5 * 1_000_000  # an endpoint that fails is not asked more often than this
# A refused secret: five times within ten minutes, then once in ten minutes.
_REFUSED_WAITS_US = tuple(s * 1_000_000 for s in (5, 30, 90, 180, 600))
_BUSY = -1


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
    """Where tokens survive a restart."""

    async def load(self, account: str) -> Stored | None:
        """Return the stored token of an account, or None."""

    async def keep(
        self, account: str, *, value: str, generation: int, expires_us: int, fetched_us: int
    ) -> None:
        """Store a token unless a newer generation is there already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A usable token, or the answer that refused us one."""

    value: str
    generation: int
    expires_us: int
    refused: Answer | None = None


class TokenHolder:
    """Holds the access token of one account.

    Any number of callers share one fetch. A caller whose call met a dead token reports the
    generation it used; only the current one causes a fetch.
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
        self._failed_us = 0
        self._refusals = 0
        self.fetches = 0

    async def token(self, *, dead: int | None = None) -> Held:
        """Return a token; `dead` is the generation of one that the platform just refused."""
        async with self._lock:
            self._held = self._held or await self._stored()
            self._dead = max(self._dead, dead or 0)
            if self._lives_for(AHEAD_US) is None and not self._must_wait():
                await self._refresh()
            # An expiring token that still works is better than none while its endpoint is down.
            return self._lives_for(0) or self._none()

    def _lives_for(self, span_us: int) -> Held | None:
        held = self._held
        usable = held and held.generation > self._dead and held.expires_us - span_us > self._now()
        return held if usable else None

    def _none(self) -> Held:
        generation = self._held.generation if self._held else 0
        refused = self._failure or Answer(
            phase=Phase.ANSWERED, trouble="a token that lives no time"
        )
        return Held(value="", generation=generation, expires_us=0, refused=refused)

    async def _stored(self) -> Held | None:
        stored = await self._shelf.load(self._account)
        if stored is None:
            return None
        return Held(value=stored.value, generation=stored.generation, expires_us=stored.expires_us)

    def _must_wait(self) -> bool:
        waits = _REFUSED_WAITS_US[: self._refusals][-1:] or (FLOOR_US,)
        # A clock that was put back must not make the wait longer.
        return self._failure is not None and 0 <= self._now() - self._failed_us < waits[0]

    async def _refresh(self) -> None:
        self.fetches += 1
        answer = await self._fetch()
        if answer.code == 0 and answer.body and answer.body.get("access_token"):
            self._failure, self._refusals = None, 0
            await self._keep(answer.body)
            return
        self._failure, self._failed_us = answer, self._now()
        said_no = answer.phase is Phase.ANSWERED and answer.code != _BUSY
        self._refusals = self._refusals + 1 if said_no else 0

    async def _keep(self, body: Mapping[str, Any]) -> None:
        now = self._now()
        lives_us = int(body.get("expires_in", 7200)) * 1_000_000
        self._held = Held(
            value=str(body["access_token"]),
            generation=max(self._held.generation if self._held else 0, self._dead) + 1,
            expires_us=now + lives_us,
        )
        await self._shelf.keep(
            self._account,
            value=self._held.value,
            generation=self._held.generation,
            expires_us=self._held.expires_us,
            fetched_us=now,
        )
