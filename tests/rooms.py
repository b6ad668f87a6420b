"""A whole installation in one process: real rooms over a real database, a platform in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from bot.accept import Acceptor
from bot.clock import Clock
from bot.db import inbox, shelves
from bot.db.blocks import BlockShelf
from bot.db.inbox import Accepted
from bot.db.labels import LabelShelf
from bot.db.location import Location, SqliteFile
from bot.db.memory import MemoryShelf
from bot.db.notices import NoticeShelf
from bot.db.opening import connected
from bot.db.schema import migrate
from bot.db.sqlite import SqliteDatabase
from bot.db.tokens import TokenShelf
from bot.db.tx import Database, Row, Tx, Value
from bot.decide import Decider
from bot.facts import Content
from bot.perform import Door, Performer
from bot.plan import Playbook
from bot.platforms.budget import Budget
from bot.platforms.envelope import Key, Seal
from bot.platforms.limits import Limits
from bot.platforms.oa.calls import token_fetch as oa_token_fetch
from bot.platforms.oa.gate import Mode
from bot.platforms.port import Port
from bot.platforms.token import TokenHolder
from bot.platforms.wecom.calls import token_fetch
from bot.platforms.wire import Wire
from bot.responses import Responses
from bot.shop import AccountKeys, Shop, Source, Tills, Times
from bot.worker import Staffing, Worker
from commands.parts.compose import PLAYBOOK
from commands.parts.doors import calls_of, error_tables
from keyword_rules.match import RuleSet
from tests import servers
from tests.callbacks import CORP
from tests.little_shop import NOW_S, NOW_US, shop_content, shop_rules
from tests.platform import Platform
from tests.sealing import AES_KEY, RECEIVER, TOKEN, Post, sealed

INSTANCE_KEY = b"0123456789abcdef0123456789abcdef"
AGENTID, BOT_NAME = 1000002, "店小二"
FAR_US = NOW_US * 2  # later than anything that waits


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder, ThreadPoolExecutor(1) as thread:
        path = Path(folder) / "template.db"
        thread.submit(asyncio.run, migrate(SqliteFile(path=path))).result()
        return path.read_bytes()


def new_database(folder: Path) -> Path:
    """Write a migrated, empty SQLite database into a folder and return its path."""
    path = folder / "xiaoer.db"
    path.write_bytes(_migrated())
    return path


def location_in(folder: Path) -> Location:
    """Return where a folder's migrated database is, on the engine of this test run.

    One that is there already is kept.
    """
    if servers.on_postgres():
        return servers.postgres_in(folder)
    path = folder / "xiaoer.db"
    return SqliteFile(path=path if path.exists() else new_database(folder))


@asynccontextmanager
async def database(folder: Path) -> AsyncIterator[Database]:
    """A migrated database while the context lasts; one that is there already is kept."""
    async with connected(location_in(folder)) as db:
        yield db


@asynccontextmanager
async def sqlite(folder: Path) -> AsyncIterator[SqliteDatabase]:
    """A migrated SQLite database, whatever the engine of this test run."""
    path = folder / "xiaoer.db"
    db = SqliteDatabase(path if path.exists() else new_database(folder))
    try:
        yield db
    finally:
        db.close()


class Hand:
    """The hand of a clock that only a test moves; seconds since 1970."""

    def __init__(self) -> None:
        self.at_s = float(NOW_S)

    def __call__(self) -> float:
        """Return where the hand points."""
        return self.at_s

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.at_s += seconds


@dataclass(slots=True, kw_only=True)
class Installed:
    """The rooms of one installation, and what a test does with them."""

    db: Database
    shop: Shop
    hand: Hand
    platform: Platform
    acceptor: Acceptor
    decider: Decider
    performer: Performer
    worker: Worker
    doors: Mapping[str, Door]

    async def rows(self, sql: str, *args: Value) -> Sequence[Row]:
        """Return what a query finds."""
        return await self.db.read(lambda tx: tx.all(sql, *args))

    async def one(self, sql: str, *args: Value) -> Any:
        """Return the first column of the first row."""
        found = await self.rows(sql, *args)
        return found[0][0] if found else None  # type: ignore[index]  # a row also counts columns

    async def run(self, sql: str, *args: Value) -> None:
        """Change the database behind everybody's back."""
        await self.db.write(lambda tx: tx.run(sql, *args))

    async def deliver(self, message: str, account: str = "") -> Accepted:
        """Accept a callback as the web does; WeCom's are known by their sender."""
        keys = self.shop.accounts[account or ("corp" if ">sys<" in _bare(message) else "oa")]
        post = sealed(message, keys.scope)
        opened = self.acceptor.open(keys, post.query, post.body)
        return await self.acceptor.record(opened.arrival)

    async def say(self, openid: str, message: str) -> bytes | None:
        """Deliver a callback whose response is open, and return the clear answer."""
        accepted = await self.deliver(message)
        answer = await self.worker.answer(accepted)
        if answer is not None:
            noting = Responses(self.db, self.shop.clock, self.shop.times.reply_fallback)
            await noting.written(accepted.id)
        return answer

    async def settle_down(self, *, wait_s: float = 0) -> None:
        """Decide and perform what is due; with `wait_s`, let that pass until nothing is left."""
        while await self.decide_due() + await self.perform_due() or (wait_s and await self._left()):
            self.hand.move(wait_s)

    async def _left(self) -> int:
        """Return how many effects wait for a later moment."""
        return int(await self.one("SELECT count(*) FROM effect WHERE state = 'ready'"))

    async def decide_due(self) -> int:
        """Decide everything that waits, oldest first, whoever may be at it; return how much."""
        waiting = await self.db.read(lambda tx: inbox.waiting(tx, FAR_US, 1000))
        for row in waiting:
            await self.decider.decide(row["id"])
        return len(waiting)

    async def perform_due(self) -> int:
        """Perform what is due now and return how much that was."""
        claimed = await self.performer.claim(1000, (0, 9))
        for row in claimed:
            await self.performer.perform(row)
        return len(claimed)


