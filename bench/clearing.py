"""How long callbacks wait while a million old rows are cleared away: `python -m bench.clearing`.

Fills a database with old events and their traces, clears them at the pace of a serving process, and
records a callback every few milliseconds meanwhile, each committed and synced.
"""

import argparse
import asyncio
import sqlite3
import tempfile
import time
from functools import partial
from pathlib import Path

from bot.clock import Clock
from bot.db import inbox
from bot.db.inbox import Arrival
from bot.db.location import SqliteFile
from bot.db.retention import Keeping
from bot.db.schema import migrate
from bot.db.sqlite import SqliteDatabase
from bot.tidy import FIRST_S, Tidier

_DAY_US = 24 * 3_600 * 1_000_000
_EVERY_S = 0.01  # a hundred callbacks a second
_MOST_MS = 200
_KEY = b"0" * 32
_BODY = b"<xml><FromUserName>oADA</FromUserName><Content>%s</Content></xml>" % (b"x" * 300)
_KEEPING = Keeping(
    bodies_us=30 * _DAY_US, requests_us=90 * _DAY_US, traces_us=90 * _DAY_US,
    dedupe_us=8 * _DAY_US, ledger_us=1_096 * _DAY_US,
)  # fmt: skip


def main() -> int:
    """Run it; 1 when the 99th percentile is above 200 ms."""
    parser = argparse.ArgumentParser(prog="python -m bench.clearing")
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "xiaoer.db"
        asyncio.run(migrate(SqliteFile(path=path)))
        _fill(path, rows // 2)
        waits_ms, took_s, left = asyncio.run(_clear(path))
    waits_ms.sort()
    p50, p99 = (waits_ms[int(len(waits_ms) * share)] for share in (0.5, 0.99))
    print(
        f"{rows} rows in {took_s:.0f} s ({rows / took_s:.0f}/s), {left} left;"
        f" {len(waits_ms)} callbacks meanwhile: p50 {p50:.1f} ms, p99 {p99:.1f} ms,"
        f" worst {waits_ms[-1]:.1f} ms"
    )
    return int(p99 > _MOST_MS or left > 0)


def _fill(path: Path, events: int) -> None:
    """Write old callbacks, each with its trace, which is half of the rows."""
    old_us = time.time_ns() // 1_000 - 200 * _DAY_US
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO inbox(event_id, account, source, dedupe, kind, body, received_us, state)"
            " VALUES(?,'oa','callback',?,'text',?,?,'done')",
            ((f"{n:026}", f"{n:064}", _BODY, old_us + n) for n in range(events)),
        )
        connection.executemany(
            "INSERT INTO trace(inbox_id, body, at_us) VALUES(?,'{}',?)",
            ((n + 1, old_us + n) for n in range(events)),
        )


async def _clear(path: Path) -> tuple[list[float], float, int]:
    db, clock = SqliteDatabase(path), Clock()
    began, waits_ms = time.monotonic(), list[float]()
    callbacks = asyncio.create_task(_callbacks(db, waits_ms))
    tidier = Tidier(db, clock, _KEY, _KEEPING)
    wait_s = 0.0
    while wait_s < FIRST_S:
        await asyncio.sleep(wait_s)
        wait_s = await tidier.tidy()
    took_s = time.monotonic() - began
    callbacks.cancel()
    await asyncio.gather(callbacks, return_exceptions=True)
    row = await db.read(
        lambda tx: tx.one(
            "SELECT (SELECT count(*) FROM trace) + (SELECT count(*) FROM inbox"
            " WHERE account = 'oa') AS n"
        )
    )
    db.close()
    return waits_ms, took_s, int(row["n"]) if row else -1


async def _callbacks(db: SqliteDatabase, waits_ms: list[float]) -> None:
    """Record callbacks at an even pace; none of them waits for a decision."""
    n = 0
    while True:
        n += 1
        arrival = Arrival(
            account="new", source="callback", dedupe=f"new{n}", kind="text", body=_BODY,
            received_us=time.time_ns() // 1_000, quarantined="bench",
        )  # fmt: skip
        began = time.perf_counter()
        await db.write(partial(inbox.accept, arrival=arrival))
        waits_ms.append((time.perf_counter() - began) * 1_000)
        await asyncio.sleep(_EVERY_S)


if __name__ == "__main__":
    raise SystemExit(main())
