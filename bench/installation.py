"""An installation to measure: the sample home, its rooms open, no way out to any platform."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.corpus import OA, WECOM
from bot.accept import Acceptor
from bot.clock import Clock
from bot.db.location import SqliteFile
from bot.db.opening import opened
from bot.db.tx import Database
from bot.decide import Decider
from bot.perform import Performer
from bot.web.keys import Rooms
from bot.worker import Staffing, Worker
from commands.parts.compose import fill, open_home, shop_of
from commands.parts.stock import stock_shelves

# Port 9 of this machine answers nobody: nothing measured here reaches a real platform.
_SETTINGS = f"""\
accounts:
  - {{id: {OA.account}, kind: oa, appid: {OA.scope}, mode: safe, token: {OA.token},
     aes_key: {OA.aes_key}}}
  - {{id: {WECOM.account}, kind: wecom, corpid: {WECOM.scope}, agentid: 1000002,
     token: {WECOM.token}, aes_key: {WECOM.aes_key}, secret: unused,
     api_base: "http://127.0.0.1:9"}}
"""


def new_home(folder: Path) -> Path:
    """Fill a folder with the samples, under the bench's own accounts, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.yaml").write_text(_SETTINGS, encoding="utf-8")
    fill(folder)
    return folder


@asynccontextmanager
async def rooms_of(folder: Path) -> AsyncIterator[tuple[Rooms, Database, Decider]]:
    """Open the rooms of a new home in `folder`. Decisions can be made; no loop makes them."""
    home = open_home(new_home(folder))
    clock = Clock()
    shop = shop_of(home, clock)
    async with opened(SqliteFile(path=folder / "xiaoer.db"), shop.instance_key) as db:
        await stock_shelves(db, home.content, folder)
        acceptor, decider = Acceptor(db, shop), Decider(db, shop)
        performer = Performer(db, {}, clock, shop.instance_key)
        staffing = Staffing(db=db, acceptor=acceptor, decider=decider, performer=performer)
        worker = Worker(staffing, clock, shop.times)
        worker.able.set()
        rooms = Rooms(
            db=db, shop=shop, acceptor=acceptor, worker=worker, clock=clock, ready=_no_troubles
        )
        yield rooms, db, decider


async def _no_troubles() -> dict[str, str]:
    return {}
