"""A whole installation against the twin: its own home, real sockets both ways, and the auditor."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web

from bot.accept import Acceptor
from bot.clock import Clock
from bot.db.location import Location
from bot.db.opening import opened
from bot.db.tx import Database, Row
from bot.decide import Decider
from bot.perform import Performer, Terms
from bot.platforms.wire import new_session
from bot.shop import Shop
from bot.web.app import new_app
from bot.web.keys import Rooms
from bot.worker import Staffing, Worker
from commands.audit.auditor import Audit, audit
from commands.audit.script import Script
from commands.parts.compose import Home, fill, open_home, shop_of
from commands.parts.doors import doors
from commands.parts.pictures import MEDIA
from commands.parts.stock import meet_groups, stock_shelves
from commands.play.morning import seconds_until_day
from tests.rooms import location_in
from tests.twin_bot import Scene, on_stage


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinShop:
    """What a test does with it: let people act by `scene`, and look into the database."""

    scene: Scene
    db: Database
    worker: Worker
    shop: Shop
    database: Location
    folder: Path  # the home

    async def rows(self, sql: str) -> list[Row]:
        """Return what a query finds."""
        return list(await self.db.read(lambda tx: tx.all(sql)))

    async def act(self, act: str, who: str, **rest: object) -> dict[str, Any]:
        """Let somebody act, and wait for the answer to it."""
        told = dict(await self.scene.do(act, who, **rest))
        assert "error" not in told, told
        return told

    async def read(self, who: str, words: str) -> dict[str, Any]:
        """Return the newest message on a phone that holds these words; wait up to 5 s for it."""
        for _ in range(250):
            seen = [one for one in await self.scene.phone(who) if words in str(one["text"])]
            if seen:
                return dict(seen[-1])
            await asyncio.sleep(0.02)
        raise AssertionError(f"{who} never read {words}: {await self.scene.phone(who)}")

    async def settled(self) -> None:
        """Wait until nothing waits for a decision or is owed now, up to 5 s."""
        for _ in range(250):
            if not await self.rows(
                "SELECT id FROM effect WHERE state IN ('ready', 'sending')"
                " UNION ALL SELECT id FROM inbox WHERE state = 'new'"
            ):
                return
            await asyncio.sleep(0.02)
        raise AssertionError("something is still owed")

    async def audited(self, *people: str) -> Audit:
        """Return the auditor's verdict over the twin's book and this database."""
        async with self.scene.http.get(self.scene.twin.control("/twin/book")) as got:
            book = await got.json()
        phones = {who: await self.scene.phone(who) for who in people}
        known = self.scene.twin.stage.world.customers
        contacts = {
            who: await self.scene.control(f"contact/{who}") for who in people if who in known
        }
        return await asyncio.to_thread(
            audit,
            book=book,
            phones=phones,
            contacts=contacts,
            script=Script(),
            database=self.database,
        )


@asynccontextmanager
async def twin_shop(
    folder: Path,
    furnish: Callable[[Path], None] | None = None,
    *,
    mode: str = "safe",
    app_mode: str = "xml",
) -> AsyncIterator[TwinShop]:
    """Serve the samples at the demo world's twin, every account bound to us.

    `furnish` changes the home before it is read; its groups are then met, as at a start.
    """
    async with on_stage(folder, mode=mode, app_mode=app_mode, wired=False) as scene:
        home = home_of(folder / "home", scene, furnish)
        clock = _by_day(scene)
        shop = shop_of(home, clock)
        database = location_in(home.folder)
        async with opened(database, shop.instance_key) as db, new_session(5) as session:
            acceptor = Acceptor(db, shop)
            ways = doors(home.settings, db, session, clock, home.folder / MEDIA)
            performer = Performer(db, ways, clock, shop.instance_key, Terms(settle_s=0.05))
            staffing = Staffing(
                db=db, acceptor=acceptor, decider=Decider(db, shop), performer=performer
            )
            worker = Worker(staffing, clock, shop.times)
            await stock_shelves(db, home.content, home.folder)
            if furnish:
                await meet_groups(db, shop)
            rooms = Rooms(
                db=db, shop=shop, acceptor=acceptor, worker=worker, clock=clock, ready=_fine
            )
            async with _listening(rooms) as url:
                bound = {k.id: f"{url}{k.path}" for k in shop.accounts.values()}
                assert all(one["ok"] for one in _told(await scene.control("wire", bound)))
                await scene.control("wire", {"archive": f"{url}/api/archive"})
                yield TwinShop(
                    scene=scene, db=db, worker=worker, shop=shop, database=database,
                    folder=home.folder,
                )  # fmt: skip


def _by_day(scene: Scene) -> Clock:
    """Have the twin's clock stand in the stores' day, and return one that follows it."""
    ahead_s = seconds_until_day(time.time())  # at night, words nobody asked for would wait
    scene.twin.stage.clock.jump(ahead_s)
    clock = Clock()
    clock.follow(ahead_s)
    return clock


def _told(wired: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in wired.values() if isinstance(one, dict)]


async def _fine() -> dict[str, str]:
    return {}


@asynccontextmanager
async def _listening(rooms: Rooms) -> AsyncIterator[str]:
    runner = web.AppRunner(new_app(rooms), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    rooms.worker.able.set()
    working = asyncio.create_task(rooms.worker.run())
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await rooms.worker.stop(1)
        await working
        await runner.cleanup()


def home_of(folder: Path, scene: Scene, furnish: Callable[[Path], None] | None) -> Home:
    """Write a home of the samples whose accounts are the twin's."""
    folder.mkdir()
    world, bases = scene.twin.stage.world, scene.twin.stage.bases
    oa, corp, bot = world.oa[0], world.wecom[0], world.aibot[0]
    accounts = [
        {"id": oa.id, "kind": "oa", "appid": oa.appid, "original_id": oa.gh, "token": oa.token,
         "aes_key": oa.aes_key, "secret": oa.secret, "api_base": bases["oa"], "mode": oa.mode},
        {"id": corp.id, "kind": "wecom", "corpid": corp.corpid, "agentid": corp.agentid,
         "token": corp.token, "aes_key": corp.aes_key, "secret": corp.secret,
         "api_base": bases["wecom"]},
        {"id": bot.id, "kind": "aibot", "name": bot.name, "token": bot.token,
         "aes_key": bot.aes_key, "api_base": bases["wecom"]},
    ]  # fmt: skip
    feed = world.archive[0]
    sources = [{"id": feed.source, "kind": ["archive"], "secret": feed.secret}]
    (folder / "settings.yaml").write_text(
        yaml.safe_dump({"accounts": accounts, "sources": sources}, allow_unicode=True), "utf-8"
    )
    fill(folder)
    if furnish:
        furnish(folder)
    return open_home(folder)
