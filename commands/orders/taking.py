"""`orders import`: a till's sheet, told to the running server, or recorded when none runs."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from bot.clock import Clock
from bot.db.opening import opened
from bot.db.tx import Tx
from bot.decide import Decider
from bot.errors import AlreadyServed, DatabaseTrouble
from bot.shop import Shop, Source
from bot.web.orders import tell
from bot.web.tellings import MOST
from commands.orders.sheet import Sheet, read_orders
from commands.parts.batches import Progress, batches, document_of
from commands.parts.compose import Home, open_home, shop_of
from commands.parts.problems import FINDINGS, FINE, USAGE, show, stop
from commands.parts.telling import server_of, told
from commands.parts.watch import follow_clock
from commands.report.reading import database_of
from config.home import UnsafeKey

VERSION = 1  # of the JSON form


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asks of an import."""

    file: Path
    source: str
    dry_run: bool = False
    as_json: bool = False


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the rows so far."""

    taken: int = 0
    repeated: int = 0
    through: str = ""  # server or database
    refused: list[tuple[str, str]] = field(default_factory=list)

    def add(self, answers: Sequence[dict[str, Any]]) -> None:
        """Count the answers to one batch."""
        self.taken += sum(one["result"] == "taken" for one in answers)
        self.repeated += sum(one["result"] == "repeated" for one in answers)
        self.refused += [
            (one["order"], one["text"]) for one in answers if one["result"] == "refused"
        ]


def run(home: Path, asked: Asked) -> int:
    """Take a sheet of orders in; good rows are taken also when others are wrong.

    Every wrong row is told with its line and column. Returns 1 when a row was wrong. Repeating is
    safe: what was taken before is recognised.
    """
    read = open_home(home, with_rules=False)
    clock = Clock()
    try:
        shop = shop_of(read, clock)
    except UnsafeKey as unsafe:
        stop(str(unsafe))
    source = _source(shop, asked.source)
    if not asked.file.is_file():
        stop(f"没有这个文件：{asked.file}", USAGE)
    sheet = read_orders(asked.file.resolve(), source.id, shop)
    tally = Tally()
    if not asked.dry_run and sheet.rows:
        try:
            asyncio.run(_take(read, shop, source, clock, sheet, tally))
        except DatabaseTrouble as trouble:
            stop(f"{trouble}。已收下的不会丢，解决后原样再运行一次")
    _tell(asked, sheet, tally)
    bad = any(one.level == "error" for one in sheet.problems)
    return FINDINGS if bad or tally.refused else FINE


def _source(shop: Shop, name: str) -> Source:
    source = shop.sources.get(name)
    if source is None:
        known = "、".join(shop.sources) or "一个也没有"
        stop(f"settings.yaml 的 sources 里没有 {name}（有的：{known}）", USAGE)
    if "orders" not in source.kinds:
        stop(f"来源 {name} 不能推订单：在 settings.yaml 给它的 kind 加上 orders", USAGE)
    return source


async def _take(
    home: Home, shop: Shop, source: Source, clock: Clock, sheet: Sheet, tally: Tally
) -> None:
    if home.settings.twin_clock_url:
        await follow_clock(clock, home.settings.twin_clock_url, once=True)
    try:
        await _directly(home, shop, source, sheet, tally)
    except AlreadyServed:
        await _by_the_server(home, source, clock, sheet, tally)


async def _by_the_server(
    home: Home, source: Source, clock: Clock, sheet: Sheet, tally: Tally
) -> None:
    tally.through = "server"
    url = server_of(home.settings) + "/api/orders"
    with_progress = Progress("已推给正在运行的服务", len(sheet.rows))
    for batch in batches(sheet.rows):
        body = orjson.dumps([row.item for row in batch])
        answer = await told(url, source, body, clock)
        tally.add(answer["answers"])
        with_progress.step(len(batch))


async def _directly(home: Home, shop: Shop, source: Source, sheet: Sheet, tally: Tally) -> None:
    async with opened(database_of(home), shop.instance_key) as db:
        tally.through = "database"
        recorded = Progress("已记下", len(sheet.rows))
        for batch in batches(sheet.rows):
            outcomes = await tell(db, shop, source.id, [row.item for row in batch])
            tally.add([one.document for one in outcomes])
            recorded.step(len(batch))
        home.rules.reload()
        decider, decided = Decider(db, shop), Progress("已处理", tally.taken)
        while waiting := await db.read(_waiting):
            await asyncio.gather(*(decider.decide(inbox) for inbox in waiting))
            decided.step(len(waiting))


async def _waiting(tx: Tx) -> list[int]:
    rows = await tx.all(
        "SELECT id FROM inbox WHERE state = 'new' AND kind IN ('OrderTold', 'OrdersMoved')"
        " ORDER BY id LIMIT ?",
        MOST,
    )
    return [row["id"] for row in rows]


def _tell(asked: Asked, sheet: Sheet, tally: Tally) -> None:
    if asked.as_json:
        print(orjson.dumps(_document(asked, sheet, tally)).decode())
        return
    show(sheet.problems)
    for number, text in tally.refused:
        print(f"订单 {number}：{text}", file=sys.stderr)
    bad = len({one.line for one in sheet.problems if one.level == "error"})
    counts = f"{sheet.count} 行，{len(sheet.rows)} 单，有错 {bad} 行"
    if asked.dry_run:
        print(f"{counts}；只是试算，什么都没有记")
        return
    print(f"{counts}：新收 {tally.taken}，以前收过 {tally.repeated}，拒收 {len(tally.refused)}")


def _document(asked: Asked, sheet: Sheet, tally: Tally) -> dict[str, object]:
    return {
        "v": VERSION,
        "file": str(asked.file),
        "source": asked.source,
        "rows": sheet.count,
        "orders": len(sheet.rows),
        "dry_run": asked.dry_run,
        "through": tally.through,
        "taken": tally.taken,
        "repeated": tally.repeated,
        "refused": [{"order": number, "text": text} for number, text in tally.refused],
        "problems": [document_of(one) for one in sheet.problems],
    }
