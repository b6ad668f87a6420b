"""What one account may ask of its platform now: limits, closed APIs, room for calls at once.

What is closed is closed for every process, and after a restart too.
"""

from collections import Counter
from dataclasses import dataclass

from bot.clock import Now, moment
from bot.platforms.closings import EVERY, Closings, Shelf
from bot.platforms.codes import MIDNIGHT, Reaction, Sorted
from bot.platforms.limits import Limits
from bot.platforms.room import MOST, Room
from bot.shared.common import Common, alone
from bot.shared.meter import CHINA

# A closed account, and a refused secret: five tries within ten minutes, then one in ten.
HALT_WAITS_S = (5.0, 30.0, 90.0, 180.0, 600.0)
QUOTA_WAITS_S = (60.0, 3_600.0, MIDNIGHT)  # minute, hour and day rule (limits-and-errors.md 2)
_CROWDED_S = 0.5
_PACE_S = 0.02  # between calls that wait for one moment, where no limit says


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


class Budget:
    """The budget of one account. Every call passes `enter`, `leave` and `learn`, in this order."""

    def __init__(
        self, account: str, limits: Limits, shelf: Shelf, now: Now, common: Common | None = None
    ) -> None:
        self._account = account
        self._limits = limits
        self._now = now
        self._common = common or alone()
        self._closings = Closings(account, shelf, now, self._common.crowd)
        self._rooms: dict[str, Room] = {}
        self._held: Counter[str] = Counter()  # since a call was last let through, by API
        self._common.narrowings.hear(account, self._narrow)

    async def enter(self, api: str, *, urgent: bool) -> Pass | Held:
        """Wait for room and return that the call may be made, or for how long it may not.

        Who is told to wait for the same moment is spread over what follows it. Raises
        DatabaseTrouble.
        """
        await self._closings.look()
        if held := self._closed(api) or self._spent(api, urgent=urgent):
            return held
        room = self.room(api)
        if not await room.enter(urgent=urgent):
            return self._spread(api, _CROWDED_S, f"{api} 同时进行的调用已满")
        passed: Pass | Held | None = None
        try:
            passed = self._closed(api) or await self._take(api, urgent=urgent)
        finally:
            if not isinstance(passed, Pass):
                room.leave()
        return passed

    def leave(self, passed: Pass) -> None:
        """Free the call's room, whatever came of it."""
        self.room(passed.api).leave()

    async def learn(self, passed: Pass, found: Sorted | None) -> None:
        """Take in what the platform said: `found` is None for a yes."""
        if found is None:
            self.room(passed.api).answered()
            await self._closings.open(passed.api, passed.began_us)
        elif found.reaction is Reaction.SLOW:
            if self._narrow(passed.api, passed.began_us):
                self._common.narrowings.tell(self._account, passed.api, passed.began_us)
        elif found.reaction is Reaction.QUOTA:
            waits_s = found.waits or QUOTA_WAITS_S
            await self._closings.close(passed.api, passed.began_us, found.code, waits_s)
        elif found.reaction is Reaction.HALT:
            waits_s = found.waits or HALT_WAITS_S
            await self._closings.close(EVERY, passed.began_us, found.code, waits_s)

    def room(self, api: str) -> Room:
        """Return the room for calls of an API."""
        if api not in self._rooms:
            most = self._limits.at_once.get(api, MOST)
            self._rooms[api] = Room(self._common.crowd, most)
        return self._rooms[api]

    def _narrow(self, api: str, began_us: int) -> bool:
        return self.room(api).halve(began_us, self._now())

    def closed_s(self, api: str) -> float:
        """Return for how many seconds an API is closed, 0 when it is open."""
        held = self._closed(api)
        return held.wait_s if held else 0.0

    def _closed(self, api: str) -> Held | None:
        found = self._closings.holding(api)
        if found is None:
            return None
        name, block = found
        until = moment(block.until_us).astimezone(CHINA)
        what = "账号" if name == EVERY else name
        why = f"平台回了错误码 {block.code}，{what} 停用到 {until:%m-%d %H:%M:%S}"
        return self._spread(name, (block.until_us - self._now()) / 1_000_000, why)

    def _spent(self, api: str, *, urgent: bool) -> Held | None:
        limits, name = self._limits.of(api), self._name(api)
        wait_us = self._common.buckets.wait_us(name, limits, self._now(), urgent=urgent)
        return self._waiting(api, wait_us) if wait_us else None

    async def _take(self, api: str, *, urgent: bool) -> Pass | Held:
        limits, name = self._limits.of(api), self._name(api)
        wait_us = await self._common.buckets.take(name, limits, self._now(), urgent=urgent)
        if wait_us:
            return self._waiting(api, wait_us)
        del self._held[api], self._held[EVERY]
        return Pass(api=api, began_us=self._now())

    def _name(self, api: str) -> str:
        return f"{self._account} {api}"

    def _waiting(self, api: str, wait_us: int) -> Held:
        why = f"{api} 的调用额度暂时用完（平台公布上限的一部分，其余留给急件）"
        return self._spread(api, wait_us / 1_000_000, why)

    def _spread(self, name: str, wait_s: float, why: str) -> Held:
        limits = () if name == EVERY else self._limits.of(name)
        pace_s = max([_PACE_S, *(limit.pace_s for limit in limits)])
        self._held[name] += 1
        after_s = (self._held[name] - 1) * pace_s
        return Held(wait_s=wait_s + min(after_s, max(wait_s, 60.0)), why=why)
