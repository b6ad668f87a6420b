"""`db confirm-gap`: says when the last process before a restore stopped, and sending goes on."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import micros
from bot.db import restored
from bot.db.restored import Restored
from bot.db.tx import Tx
from bot.errors import AlreadyServed, DatabaseTrouble
from bot.reopen import reopen
from commands.member.direct import direct, home_of
from commands.parts.acting import by_the_server
from commands.parts.compose import Home
from commands.parts.doors import compared
from commands.parts.problems import FINE, USAGE, stop
from commands.parts.stock import stock_shelves
from commands.report.reading import Reader, database_of
from commands.report.showing import when
from config.home import UnsafeKey


def run(folder: Path, *, as_of: str) -> int:
    """Confirm the gap of a restored database and print what became of what was in doubt.

    `as_of`: when the last process before the restore stopped, "" for the moment of the restore.
    Repeating it does nothing.
    """
    home = home_of(folder)
    zone = ZoneInfo(home.settings.store_zone)
    mark = Reader(home=home, database=database_of(home)).ask(restored.restored)
    if mark is None:
        print("这个数据库没有等着确认的空档，没有改动")
        return FINE
    as_of_us = _moment(as_of, zone, mark)
    try:
        done = asyncio.run(_confirm(home, as_of_us))
    except (DatabaseTrouble, UnsafeKey) as trouble:
        stop(str(trouble))
    if done is None:
        print("空档刚刚已经确认过，没有改动")
    else:
        _tell(done, when(mark.taken_us, zone), when(as_of_us, zone), compared(home.settings))
    return FINE


def _moment(as_of: str, zone: ZoneInfo, mark: Restored) -> int:
    if not as_of:
        return mark.restored_us
    try:
        at = datetime.fromisoformat(as_of)
    except ValueError:
        stop(f"--as-of 应为 2026-03-02T08:00，现为 {as_of}", USAGE)
    as_of_us = micros(at if at.tzinfo else at.replace(tzinfo=zone))
    if as_of_us > mark.restored_us:
        stop(f"--as-of 不能晚于恢复的时间 {when(mark.restored_us, zone)}", USAGE)
    return as_of_us


async def _confirm(home: Home, as_of_us: int) -> Mapping[str, Any] | None:
    accounts = compared(home.settings)
    try:
        async with direct(home) as rooms:
            # What was known and undecided at the backup is in doubt like what was owed.
            await stock_shelves(rooms.db, home.content, home.folder)
            await rooms.decide(await rooms.db.read(_undecided))
            done = await reopen(rooms.db, rooms.shop, accounts, as_of_us)
            return asdict(done) if done else None
    except AlreadyServed:
        body = {"as_of_us": as_of_us, "accounts": list(accounts)}
        told: Mapping[str, Any] | None = await by_the_server(home, "/api/reopen", body)
        return told


async def _undecided(tx: Tx) -> Sequence[int]:
    mark = await restored.restored(tx)
    rows = await tx.all(
        "SELECT id FROM inbox WHERE state = 'new' AND attempts = 0 AND id <= ? ORDER BY id",
        mark.last_inbox if mark else 0,
    )
    return [row["id"] for row in rows]


def _tell(done: Mapping[str, Any], taken: str, as_of: str, accounts: Sequence[str]) -> None:
    if done["gap_us"]:
        gap = timedelta(seconds=done["gap_us"] // 1_000_000)
        print(f"空档：从 {taken} 备份到 {as_of} 旧进程停下，共 {gap}")
        print(f"  {done['unknown']} 个动作可能已发出、又不能重复：记为结果未知，用 ledger 逐条确认")
        print(f"  {done['repeated']} 个动作可以重复或能查对：重新排队")
        print(f"  {done['kept_out']} 个生成的券码可能已发出：永不再发，货架已补上新码")
        print(
            f"  {done['held']} 个导入的券码可能已发出：先扣着，与收银系统核对后 db held-codes 放回"
        )
        print("  空档里的核销、订单、会员资料不会自己回来：按收银流水和来源系统补推")
        who = "、".join(accounts)
        print(
            f"  已开始与平台对账（{who}）：漏掉的好友、群、粉丝会补记"
            if who
            else "  没有能对账的账号"
        )
    else:
        print(f"没有空档：旧进程在 {taken} 备份时已停下，什么都没有疑问")
        if done["released"]:
            print(f"  {done['released']} 个导入的券码已放回货架")
    if done["paused"]:
        print("全部发送仍然暂停着：备份之前就有人暂停过，恢复用 resume all-sending")
    else:
        print("全部发送已恢复")
