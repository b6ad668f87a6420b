"""Customer service alone: its calls over a real ledger, with the platform in memory."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.actions import PullKf, Receipt, Remote
from bot.clock import Clock
from bot.codec import event_from_json
from bot.db import ledger
from bot.db.blocks import BlockShelf
from bot.db.labels import LabelShelf
from bot.db.memory import MemoryShelf
from bot.db.tokens import TokenShelf
from bot.db.tx import Database, Row
from bot.events import Event
from bot.perform import Door, Performer
from bot.platforms.budget import Budget
from bot.platforms.kf import calls
from bot.platforms.limits import Limits
from bot.platforms.port import Port
from bot.platforms.token import TokenHolder
from bot.platforms.wecom.calls import token_fetch
from bot.platforms.wire import Answer, Phase
from commands.parts.doors import error_tables
from tests.callbacks import CORP
from tests.kf_items import KF
from tests.little_shop import NOW_US
from tests.platform import Asked, Platform, fine
from tests.rooms import INSTANCE_KEY, Hand, database

PULL = PullKf(account="corp", kf=KF, token="ENC")
SYNC = "kf/sync_msg"


@dataclass(slots=True, kw_only=True)
class Desk:
    """One corp's way out to customer service, over a real ledger."""

    db: Database
    platform: Platform
    port: Port
    performer: Performer
    hand: Hand
    owed: int = 0

    async def owe(self, action: Remote) -> Row:
        """Owe an effect of an event of its own, and claim it."""
        self.owed += 1
        owing = ledger.Owing(inbox=1, event_id=f"E{self.owed}", person=None, now_us=NOW_US)
        await self.db.write(lambda tx: ledger.owe(tx, action, owing))
        (row,) = await self.performer.claim(1, (0, 9))
        return row

    async def do(self, action: Remote) -> Receipt:
        """Owe an effect and carry it out once."""
        return await self.performer.perform(await self.owe(action))

    async def pull(self, *items: object, cursor: str = "c1", **body: object) -> Receipt:
        """Pull one page."""
        page = fine(**{"msg_list": items, "next_cursor": cursor, "has_more": 0} | body)
        self.platform.answers[SYNC] = lambda _: page
        return await self.do(PULL)

    async def rows(self) -> Sequence[Row]:
        """Return what waits in the inbox, oldest first."""
        return await self.db.read(lambda tx: tx.all("SELECT * FROM inbox ORDER BY id"))

    async def events(self) -> list[Event]:
        """Return the events that wait in the inbox."""
        return [event_from_json(row["kind"], row["body"]) for row in await self.rows()]

    async def cursor(self) -> str:
        """Return how far we have read."""
        return await self.port.memory.recall("corp", calls.cursor_name(KF))


@asynccontextmanager
async def customer_service(folder: Path) -> AsyncIterator[Desk]:
    """A desk over a new database while the context lasts."""
    async with database(folder) as db:
        platform, hand = Platform(), Hand()
        clock = Clock(hand)
        fetch = token_fetch(platform, corpid=CORP, secret="s")
        port = Port(
            account="corp", scope=CORP, wire=platform,
            tokens=TokenHolder("corp", TokenShelf(db), fetch, clock),
            errors=error_tables()["kf"],
            budget=Budget("corp", Limits(), BlockShelf(db), clock),
            labels=LabelShelf(db), memory=MemoryShelf(db),
        )  # fmt: skip
        doors = {"corp": Door(port=port, call=calls.perform)}
        yield Desk(
            db=db, platform=platform, port=port, hand=hand,
            performer=Performer(db, doors, clock, INSTANCE_KEY),
        )  # fmt: skip


def never_answered(_asked: Asked) -> Answer:
    """The request was written, and then nothing."""
    return Answer(phase=Phase.WRITTEN, trouble="TimeoutError")
