"""One token holder for each account: single flight, generation-checked, refreshed ahead of time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from bot.platforms.wire import Answer, Phase

AHEAD_US = 300 * 1_000_000  # refresh this long before a token dies
FLOOR_US = 5 * 1_000_000  # a refused secret is not tried more often than this


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
        self._lock = asyncio.Lock()
        self._refused_until_us = 0
        self.fetches = 0

    async def token(self, *, dead: int | None = None) -> Held:
        """Return a token; `dead` is the generation of one that the platform just refused."""
        async with self._lock:
            held = self._held or await self._stored()
            if held and held.generation != dead and held.expires_us - AHEAD_US > self._now():
                self._held = held
                return held
            return await self._refresh(held)

    async def _stored(self) -> Held | None:
        stored = await self._shelf.load(self._account)
        if stored is None:
            return None
        return Held(value=stored.value, generation=stored.generation, expires_us=stored.expires_us)

    async def _refresh(self, held: Held | None) -> Held:
        now = self._now()
        if self._held and self._held.refused and now < self._refused_until_us:
            return self._held
        self.fetches += 1
        answer = await self._fetch()
        if answer.code == 0 and answer.body and answer.body.get("access_token"):
            return await self._keep(answer, (held.generation if held else 0) + 1)
        return self._refuse(held, answer)

    async def _keep(self, answer: Answer, generation: int) -> Held:
        body = answer.body or {}
        now = self._now()
        lives_us = int(body.get("expires_in", 7200)) * 1_000_000
        self._held = Held(
            value=str(body["access_token"]), generation=generation, expires_us=now + lives_us
        )
        await self._shelf.keep(
            self._account,
            value=self._held.value,
            generation=generation,
            expires_us=self._held.expires_us,
            fetched_us=now,
        )
        return self._held

    def _refuse(self, held: Held | None, answer: Answer) -> Held:
        # An expiring token that still works is better than none while its endpoint is down.
        if held and held.value and held.expires_us > self._now() and answer.phase != Phase.ANSWERED:
            return held
        self._refused_until_us = self._now() + FLOOR_US
        self._held = Held(
            value="", generation=held.generation if held else 0, expires_us=0, refused=answer
        )
        return self._held
