"""`db migrate` and `db status`: the database's schema, how it is set up, and what it holds."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import orjson

from bot.db.opening import opened
from bot.db.reading import Engine, engine
from bot.db.schema import SchemaStatus
from bot.db.schema import status as schema_status
from bot.errors import DatabaseTrouble
from commands.parts.compose import open_home
from commands.parts.problems import FINDINGS, FINE, stop
from commands.report.reading import Reader, database_of, reader_of
from commands.report.showing import console
from config.home import UnsafeKey, instance_key

VERSION = 1  # of the JSON form
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a database stands; `engine` is None before there is a file."""

    file: Path
    schema: SchemaStatus
    size_bytes: int
    wal_bytes: int
    engine: Engine | None

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


async def _open_and_close(database: Path, key: bytes) -> None:
    async with opened(database, key):
        return


def status(home: Path, *, as_json: bool) -> int:
    """Print how a home's database stands; 1 when this version cannot serve it as it is."""
    standing = _standing(reader_of(home))
    if as_json:
        print(orjson.dumps(_document(standing)).decode())
    else:
        _print(standing)
    return FINE if standing.sound else FINDINGS


def _standing(reader: Reader) -> Standing:
    file = reader.database
    # Asked first: it knows best what is wrong with a file that cannot be read.
    found = reader.ask(engine, any_schema=True) if file.exists() else None
    return Standing(
        file=file,
        schema=schema_status(file),
        size_bytes=_size(file),
        wal_bytes=_size(file.with_name(file.name + "-wal")),
        engine=found,
    )


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # the log goes when the last process closes the database
        return 0


def _document(standing: Standing) -> dict[str, object]:
    found = standing.engine
    return {
        "v": VERSION,
        "file": str(standing.file),
        "exists": found is not None,
        "sound": standing.sound,
        "applied": standing.schema.applied,
        "pending": standing.schema.pending,
        "newer": standing.schema.newer,
        "size_bytes": standing.size_bytes,
        "wal_bytes": standing.wal_bytes,
        "journal_mode": found.journal_mode if found else "",
        "synchronous": found.synchronous if found else "",
        "missing_guards": found.missing_guards if found else (),
        "rows": found.rows if found else {},
    }


def _print(standing: Standing) -> None:
    out = console()
    found, schema = standing.engine, standing.schema
    if found is None:
        out.print(f"还没有数据库 {standing.file}：serve 第一次启动时会建好，或运行 db migrate")
        return
    out.print(
        f"{standing.file}  {standing.size_bytes / _MIB:.1f} MiB，"
        f"预写日志 {standing.wal_bytes / _MIB:.1f} MiB，"
        f"journal_mode={found.journal_mode} synchronous={found.synchronous}"
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
