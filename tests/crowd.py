"""Several processes over one installation's database, each with a lease by clocks a test moves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar

from bot.db.tx import Database, Row, Tx, Value, Work
from bot.lease import Lease
from bot.perform import Performer, Terms
from bot.sweep import Sweep
from tests.rooms import INSTANCE_KEY, Hand, Installed

T = TypeVar("T")
LEASE_S, CALL_S = 20.0, 8.0
SETTLE_S = 15.0


class CrowdedTx:
    """A transaction of a database that others write too, whose clock is a hand's."""

    alone: ClassVar[bool] = False
    skip_locked: ClassVar[str] = ""
    wait_locked: ClassVar[str] = ""

    def __init__(self, tx: Tx, hand: Hand) -> None:
        self._tx = tx
        self._hand = hand

    async def all(self, sql: str, *args: Value) -> Sequence[Row]:
        """Return every row."""
        return await self._tx.all(sql, *args)

    async def one(self, sql: str, *args: Value) -> Row | None:
        """Return the first row, or None."""
        return await self._tx.one(sql, *args)

    async def run(self, sql: str, *args: Value) -> int:
        """Run a statement."""
        return await self._tx.run(sql, *args)

    async def lock(self, *names: str) -> None:
        """Hold names."""
        await self._tx.lock(*names)

    async def try_lock(self, name: str) -> bool:
        """Hold a name."""
        return await self._tx.try_lock(name)

    async def clock_us(self) -> int:
        """Return where the database's hand points."""
        return int(self._hand() * 1_000_000)


class Crowded:
    """A database that several processes share."""

    alone: ClassVar[bool] = False

    def __init__(self, db: Database, hand: Hand) -> None:
        self._db = db
        self._hand = hand

    async def write(self, work: Work[T], *, soon: bool = False) -> T:
        """Run work in a transaction."""
        return await self._db.write(lambda tx: work(CrowdedTx(tx, self._hand)), soon=soon)

    async def read(self, work: Work[T]) -> T:
        """Run work that only reads."""
        return await self._db.read(lambda tx: work(CrowdedTx(tx, self._hand)))


@dataclass(slots=True, kw_only=True)
class Process:
    """One process that performs: its own clock, its lease, its sweep."""

    hand: Hand
    lease: Lease
    performer: Performer
    sweep: Sweep

    async def perform_due(self) -> int:
        """Perform what is due now and return how much that was."""
        claimed = await self.performer.claim(100, (0, 9))
        for row in claimed:
            await self.performer.perform(row)
        return len(claimed)


@dataclass(slots=True, kw_only=True)
class Crowd:
    """An installation that several processes work in."""

    shop: Installed
    hand: Hand = field(default_factory=Hand)  # of the database
    processes: list[Process] = field(default_factory=list)
    settle_s: float = SETTLE_S

    async def join(self) -> Process:
        """Let one more process enter."""
        shop, hand = self.shop, Hand()
        db = Crowded(shop.db, self.hand)
        lease = Lease(db, "work", lease_s=LEASE_S, call_s=CALL_S, steady=hand)
        terms = Terms(lease=lease, settle_s=self.settle_s)
        performer = Performer(db, shop.doors, shop.shop.clock, INSTANCE_KEY, terms)
        times = shop.shop.times
        sweep = Sweep(db, shop.acceptor, shop.shop.clock, times, lease)
        await lease.enter()
        self.processes.append(Process(hand=hand, lease=lease, performer=performer, sweep=sweep))
        return self.processes[-1]

    async def sleep(self, seconds: float, *paused: Process) -> None:
        """Let time pass in steps of a heartbeat; who is paused sends none."""
        while seconds > 0:
            passed = min(5.0, seconds)
            seconds -= passed
            for hand in (self.hand, self.shop.hand, *(one.hand for one in self.processes)):
                hand.move(passed)
            for one in self.processes:
                if one not in paused:
                    await one.lease.beat()