def _bare(message: str) -> str:
    return message.replace("<![CDATA[", "").replace("]]>", "")


def accounts() -> dict[str, AccountKeys]:
    """An Official Account in safe mode, a WeCom app and its bot, under the sealing tests' keys."""
    found: dict[str, AccountKeys] = {}
    kinds = (("oa", RECEIVER, "oa"), ("corp", CORP, "wecom"), ("bot", "", "aibot"))
    for name, scope, channel in kinds:
        seal = Seal(token=TOKEN, keys=(Key(AES_KEY),), receivers=frozenset({scope}))
        found[name] = AccountKeys(
            id=name, channel=channel, scope=scope, path=f"/callback/{name}", seal=seal,
            mode=Mode.SAFE, setting=f"accounts[{len(found)}]",
            name=BOT_NAME if channel == "aibot" else "",
        )  # fmt: skip
    return found


def post_of(message: str, account: str = "oa") -> Post:
    """A message as it leaves the platform for an account."""
    return sealed(message, accounts()[account].scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """What an installation is made of, where a test wants another than the little shop's."""

    content: Callable[[], Content] = shop_content
    rules: Callable[[], RuleSet] = shop_rules
    playbook: Playbook = PLAYBOOK
    times: Times = field(default_factory=Times)
    wires: Mapping[str, Wire] = field(default_factory=dict)
    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tills: Tills = field(default_factory=Tills)
    public_url: str = "https://shop.example"
    sources: Mapping[str, Source] = field(default_factory=dict)


@asynccontextmanager
async def installed(folder: Path, plans: Plans | None = None) -> AsyncIterator[Installed]:
    """Run an installation while the context lasts; nothing loops unless a test turns the crank."""
    plans = plans or Plans()
    hand = Hand()
    clock = Clock(hand)
    content, rules = plans.content(), plans.rules()
    shop = Shop(
        accounts=accounts(), playbook=plans.playbook, rules=lambda: rules,
        content=lambda: content, zone=ZoneInfo("Asia/Shanghai"), public_url=plans.public_url,
        instance_key=INSTANCE_KEY, clock=clock, times=plans.times, tills=plans.tills,
        sources=plans.sources,
    )  # fmt: skip
    async with database(folder) as db:
        platform = Platform()
        doors = {
            name: _door(keys, plans.wires.get(name, platform), db, clock)
            for name, keys in shop.accounts.items()
        }
        acceptor, decider = Acceptor(db, shop), Decider(db, shop)
        performer = Performer(db, doors, clock, INSTANCE_KEY)
        worker = Worker(
            Staffing(db=db, acceptor=acceptor, decider=decider, performer=performer),
            clock,
            shop.times,
        )
        worker.able.set()
        await db.write(lambda tx: _stock(tx, content, plans.codes))
        yield Installed(
            db=db, shop=shop, hand=hand, platform=platform, acceptor=acceptor, decider=decider,
            performer=performer, worker=worker, doors=doors,
        )  # fmt: skip


async def _stock(tx: Tx, content: Content, codes: Mapping[str, Sequence[str]]) -> None:
    for campaign in content.campaigns.values():
        if campaign.id in codes:
            await shelves.stock_imported(tx, campaign, codes[campaign.id])
        else:
            await shelves.stock_generated(tx, campaign)


def _door(keys: AccountKeys, wire: Wire, db: Database, clock: Clock) -> Door:
    tables = error_tables()
    if keys.channel == "oa":
        fetch = oa_token_fetch(wire, appid=keys.scope, secret="s", stable=True)
    else:
        fetch = token_fetch(wire, corpid=keys.scope, secret="s")
    port = Port(
        account=keys.id, scope=keys.scope, wire=wire,
        tokens=TokenHolder(keys.id, TokenShelf(db), fetch, clock),
        errors=tables[keys.channel], alarm=NoticeShelf(db, clock),
        budget=Budget(keys.id, Limits(), BlockShelf(db), clock),
        labels=LabelShelf(db), memory=MemoryShelf(db),
        agentid=AGENTID,
    )  # fmt: skip
    return Door(port=port, call=calls_of(keys.channel, tables["kf"]))
