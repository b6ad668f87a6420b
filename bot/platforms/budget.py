"""What one account may ask of its platform now: limits, closed APIs, room for calls at once.

Counts and room live as long as the process; what is closed is closed after a restart too.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from bot.clock import Now, moment
from bot.errors import DatabaseTrouble
from bot.platforms.codes import MIDNIGHT, Reaction, Sorted
from bot.platforms.limits import Limits
from bot.platforms.meter import CHINA, Meter, midnight_us
from bot.platforms.room import Room

EVERY = "*"  # closed: the whole account
# A closed account, and a refused secret: five tries within ten minutes, then one in ten.
HALT_WAITS_S = (5.0, 30.0, 90.0, 180.0, 600.0)
QUOTA_WAITS_S = (60.0, 3_600.0, MIDNIGHT)  # minute, hour and day rule (limits-and-errors.md 2)
_CROWDED_S = 0.5
_PACE_S = 0.02  # between calls that wait for one moment, where no limit says
log = structlog.get_logger()


class Shelf(Protocol):
    """Where closed APIs are remembered, by account and API."""

    async def load(self, account: str) -> Mapping[str, str]:
        """Return what is remembered, by API. Raises DatabaseTrouble."""

    async def keep(self, account: str, api: str, text: str) -> None:
        """Remember a text for an API; "" forgets it. Raises DatabaseTrouble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A call that may not be made now: for how long, and why, in Chinese."""

    wait_s: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A call that is under way since `began_us`."""

    api: str
    began_us: int


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


class Budget:
    """The budget of one account. Every call passes `enter`, `leave` and `learn`, in this order."""

    def __init__(self, account: str, limits: Limits, shelf: Shelf, now: Now) -> None:
        self._account = account
        self._limits = limits
        self._shelf = shelf
        self._now = now
        self._blocks: dict[str, Block] | None = None
        self._meters: dict[str, tuple[Meter, ...]] = {}
        self._rooms: dict[str, Room] = {}
        self._held: Counter[str] = Counter()  # since a call was last let through, by API

    async def enter(self, api: str, *, urgent: bool) -> Pass | Held:
        """Wait for room and return that the call may be made, or for how long it may not.

        Who is told to wait for the same moment is spread over what follows it. Raises
        DatabaseTrouble.
        """
        if self._blocks is None:
            stored = await self._shelf.load(self._account)
            self._blocks = {name: Block.parse(text) for name, text in stored.items()}
        if held := self._closed(api) or self._spent(api, urgent=urgent):
            return held
        room = self.room(api)
        if not await room.enter(urgent=urgent):
            return self._spread(api, _CROWDED_S, f"{api} 同时进行的调用已满")
        if held := self._closed(api) or self._spent(api, urgent=urgent):
            room.leave()
            return held
        now_us = self._now()
        for meter in self._meters_of(api):
            meter.count(now_us)
        del self._held[api], self._held[EVERY]
        return Pass(api=api, began_us=now_us)

    def leave(self, passed: Pass) -> None:
        """Free the call's room, whatever came of it."""
        self.room(passed.api).leave()

    async def learn(self, passed: Pass, found: Sorted | None) -> None:
        """Take in what the platform said: `found` is None for a yes."""
        if found is None:
            self.room(passed.api).answered()
            await self._open(passed)
        elif found.reaction is Reaction.SLOW:
            self.room(passed.api).halve(passed.began_us, self._now())
        elif found.reaction is Reaction.QUOTA:
            await self._close(passed.api, passed, found.code, found.waits or QUOTA_WAITS_S)
        elif found.reaction is Reaction.HALT:
            await self._close(EVERY, passed, found.code, found.waits or HALT_WAITS_S)

    def room(self, api: str) -> Room:
        """Return the room for calls of an API."""
        return self._rooms.setdefault(api, Room())

    def closed_s(self, api: str) -> float:
        """Return for how many seconds an API is closed, 0 when it is open."""
        held = self._closed(api)
        return held.wait_s if held else 0.0

    def _closed(self, api: str) -> Held | None:
        now_us = self._now()
        for name in (EVERY, api):
            block = (self._blocks or {}).get(name)
            if block and block.closes(now_us):
                until = moment(block.until_us).astimezone(CHINA)
                what = "账号" if name == EVERY else name
                why = f"平台回了错误码 {block.code}，{what} 停用到 {until:%m-%d %H:%M:%S}"
                return self._spread(name, (block.until_us - now_us) / 1_000_000, why)
        return None

    def _spent(self, api: str, *, urgent: bool) -> Held | None:
        now_us = self._now()
        wait_us = max((m.wait_us(now_us, urgent=urgent) for m in self._meters_of(api)), default=0)
        if not wait_us:
            return None
        why = f"{api} 的调用额度暂时用完（平台公布上限的一部分，其余留给急件）"
        return self._spread(api, wait_us / 1_000_000, why)

    def _spread(self, name: str, wait_s: float, why: str) -> Held:
        pace_s = max([_PACE_S, *(meter.pace_s for meter in self._meters.get(name, ()))])
        self._held[name] += 1
        after_s = (self._held[name] - 1) * pace_s
        return Held(wait_s=wait_s + min(after_s, max(wait_s, 60.0)), why=why)

    def _meters_of(self, api: str) -> tuple[Meter, ...]:
        if api not in self._meters:
            self._meters[api] = tuple(map(Meter, self._limits.of(api)))
        return self._meters[api]

    async def _close(self, name: str, passed: Pass, code: int, waits_s: tuple[float, ...]) -> None:
        blocks = self._blocks = self._blocks or {}
        old = blocks.get(name)
        now_us = self._now()
        if old and passed.began_us <= old.since_us <= now_us:
            return  # it was under way when another one closed this: it says nothing new
        strikes = old.strikes + 1 if old else 1
        wait_s = waits_s[min(strikes, len(waits_s)) - 1]
        until_us = midnight_us(now_us) if wait_s == MIDNIGHT else now_us + int(wait_s * 1_000_000)
        block = Block(since_us=now_us, until_us=until_us, strikes=strikes, code=code)
        blocks[name] = block
        await self._remember(name, str(block))

    async def _open(self, passed: Pass) -> None:
        blocks = self._blocks or {}
        for name in (passed.api, EVERY):
            if name in blocks and passed.began_us >= blocks[name].until_us:
                del blocks[name]
                await self._remember(name, "")

    async def _remember(self, name: str, text: str) -> None:
        try:
            await self._shelf.keep(self._account, name, text)
        except DatabaseTrouble:  # this process knows; only a restart would not
            log.warning("closing_not_kept", account=self._account, api=name)
