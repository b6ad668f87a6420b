"""Which APIs of an account are closed, and until when, because the platform said so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from bot.clock import Now
from bot.errors import DatabaseTrouble
from bot.platforms.codes import MIDNIGHT
from bot.shared.crowd import Crowd
from bot.shared.meter import midnight_us

EVERY = "*"  # closed: the whole account
_STALE_US = 1_000_000  # how long we go by what other processes had closed
log = structlog.get_logger()


class Shelf(Protocol):
    """Where closed APIs are remembered, by account and API."""

    async def load(self, account: str) -> Mapping[str, str]:
        """Return what is remembered, by API. Raises DatabaseTrouble."""

    async def keep(self, account: str, api: str, text: str) -> None:
        """Remember a text for an API; "" forgets it. Raises DatabaseTrouble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """An API that is closed from one moment until another, `strikes` times in a row by now."""

    since_us: int
    until_us: int
    strikes: int
    code: int

    def __str__(self) -> str:
        return f"{self.since_us} {self.until_us} {self.strikes} {self.code}"

    @classmethod
    def parse(cls, text: str) -> "Block":
        """Return what `str` made a text of. Raises ValueError."""
        since, until, strikes, code = map(int, text.split())
        return cls(since_us=since, until_us=until, strikes=strikes, code=code)

    def closes(self, at_us: int) -> bool:
        """Whether it holds at a moment; never before it began, should the clock be put back."""
        return self.since_us <= at_us < self.until_us


class Closings:
    """What is closed of one account: for every process within a second, and after a restart."""

    def __init__(self, account: str, shelf: Shelf, now: Now, crowd: Crowd) -> None:
        self._account = account
        self._shelf = shelf
        self._now = now
        self._crowd = crowd
        self._blocks: dict[str, Block] = {}
        self._looked_us: int | None = None
        self._changes = 0

    async def look(self) -> None:
        """Take in what others closed, once a second; alone, only once. Raises DatabaseTrouble."""
        now_us = self._now()
        if not self._stale(now_us):
            return
        if self._looked_us is not None:
            self._looked_us = now_us  # who comes meanwhile goes by what is known
        before = self._changes
        stored = await self._shelf.load(self._account)
        self._looked_us = now_us
        if before == self._changes:  # else what we just learnt may not have been there yet
            self._blocks = {name: Block.parse(text) for name, text in stored.items()}

    def _stale(self, now_us: int) -> bool:
        if self._looked_us is None:
            return True
        return self._crowd.size > 1 and not 0 <= now_us - self._looked_us < _STALE_US

    def holding(self, api: str) -> tuple[str, Block] | None:
        """Return what keeps an API closed now: the account's block, or the API's own."""
        now_us = self._now()
        for name in (EVERY, api):
            block = self._blocks.get(name)
            if block and block.closes(now_us):
                return name, block
        return None

    async def close(self, name: str, began_us: int, code: int, waits_s: tuple[float, ...]) -> None:
        """Close what a call that began then was refused for, longer with each time in a row."""
        old = self._blocks.get(name)
        now_us = self._now()
        if old and began_us <= old.since_us <= now_us:
            return  # it was under way when another one closed this: it says nothing new
        strikes = old.strikes + 1 if old else 1
        wait_s = waits_s[min(strikes, len(waits_s)) - 1]
        until_us = midnight_us(now_us) if wait_s == MIDNIGHT else now_us + int(wait_s * 1_000_000)
        block = Block(since_us=now_us, until_us=until_us, strikes=strikes, code=code)
        self._blocks[name] = block
        await self._remember(name, str(block))

    async def open(self, api: str, began_us: int) -> None:
        """Open what a call that began then was granted for, if it was closed until before."""
        for name in (api, EVERY):
            if name in self._blocks and began_us >= self._blocks[name].until_us:
                del self._blocks[name]
                await self._remember(name, "")

    async def _remember(self, name: str, text: str) -> None:
        self._changes += 1
        try:
            await self._shelf.keep(self._account, name, text)
        except DatabaseTrouble:  # this process knows; another one, or the next, would not
            log.warning("closing_not_kept", account=self._account, reason=name)
