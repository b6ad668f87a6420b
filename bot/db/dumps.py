"""Dumps of a PostgreSQL database by the server's own tools, taken while it is served.

A restore is seen by nobody half done: a schema of its own says that one is under way, and no
process opens the database until it is gone.
"""

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from bot.db import catalogue
from bot.db.location import Postgres
from bot.db.postgres import Limits, PostgresTx, run_alone, session_of
from bot.db.restored import UNDER_WAY, half_restored
from bot.db.schema import migrate
from bot.db.tx import Tx, Work
from bot.errors import AlreadyServed, DatabaseTrouble

ASIDE = "xiaoer_before_"  # of a schema that made room
_PATIENT = Limits(statement_s=3_600, lock_s=10, idle_s=24 * 3_600)
_QUIET = "--no-owner", "--no-privileges"
_LINES = 3
_NEWER = "。它比服务器旧：请把不低于服务器版本的 PostgreSQL 工具放到 PATH 的前面"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A server's database, and the environment in which the tools that copy it run."""

    location: Postgres
    env: Mapping[str, str] = field(repr=False)


async def dump(served: Served, target: Path) -> Mapping[str, int]:
    """Dump a database as it stands at one moment, and return how many rows each table has.

    Whoever writes it meanwhile waits for nothing. Raises DatabaseTrouble.
    """
    tool = _tool(served, "pg_dump")
    async with session_of(served.location, _PATIENT) as session:
        await session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        tx = PostgresTx(session)
        snapshot = await session.fetchval("SELECT pg_export_snapshot()")
        rows = {name: await catalogue.rows_of(tx, name) for name in await catalogue.tables(tx)}
        await _run(
            served, tool, "--format=custom", *_QUIET, f"--snapshot={snapshot}",
            f"--exclude-schema={ASIDE}*", f"--file={target}",
        )  # fmt: skip
    return rows


async def put_in_place(served: Served, dumped: Path, finish: Work[None], aside: str) -> str | None:
    """Make a dump the database, and return the schema that holds what was there, if anything.

    It is brought to this version's schema, and `finish` run over it, before any process can open
    it. Killed in between, it stays closed: then do it again. Raises AlreadyServed while a process
    works on what is there, DatabaseTrouble.
    """
    tool, location = _tool(served, "pg_restore"), served.location
    old = await run_alone(location, _make_room(ASIDE + aside), _PATIENT)
    single = "--exit-on-error", "--single-transaction"
    await _run(served, tool, *_QUIET, *single, str(dumped))
    await migrate(location)

    async def finished(tx: Tx) -> None:
        await finish(tx)
        await tx.run(f"DROP SCHEMA {UNDER_WAY}")

    await run_alone(location, finished, _PATIENT)
    return old


def _make_room(aside: str) -> Work[str | None]:
    async def work(tx: Tx) -> str | None:
        tables = await catalogue.tables(tx)
        before = await half_restored(tx)
        if before is not None:
            await tx.run("DROP SCHEMA public CASCADE")
            await tx.run("CREATE SCHEMA public")
            return before or None
        if "worker" in tables and (who := await _at_work(tx)):
            raise AlreadyServed(f"还有进程在用这个数据库（{who}）：先停掉所有 serve 和 work")
        await tx.run(f"CREATE SCHEMA {UNDER_WAY}")
        if not tables:
            return None
        await tx.run(f"COMMENT ON SCHEMA {UNDER_WAY} IS '{aside}'")
        await tx.run(f"ALTER SCHEMA public RENAME TO {aside}")
        await tx.run("CREATE SCHEMA public")
        return aside

    return work


async def _at_work(tx: Tx) -> str:
    rows = await tx.all(
        "SELECT host, pid FROM worker WHERE until_us > ? ORDER BY id", await tx.clock_us()
    )
    return "、".join(f"{row['host']} 的 pid {row['pid']}" for row in rows)


def _tool(served: Served, name: str) -> str:
    found = shutil.which(name, path=served.env.get("PATH"))
    if found is None:
        raise DatabaseTrouble(
            f"找不到 {name}：请安装 PostgreSQL 的客户端工具"
            "（Debian/Ubuntu：apt install postgresql-client），版本不低于服务器，并放进 PATH"
        )
    return found


def bare(location: Postgres) -> str:
    """Return the address without its password: everybody here may read a process's arguments."""
    address = urlsplit(location.dsn)
    login, at, server = address.netloc.rpartition("@")
    user = login.partition(":")[0]
    return urlunsplit(address._replace(netloc=f"{user}{at}{server}"))


async def _run(served: Served, tool: str, *words: str) -> None:
    password = urlsplit(served.location.dsn).password
    known = {"PGPASSWORD": unquote(password)} if password else {}
    running = await asyncio.create_subprocess_exec(
        tool, f"--dbname={bare(served.location)}", *words,
        env={**served.env, **known}, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        _, told = await running.communicate()
    except asyncio.CancelledError:
        running.kill()
        raise
    if running.returncode:
        said = "；".join(told.decode(errors="replace").strip().splitlines()[-_LINES:])
        advice = _NEWER if "version mismatch" in said else ""
        raise DatabaseTrouble(f"{Path(tool).name} 没有做成：{said}{advice}")
