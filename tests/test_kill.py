"""A real bot, a real twin, and SIGKILL while customers type: nothing is lost, nothing doubled."""

import asyncio
import random
import re
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from commands.play.stage import Bot, Twin, listening_socket, twin_running, write_home

pytestmark = [pytest.mark.kill, pytest.mark.slow]

KILLS = 5
CUSTOMERS = 24
SEED = 20_260_302
OPEN = (
    "SELECT (SELECT count(*) FROM inbox WHERE state = 'new')"
    " + (SELECT count(*) FROM effect WHERE state IN ('ready', 'sending'))"
)
KEPT = "SELECT body FROM inbox"
Row = tuple[Any, ...]


@dataclass(slots=True, kw_only=True)
class Scene:
    """A home with its bot, and the twin it is wired to."""

    home: Path
    bot: Bot
    twin: Twin

    def rows(self, sql: str) -> Sequence[Row]:
        """Return what a query finds, beside the bot."""
        uri = f"file:{self.home / 'xiaoer.db'}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=5)) as connection:
            return connection.execute(sql).fetchall()

    async def worked_off(self) -> None:
        """Wait until nothing is delivered, decided or owed any more; time goes faster meanwhile."""
        await self.twin.post("idle", wait_s=20)
        async with asyncio.timeout(20):
            while self.rows(OPEN)[0][0]:
                await self.twin.post("clock", jump_s=5)
                await asyncio.sleep(0.3)


@asynccontextmanager
async def scene_in(home: Path) -> AsyncIterator[Scene]:
    async with aiohttp.ClientSession() as session, twin_running(home, session) as twin:
        with listening_socket() as listener:
            bot = Bot(home, listener, session)
            bases = {"oa": twin.oa_base, "wecom": twin.wecom_base}
            wiring = await twin.get("wiring")
            clock = f"{twin.control}/twin/clock"
            write_home(home, wiring, url=bot.url, bases=bases, clock=clock)
            await bot.start()
            await bot.until_ready()
            await twin.post("settings", retry_s=0.5, answer_s=4)
            accounts = [account["id"] for account in wiring["accounts"]]
            bound = await twin.post("wire", **{a: f"{bot.url}/callback/{a}" for a in accounts})
            assert all(one["ok"] for one in bound.values()), bound
            try:
                yield Scene(home=home, bot=bot, twin=twin)
            finally:
                await bot.stop()


async def a_customers_morning(twin: Twin, number: int, dice: random.Random) -> None:
    who = f"客{number:03}"
    await asyncio.sleep(dice.uniform(0, 4))
    await twin.do("scan_oa", who, poster="poster-S012-door")
    for text in ("领劵", "抢鸡蛋券", "宠物群", "领券"):
        await asyncio.sleep(dice.uniform(0, 1))
        await twin.do("type", who, text=text)


async def killed_at_random(bot: Bot, dice: random.Random) -> None:
    for number in range(KILLS):
        if number % 2 == 0:  # in the midst of deciding and sending; else while it starts
            await bot.until_ready()
        await asyncio.sleep(dice.uniform(0.2, 1))
        await bot.kill()
        await bot.start()
    await bot.until_ready()


async def test_killed_five_times_nothing_is_lost_and_no_coupon_doubled(tmp_path: Path) -> None:
    dice = random.Random(SEED)  # noqa: S311  (a moment to kill at, not a secret)
    async with scene_in(tmp_path) as scene:
        async with asyncio.TaskGroup() as morning:
            for number in range(CUSTOMERS):
                morning.create_task(a_customers_morning(scene.twin, number, dice))
            morning.create_task(killed_at_random(scene.bot, dice))
        await scene.worked_off()
        book: list[dict[str, Any]] = await scene.twin.get("book")
        assert await scene.bot.stop() == 0
        assert scene.bot.starts == KILLS + 1
        nothing_is_lost(scene, book)
        no_coupon_is_doubled(scene, book)
        what_is_unknown_was_under_way(scene)


def nothing_is_lost(scene: Scene, book: Sequence[dict[str, Any]]) -> None:
    happened = {one["id"]: str(one["inner"]) for one in book if one["kind"] == "happening"}
    answered = {one["happening"] for one in book if one["kind"] == "callback" and one["delivered"]}
    assert len(happened) == CUSTOMERS * 5
    assert len(answered) > len(happened) // 2
    kept = [body.decode() for (body,) in scene.rows(f"{KEPT} WHERE source = 'callback'")]
    assert {happened[one] for one in answered} <= set(kept)
    assert len(kept) == len(set(kept))
    assert scene.rows("SELECT kind, error FROM inbox WHERE state <> 'done'") == []
    assert scene.rows("PRAGMA integrity_check") == [("ok",)]


def no_coupon_is_doubled(scene: Scene, book: Sequence[dict[str, Any]]) -> None:
    codes: dict[str, set[str]] = {}
    winners = set()
    for one in book:
        if one["kind"] == "shown":
            said = str(one["text"])
            codes.setdefault(one["who"], set()).update(re.findall(r"新人.*券码 (\w{8})", said))
            if "抢到了" in said:
                winners.add(one["who"])
    assert all(len(found) <= 1 for found in codes.values())
    shared = [code for found in codes.values() for code in found]
    assert len(shared) == len(set(shared))
    assert len(winners) <= 1
    granted: dict[str, int] = dict(
        scene.rows("SELECT campaign, count(*) FROM coupon_grant GROUP BY campaign")
    )
    assert granted["newcomer"] <= CUSTOMERS
    assert granted["flash-egg"] == 1
    people = scene.rows("SELECT count(DISTINCT person_id) FROM coupon_grant")[0][0]
    assert people == granted["newcomer"]


def what_is_unknown_was_under_way(scene: Scene) -> None:
    """Only what has no key at the platform may be unknown, and only what a kill interrupted."""
    unknown = scene.rows("SELECT klass, meaning FROM effect WHERE state = 'unknown'")
    assert {klass for klass, _ in unknown} <= {"E"}
    assert all(meaning for _, meaning in unknown)
    assert len(unknown) <= KILLS * CUSTOMERS // 2
    assert scene.rows("SELECT key FROM effect WHERE state IN ('failed', 'expired')") == []
