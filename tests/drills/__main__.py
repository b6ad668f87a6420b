"""`python -m tests.drills`: kills the real program over and over; the twin's book judges it.

kill   --n 500 --engine postgres --workers 4 --seed 7 [--callbacks 10000]
points --repeats 20 [--engine sqlite] [LABEL …]
faults [--scale 0.05] [E1 E1:45033 …]
live   [--rules 10000] [--per-s 200] [--edits 5]
"""

import argparse
import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.drills.engines import POSTGRES, SQLITE
from tests.drills.faults import drilled
from tests.drills.kills import Wanted, killed
from tests.drills.live_report import reported
from tests.drills.points import POINTS
from tests.drills.registry import Options
from tests.drills.table import table
from tests.drills.verdict import Judged
from tests.drills.visits import visited

_WORKERS = {SQLITE: 1, POSTGRES: 4}
_LONG = 200  # kills
_DONE_SHARE, _PLACES = 0.99, 20


def main(words: Sequence[str] | None = None) -> int:
    """Run one drill; 0 when the books agree, 1 when they do not: then the home is kept."""
    asked = _asked(words)
    if asked.verb == "faults":
        options = Options(seed=asked.seed, engine=asked.engine, scale=asked.scale)
        return asyncio.run(drilled(asked.names, options))
    if asked.verb == "live":
        return reported(rules=asked.rules, per_s=asked.per_s, edits=asked.edits)
    home = Path(tempfile.mkdtemp(prefix="xiaoer-drill-"))
    home.chmod(0o755)
    began = time.monotonic()
    missed: Counter[str] = Counter()
    if asked.verb == "kill":
        verdict = asyncio.run(killed(_wanted(asked), home, missed))
    else:
        verdict = asyncio.run(visited(_wanted(asked), asked.repeats, home, missed))
    fine = verdict.sound and (not missed if asked.verb == "points" else _thorough(verdict))
    if not fine:
        _show([f"home kept: {home}", f"seed {asked.seed}, commit {_commit()}"])
    else:
        shutil.rmtree(home, ignore_errors=True)
    _show([f"took {time.monotonic() - began:.0f} s", *table(verdict, missed)])
    return 0 if fine else 1


def _thorough(verdict: Judged) -> bool:
    """Tell whether a long run did nearly everything it owed, and died in enough places."""
    if len(verdict.kills) < _LONG:
        return True
    places = {one.point for one in verdict.kills}
    return verdict.done_share >= _DONE_SHARE and len(places) >= _PLACES


def _asked(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.drills")
    verbs = parser.add_subparsers(dest="verb", required=True)
    kill, points = verbs.add_parser("kill"), verbs.add_parser("points")
    faults = verbs.add_parser("faults")
    live = verbs.add_parser("live")
    live.add_argument("--rules", type=int, default=10_000, help="besides the samples")
    live.add_argument("--per-s", type=float, default=200.0, help="messages a second")
    live.add_argument("--edits", type=int, default=5, help="good edits before the broken one")
    kill.add_argument("--n", type=int, default=60, help="how many kills")
    callbacks = "at least; 20 for each kill, on PostgreSQL 50"
    kill.add_argument("--callbacks", type=int, default=0, help=callbacks)
    points.add_argument("--repeats", type=int, default=20, help="deaths at each point")
    points.add_argument("labels", nargs="*", help="only these points")
    faults.add_argument("names", nargs="*", help="only these drills, or parts of one: E1:45033")
    faults.add_argument(
        "--scale",
        type=float,
        default=0.05,
        help="share of a figure's numbers: 1 is the figure, 10 where it is a number of times",
    )
    for one in (kill, points, faults):
        one.add_argument("--engine", choices=tuple(_WORKERS), default=SQLITE)
        one.add_argument("--seed", type=int, default=1)
    for one in (kill, points):
        one.add_argument("--workers", type=int, default=0, help="processes: 1, on PostgreSQL 4")
        one.add_argument("--broken", default="", help="a safeguard to take away first")
    return parser.parse_args(words)


def _wanted(asked: argparse.Namespace) -> Wanted:
    labels = getattr(asked, "labels", [])
    return Wanted(
        kills=getattr(asked, "n", 0),
        seed=asked.seed,
        engine=asked.engine,
        workers=asked.workers or _WORKERS[asked.engine],
        callbacks=getattr(asked, "callbacks", 0),
        points=tuple(one for one in POINTS if not labels or one.label in labels),
        broken=asked.broken,
    )


def _commit() -> str:
    told = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)  # noqa: S607
    return told.stdout.strip() or "unknown"


def _show(lines: Sequence[str]) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
