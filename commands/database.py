"""`db migrate` and `db status`: the database's schema, how it is set up, and what it holds."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from bot.db import retention
from bot.db.location import Location, SqliteFile
from bot.db.opening import opened
from bot.db.reading import Engine, engine, there
from bot.db.schema import SchemaStatus
from bot.db.schema import status as schema_status
from bot.errors import DatabaseTrouble
from commands.parts.compose import open_home
from commands.parts.problems import FINDINGS, FINE, stop
from commands.report import keeping
from commands.report.reading import Reader, database_of, reader_of
from commands.report.showing import console
from config.home import UnsafeKey, instance_key

VERSION = 1  # of the JSON form
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a database stands; `engine` is None before there is a file. A server has no log here."""

    location: Location
    schema: SchemaStatus
    size_bytes: int
    wal_bytes: int
    engine: Engine | None
    kept: Sequence[retention.Standing] = ()

    @property
    def sound(self) -> bool:
        """Whether this version can serve it as it is."""
        complete = not (self.schema.pending or self.schema.newer)
        return complete and self.engine is not None and not self.engine.missing_guards


def migrate(home: Path) -> int:
    """Bring a home's database to this version's schema, made when missing; safe to repeat.

    Stops with what to do when another process serves it, it is newer, cannot be written, or was
    written with another instance key.
    """
    read = open_home(home, with_rules=False)
    database = database_of(read)
    try:
        pending = schema_status(database).pending
        asyncio.run(_open_and_close(database, instance_key(read.folder)))
    except (DatabaseTrouble, UnsafeKey) as trouble:
        stop(str(trouble))
    done = f"已应用 {'、'.join(pending)}" if pending else "已是最新，没有改动"
    print(f"数据库 {database}：{done}")
    return FINE


async def _open_and_close(database: Location, key: bytes) -> None:
    async with opened(database, key):
        return


def status(home: Path, *, as_json: bool) -> int:
    """Print how a home's database stands; 1 when this version cannot serve it as it is."""
    reader = reader_of(home)
    standing = _standing(reader)
    if as_json:
        print(orjson.dumps(_document(standing)).decode())
    else:
        _print(standing, ZoneInfo(reader.home.settings.store_zone))
    return FINE if standing.sound else FINDINGS


def _standing(reader: Reader) -> Standing:
    place = reader.database
    # Asked first: it knows best what is wrong with a file that cannot be read.
    found = reader.ask(engine, any_schema=True) if there(place) else None
    return Standing(
        location=place,
        schema=schema_status(place),
        size_bytes=found.size_bytes if found else 0,
        wal_bytes=_log_bytes(place),
        engine=found,
        kept=_kept(reader) if found and "clearing" in found.rows else (),
    )


def _kept(reader: Reader) -> Sequence[retention.Standing]:
    return reader.ask(retention.standings, any_schema=True)


def _log_bytes(place: Location) -> int:
    if not isinstance(place, SqliteFile):
        return 0
    try:
        return place.path.with_name(place.path.name + "-wal").stat().st_size
    except FileNotFoundError:  # the log goes when the last process closes the database
        return 0


def _document(standing: Standing) -> dict[str, object]:
    found = standing.engine
    return {
        "v": VERSION,
        "engine": _engine_of(standing.location),
        "file": str(standing.location),
        "exists": found is not None,
        "sound": standing.sound,
        "applied": standing.schema.applied,
        "pending": standing.schema.pending,
        "newer": standing.schema.newer,
        "size_bytes": standing.size_bytes,
        "wal_bytes": standing.wal_bytes,
        "settings": found.settings if found else {},
        "journal_mode": found.settings.get("journal_mode", "") if found else "",
        "synchronous": found.settings.get("synchronous", "") if found else "",
        "missing_guards": found.missing_guards if found else (),
        "rows": found.rows if found else {},
        "kept": keeping.documents(standing.kept),
    }


def _engine_of(place: Location) -> str:
    return "sqlite" if isinstance(place, SqliteFile) else "postgresql"


def _print(standing: Standing, zone: ZoneInfo) -> None:
    out = console()
    found, schema = standing.engine, standing.schema
    if found is None:
        out.print(f"还没有数据库 {standing.location}：serve 第一次启动时会建好，或运行 db migrate")
        return
    log = f"预写日志 {standing.wal_bytes / _MIB:.1f} MiB，"
    out.print(
        f"{standing.location}  {standing.size_bytes / _MIB:.1f} MiB，"
        f"{log if isinstance(standing.location, SqliteFile) else ''}"
        f"{' '.join(f'{name}={value}' for name, value in found.settings.items())}"
    )
    out.print(f"已应用的迁移：{'、'.join(schema.applied) or '无'}")
    if schema.pending:
        out.print(f"待应用：{'、'.join(schema.pending)}，请运行 python run.py db migrate")
    if schema.newer:
        out.print(f"来自更新版本：{'、'.join(schema.newer)}，请换用新版本的店小二")
    if found.missing_guards:
        out.print(f"缺少唯一约束：{'、'.join(found.missing_guards)}，请用备份恢复")
    for table, rows in found.rows.items():
        out.print(f"  {table:<20}{rows:>10}")
    if standing.kept:
        out.print("到期清理：")
    for line in keeping.lines(standing.kept, zone):
        out.print(line)
