"""The rooms, telling the other processes what they have just done."""

from collections.abc import Mapping

from bot.accept import Acceptor
from bot.actions import Receipt, Relay
from bot.clock import Clock
from bot.db.inbox import Accepted, Arrival
from bot.db.tx import Database, Row
from bot.decide import Decided, Decider
from bot.perform import Door, Performer, Terms
from bot.shared.common import Common
from bot.shared.feed import Line, Room
from bot.shop import Shop

_OWED_LANE = 1  # of what a decision owes; the ledger knows better, and the bell only wakes


class AnnouncingAcceptor(Acceptor):
    """Accepts, and wakes the others for what is new."""

    def __init__(self, db: Database, shop: Shop, common: Common) -> None:
        super().__init__(db, shop)
        self._bell = common.bell

    async def record(self, arrival: Arrival, relay: Relay | None = None) -> Accepted:
        """Commit an arrival and ring."""
        accepted = await super().record(arrival, relay)
        if not accepted.duplicate:
            self._bell.ring(arrival.lane)
        return accepted


class AnnouncingDecider(Decider):
    """Decides, wakes the others for what is owed, and tells the feed."""

    def __init__(self, db: Database, shop: Shop, common: Common) -> None:
        super().__init__(db, shop)
        self._common = common
        self._clock = shop.clock

    async def decide(
        self, inbox_id: int, *, inside: bool = False, wait: bool = False
    ) -> Decided | None:
        """Decide one row, ring and tell."""
        decided = await super().decide(inbox_id, inside=inside, wait=wait)
        if decided is None:
            return None
        if decided.actions:
            self._common.bell.ring(_OWED_LANE)
        line = Line(
            at_us=self._clock(), room=Room.DECIDED, id=decided.event_id, kind=decided.kind,
            state=" ".join(decided.rules),
        )  # fmt: skip
        self._common.feed.tell(line)
        return decided


class AnnouncingPerformer(Performer):
    """Carries out, and tells the feed what became of it."""

    def __init__(
        self, db: Database, doors: Mapping[str, Door], shop: Shop, terms: Terms, common: Common
    ) -> None:
        super().__init__(db, doors, shop.clock, shop.instance_key, terms)
        self._feed = common.feed
        self._now: Clock = shop.clock

    async def perform(self, row: Row) -> Receipt:
        """Carry out one effect and tell."""
        receipt = await super().perform(row)
        line = Line(
            at_us=self._now(), room=Room.PERFORMED, id=str(row["id"]), kind=row["kind"],
            state=receipt.state,
        )  # fmt: skip
        self._feed.tell(line)
        return receipt
