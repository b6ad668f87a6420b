"""The command: `python -m bench [NAME…]` measures and prints; every figure is of this one run."""

import argparse
import json
import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version

from bench import accept, decide, match, opening, reload, start
from bench.pace import Pace
from bench.table import Table

MEASUREMENTS: Mapping[str, Callable[[Pace], Table]] = {
    "accept": accept.measure,
    "open": opening.measure,
    "match": match.measure,
    "decide": decide.measure,
    "start": start.measure,
    "reload": reload.measure,
}
_WARNING = "Machines are noisy: compare within a table, and read the ratios before the figures."


def main(argv: list[str] | None = None) -> int:
    """Measure what is named, everything by default, and print it; return the exit status."""
    asked = _parser().parse_args(argv)
    pace = Pace(seconds=asked.seconds, rounds=asked.rounds, connections=asked.connections)
    at = datetime.now(UTC).isoformat(timespec="minutes")
    if not asked.json:
        print(f"{at}  {machine()}\n{_WARNING}\n")
    tables = []
    for name in asked.names or MEASUREMENTS:
        tables.append(MEASUREMENTS[name](pace))
        if not asked.json:
            print(tables[-1].shown(), flush=True)
    if asked.json:
        told = {"v": 1, "at": at, "machine": machine(), "tables": [t.as_json() for t in tables]}
        print(json.dumps(told, ensure_ascii=False, indent=2))
    return 0


def machine() -> str:
    """Return in one line what the figures were measured on."""
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()},"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version},"
        f" aiohttp {version('aiohttp')}, uvloop {version('uvloop')}"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=main.__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", choices=[[], *MEASUREMENTS],
        help=f"what to measure: {', '.join(MEASUREMENTS)}; all by default",
    )  # fmt: skip
    usual = Pace()
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="length of a window")
    parser.add_argument("--rounds", type=int, default=usual.rounds, help="windows of each variant")
    parser.add_argument("--connections", type=int, default=usual.connections, help="of the load")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
