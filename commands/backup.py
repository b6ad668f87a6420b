"""`db backup`: one file of the database as it is, taken while a server runs."""

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import orjson

from bot.db import backup, reading
from bot.db.backup import FORMAT, Manifest, Progress
from bot.db.location import Location, Postgres, SqliteFile
from bot.db.looking import need_driver
from bot.db.restored import epoch
from bot.db.schema import SchemaStatus
from bot.db.schema import standing as schema_standing
from bot.db.tx import Tx
from bot.errors import DatabaseTrouble
from commands.member.direct import clock_of
from commands.parts.compose import Home, open_home
from commands.parts.problems import FINE, stop
from commands.report.reading import database_of
from commands.version import number
from config.home import KEY_FILE

VERSION = 1  # of the JSON form
FOLDER = "backups"
_MIB = 1024 * 1024
_TOLD_EVERY_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What a manifest tells of a database besides its copy."""

    schema: SchemaStatus
    key: str
    epoch: str
    rows: Mapping[str, int]


def run(folder: Path, *, to: Path | None, as_json: bool) -> int:
    """Write a backup of a home's database, by itself under its `backups/`; a server may run.

    Stops when there is no database, such a file already, or it cannot be written: then nothing is
    left behind.
    """
    home = open_home(folder, with_rules=False)
    place = database_of(home)
    began = time.monotonic()
    try:
        taken_us = asyncio.run(clock_of(home))()
        target = to or home.folder / FOLDER / f"{_name(taken_us)}.backup"
        if target.exists():
            stop(f"{target} 已经有了，没有覆盖：换个名字")
        with backup.desk(target.resolve().parent) as copy:
            manifest = _take(place, copy, target, taken_us)
    except DatabaseTrouble as trouble:
        stop(str(trouble))
    _tell(home, target, manifest, time.monotonic() - began, as_json=as_json)
    return FINE


def _name(taken_us: int) -> str:
    return f"xiaoer-{datetime.fromtimestamp(taken_us / 1_000_000, UTC):%Y%m%dT%H%M%SZ}"


def _take(place: Location, copy: Path, target: Path, taken_us: int) -> Manifest:
    facts = reading.ask(place, _facts, any_schema=True)
    match place:
        case SqliteFile(path=path):
            from bot.db import copies

            copies.copy(path, copy, _progress())
            # What the copy holds counts: the database has gone on meanwhile.
            facts = reading.ask(SqliteFile(path=copy), _facts, any_schema=True)
        case Postgres():
            need_driver()
            from bot.db import dumps

            served = dumps.Served(location=place, env=os.environ)
            facts = replace(facts, rows=asyncio.run(dumps.dump(served, copy)))
    draft = Manifest(
        format=FORMAT, version=number(), engine=engine_of(place), schema=facts.schema.applied,
        key=facts.key, epoch=facts.epoch, taken_us=taken_us, rows=facts.rows, size_bytes=0,
        sha256="",
    )  # fmt: skip
    return backup.write(copy, draft, target)


def engine_of(place: Location) -> str:
    """Return which engine a database is on, as a manifest names it."""
    return "sqlite" if isinstance(place, SqliteFile) else "postgresql"


async def _facts(tx: Tx) -> _Facts:
    found = await reading.engine(tx)
    if "meta" not in found.rows:
        raise DatabaseTrouble("数据库还是空的，没有可备份的：serve 第一次启动时会建好")
    key = await tx.one("SELECT value FROM meta WHERE key = 'instance_key'")
    return _Facts(
        schema=await schema_standing(tx),
        key=key["value"] if key else "",
        epoch=await epoch(tx),
        rows=found.rows,
    )


def _progress() -> Progress:
    next_s = time.monotonic() + _TOLD_EVERY_S

    def told(done: int, total: int) -> None:
        nonlocal next_s
        if time.monotonic() >= next_s:
            next_s = time.monotonic() + _TOLD_EVERY_S
            print(f"已复制 {done * 100 // max(total, 1)}%", file=sys.stderr)

    return told


def _tell(home: Home, target: Path, manifest: Manifest, took_s: float, *, as_json: bool) -> None:
    key = home.folder / KEY_FILE
    size = target.stat().st_size
    if as_json:
        told = {"v": VERSION, "file": str(target), "bytes": size, "manifest": manifest}
        print(orjson.dumps(told).decode())
        return
    rows = sum(manifest.rows.values())
    print(f"备份已写好：{target}（{size / _MIB:.1f} MiB，{rows} 行，用了 {took_s:.1f} 秒）")
    print("注意：备份里没有下面这些，请另外保管，缺了第一样就恢复不了：")
    print(f"  {key}（实例密钥，不要和备份放在一处）")
    print(f"  {home.folder} 里的其余文件：settings.yaml、规则、内容、券码文件")
