"""`db restore`: puts a backup in the place of a home's database, and pauses all sending."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.db import backup, reading, restored
from bot.db.backup import Manifest
from bot.db.erasing import Entry, entries, erase_again
from bot.db.location import Location, Postgres, SqliteFile
from bot.db.looking import need_driver
from bot.db.opening import held_lock
from bot.db.tx import Tx
from bot.errors import DatabaseTrouble
from commands.backup import engine_of
from commands.member.direct import clock_of
from commands.parts.compose import Home, open_home
from commands.parts.problems import FINE, stop
from commands.report.reading import database_of
from commands.report.showing import when
from config.home import KEY_FILE, UnsafeKey, instance_key

_OURS = frozenset({"meta", "tortoise_migrations"})  # filled by opening an empty database


def run(folder: Path, archive: Path, *, force: bool) -> int:
    """Restore a backup; what is there must be empty unless `force`, which moves it aside.

    Stops, with nothing changed, for a file that is no whole backup, another engine, a newer
    version's, another instance key, or a database that is served. Afterwards all sending is paused
    until `db confirm-gap`. Killed in between, it can be run again.
    """
    home = open_home(folder, with_rules=False)
    if not (home.folder / KEY_FILE).exists():
        stop(f"先把当时的 instance.key 放回 {home.folder}：没有它，备份里的去重与身份记录都对不上")
    try:
        manifest, place = backup.read(archive), database_of(home)
        backup.check(manifest, engine_of(place), instance_key(home.folder))
        old = _restore(home, place, archive, manifest, force)
    except (DatabaseTrouble, UnsafeKey) as trouble:
        stop(str(trouble))
    _tell(home, place, manifest, old)
    return FINE


def _restore(
    home: Home, place: Location, archive: Path, manifest: Manifest, force: bool
) -> str | None:
    erased = _must_make_room(place, force)
    clock = asyncio.run(clock_of(home))
    key = instance_key(home.folder)

    async def finish(tx: Tx) -> None:
        await restored.mark(tx, manifest.taken_us, clock())
        await erase_again(tx, key, clock(), erased)

    aside = f"{datetime.fromtimestamp(clock() / 1_000_000, UTC):%Y%m%dT%H%M%SZ}"
    match place:
        case SqliteFile(path=path):
            from bot.db import copies

            with held_lock(path), backup.desk(path.resolve().parent) as copy:
                backup.unpack(archive, manifest, copy)
                old = asyncio.run(copies.put_in_place(copy, path, finish, f"before-{aside}"))
                return str(old) if old else None
        case Postgres():
            need_driver()
            from bot.db import dumps

            with backup.desk(home.folder) as copy:
                backup.unpack(archive, manifest, copy)
                served = dumps.Served(location=place, env=os.environ)
                return asyncio.run(dumps.put_in_place(served, copy, finish, aside.lower()))


def _must_make_room(place: Location, force: bool) -> tuple[Entry, ...]:
    """Return whom the database that is there has erased; stop unless it is empty, or `force`."""
    if not reading.there(place):
        return ()
    try:
        look = _held if isinstance(place, SqliteFile) else _held_by_server
        held, erased = reading.ask(place, look, any_schema=True)
    except DatabaseTrouble:
        if force:  # a damaged file is what a backup is for
            return ()
        raise
    if held and not force:
        stop(
            f"{place} 里已有数据（{held} 行），没有覆盖：确实要换成备份，加 --force，"
            "原来的会改名留着"
        )
    return erased


async def _held_by_server(tx: Tx) -> tuple[int, tuple[Entry, ...]]:
    before = await restored.half_restored(tx)
    if before is None:
        return await _held(tx)
    if before:  # only for this transaction
        await tx.all("SELECT set_config('search_path', ?, true)", before)
        return 0, (await _held(tx))[1]
    return 0, ()


async def _held(tx: Tx) -> tuple[int, tuple[Entry, ...]]:
    found = await reading.engine(tx)
    rows = sum(count for name, count in found.rows.items() if name not in _OURS)
    return rows, await entries(tx) if {"erasure", "erased_name"} <= found.rows.keys() else ()


def _tell(home: Home, place: Location, manifest: Manifest, old: str | None) -> None:
    zone = ZoneInfo(home.settings.store_zone)
    print(f"已从 {when(manifest.taken_us, zone)} 的备份恢复：{place}")
    if old:
        print(f"原来的数据改名留在 {old}")
    print("全部发送已暂停：备份之后发生过什么，这个数据库不知道。货架上的券码也都先扣下了")
    print("旧的进程（别的机器上的也算）确实都停了之后，按顺序做：")
    print("  1. 启动 serve：回调照收、照做决定，什么都不发出")
    print("  2. python run.py db confirm-gap --as-of 旧进程停下的时间（不写就是恢复的时间）")
    print("  3. python run.py db held-codes：导入的券码与收银系统核对后放回")
