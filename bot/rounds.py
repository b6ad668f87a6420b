"""When an account is compared with its platform: every so often, by the database's own record.

The last run is what the tables say, whatever process began it, so that a restart neither forgets
a comparison nor begins a second one.
"""

import zlib
from collections.abc import Sequence
from datetime import timedelta

from bot.clock import micros_of, moment
from bot.codec import event_to_json
from bot.db import comparisons, inbox
from bot.db.forgetting import forget_pages
from bot.db.tx import Database, Tx
from bot.events import Event, MassDue, ReconcileDue
from bot.shop import Shop

_AT_START = timedelta(minutes=5)  # a process that starts compares, unless that was done just now
_JITTER = 10  # a tenth of the time: accounts, and installations, do not all ask at once


async def begin(tx: Tx, shop: Shop, account: str, *, asked: bool = False) -> str:
    """Record that an account is to be compared now, and return the run's name.

    `asked`: by an operator. Nothing is asked of the platform yet: deciding the event does that.
    """
    now_us = shop.clock()
    run = str(now_us)
    await comparisons.first_seen(tx, account, now_us)
    await comparisons.begun(tx, account, now_us)
    await forget_pages(tx, account, now_us)
    due = ReconcileDue(account=account, at=moment(now_us), run=run, asked=asked)
    await _record(tx, shop, due, f"reconcile\0{account}\0{run}")
    return run


async def _record(tx: Tx, shop: Shop, event: Event, name: str) -> None:
    await inbox.accept(
        tx,
        inbox.Arrival(
            account=event.account,
            source="internal",
            dedupe=inbox.dedupe_key(shop.instance_key, name.encode()),
            kind=type(event).__name__,
            body=event_to_json(event),
            received_us=shop.clock(),
            event_us=shop.clock(),
            lane=2,
        ),
    )


class Rounds:
    """Begins the comparisons of an installation's accounts that are due; `every` 0 never does."""

    def __init__(self, db: Database, shop: Shop, accounts: Sequence[str], every: timedelta) -> None:
        self._db = db
        self._shop = shop
        self._accounts = accounts
        self._every = every
        self._started = False

    async def begin_due(self) -> int:
        """Begin what is due and return how many accounts that is; repeating it begins nothing.

        An account whose run is under way waits until that has ended. Raises DatabaseTrouble.
        """
        if not self._every:
            return 0
        begun = await self._db.write(self._begin_due)
        self._started = True
        return begun

    async def _begin_due(self, tx: Tx) -> int:
        begun = 0
        await tx.lock("rounds")  # every process looks whether one is due
        for account in self._accounts:
            if await self._due(tx, account):
                run = await begin(tx, self._shop, account)
                if self._shop.channel(account) == "wecom":
                    due = MassDue(account=account, at=moment(int(run)))
                    await _record(tx, self._shop, due, f"mass\0{account}\0{run}")
                begun += 1
        return begun

    async def _due(self, tx: Tx, account: str) -> bool:
        if await comparisons.under_way(tx, account):
            return False
        last_us = await comparisons.last_run(tx, account)
        if last_us is None:
            return True
        age_us = self._shop.clock() - last_us
        if age_us < 0:  # the clock was put back
            return True
        if not self._started and age_us > micros_of(_AT_START):
            return True
        return age_us >= self._wait_us(account, last_us)

    def _wait_us(self, account: str, began_us: int) -> int:
        every_us = micros_of(self._every)
        spread_us = every_us // _JITTER
        return every_us - zlib.crc32(f"{account}{began_us}".encode()) % max(spread_us, 1)
