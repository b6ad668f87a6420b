"""Two processes at one moment: each has read and written before the other has committed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar, TypeVar

from bot.codec import event_to_json
from bot.db.inbox import Arrival
from bot.db.opening import connected
from bot.db.postgres import PostgresTx
from bot.db.tx import Database, Row, Tx, Value, Work
from bot.decide import Decider
from bot.events import Event
from tests.rooms import Installed, Plans, installed, location_in

T = TypeVar("T")
_PATIENCE_S = 0.2  # whoever is held up elsewhere is not waited for any longer
DECIDED = "INSERT INTO trace"  # all that a decision does for itself comes before it


class Meeting:
    """A statement before which two transactions wait for each other, unless one cannot come."""

    def __init__(self, before: str) -> None:
        self.before = before
        self.begun = asyncio.Event()
        self._both = asyncio.Event()

    async def come(self) -> None:
        """Wait for the other one; who comes later finds it open."""
        if self.begun.is_set():
            self._both.set()
        self.begun.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_S):
                await self._both.wait()


class _MetTx:
    """A transaction that comes to a meeting; without `holds` its named locks are nothing."""

    alone: ClassVar[bool] = PostgresTx.alone
    skip_locked: ClassVar[str] = PostgresTx.skip_locked
    wait_locked: ClassVar[str] = PostgresTx.wait_locked

    def __init__(self, tx: Tx, meeting: Meeting, *, holds: bool) -> None:
        self._tx = tx
        self._meeting = meeting
        self._holds = holds
        self._met = False

    async def all(self, sql: str, *args: Value) -> Sequence[Row]:
        await self._meet(sql)
        return await self._tx.all(sql, *args)

    async def one(self, sql: str, *args: Value) -> Row | None:
        await self._meet(sql)
        return await self._tx.one(sql, *args)

    async def run(self, sql: str, *args: Value) -> int:
        await self._meet(sql)
        return await self._tx.run(sql, *args)

    async def lock(self, *names: str) -> None:
        if self._holds:
            await self._tx.lock(*names)

    async def try_lock(self, name: str) -> bool:
        return not self._holds or await self._tx.try_lock(name)

    async def clock_us(self) -> int:
        return await self._tx.clock_us()

    async def _meet(self, sql: str) -> None:
        if not self._met and self._meeting.before in sql:
            self._met = True
            await self._meeting.come()


class _Side:
    """A database whose writing transactions come to a meeting."""

    alone: ClassVar[bool] = False

    def __init__(self, db: Database, meeting: Meeting, *, holds: bool) -> None:
        self._db = db
        self._meeting = meeting
        self._holds = holds

    async def write(self, work: Work[T], *, soon: bool = False) -> T:
        met = partial(self._at_meeting, work)
        return await self._db.write(met, soon=soon)

    async def _at_meeting(self, work: Work[T], tx: Tx) -> T:
        return await work(_MetTx(tx, self._meeting, holds=self._holds))

    async def read(self, work: Work[T]) -> T:
        return await self._db.read(work)


@dataclass(frozen=True, slots=True, kw_only=True)
class Two:
    """Two processes of one installation.

    `turned`: the second comes first. Without `holds` neither holds anything.
    """

    shop: Installed
    other: Database
    turned: bool = False
    holds: bool = True

    async def cross(
        self,
        one: Callable[[Database], Awaitable[T]],
        two: Callable[[Database], Awaitable[T]],
        before: str,
    ) -> list[T]:
        """Do two things at once, meeting before a statement; return what came of them.

        Who comes second begins when the first is there. Raises what one of them raises, when both
        have ended.
        """
        meeting = Meeting(before)
        first, second = (two, one) if self.turned else (one, two)
        begun = asyncio.ensure_future(first(_Side(self.shop.db, meeting, holds=self.holds)))
        coming = asyncio.ensure_future(meeting.begun.wait())
        await asyncio.wait({begun, coming}, return_when=asyncio.FIRST_COMPLETED)
        coming.cancel()
        after = second(_Side(self.other, meeting, holds=self.holds))
        ended = await asyncio.gather(begun, after, return_exceptions=True)
        return [_value(each) for each in ended]

    async def decide(self, one: Event, two: Event) -> None:
        """Record two events in their order, and decide both at once."""
        numbers = [await self.record(event) for event in (one, two)]
        first, second = (self._deciding(number) for number in numbers)
        await self.cross(first, second, DECIDED)

    async def record(self, event: Event) -> int:
        """Record an event of our own, not yet decided; return its row."""
        number = await self.shop.one("SELECT count(*) FROM inbox")
        accepted = await self.shop.acceptor.record(
            Arrival(
                account=event.account,
                source="internal",
                dedupe=f"crossing-{number}",
                kind=type(event).__name__,
                body=event_to_json(event),
                received_us=self.shop.shop.clock(),
            )
        )
        return accepted.id

    def _deciding(self, inbox_id: int) -> Callable[[Database], Awaitable[object]]:
        return lambda db: Decider(db, self.shop.shop).decide(inbox_id)


def _value(ended: T | BaseException) -> T:
    if isinstance(ended, BaseException):
        raise ended
    return ended


@asynccontextmanager
async def processes(
    folder: Path, plans: Plans | None = None, *, turned: bool = False, holds: bool = True
) -> AsyncIterator[Two]:
    """Run an installation with a second process beside the first, while the context lasts."""
    async with installed(folder, plans) as shop, connected(location_in(folder)) as other:
        yield Two(shop=shop, other=other, turned=turned, holds=holds)


_: type[Tx] = _MetTx
__: type[Database] = _Side
