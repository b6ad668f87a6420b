"""Accepting over HTTP: how much of a bare server's speed is left when nothing may be lost."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.load import Order, Reading
from bench.pace import Pace, ratio, rotated
from bench.table import Row, Table, Untrue

ROOT = Path(__file__).resolve().parent.parent
VARIANTS = {
    "bare": "bare aiohttp POST",
    "accept": "WeCom contact and group events, on disk before the 200",
    "answer": "OA text, on disk, decided and answered in the response",
    "peer": "wechatpy, one commit a callback (WeCom events)",
}
_WITHIN_S = 60.0  # to seal the callbacks and let the last answers come
_ROOM = 1_000_000  # numbers of callbacks for each round
_COLUMNS = ("req/s", "x bare", "CPU us", "CPU x bare", "p50 ms", "p99 ms", "load busy")


def measure(pace: Pace) -> Table:
    """Load each server in turn, every round anew. Raises Untrue when an answer was not earned."""
    readings: dict[str, list[Reading]] = {variant: [] for variant in VARIANTS}
    with TemporaryDirectory() as name, ExitStack() as stack:
        ports = {v: stack.enter_context(_running(v, Path(name) / v)) for v in VARIANTS}
        for number in range(pace.rounds):
            for variant in rotated(list(VARIANTS), number):
                order = Order(
                    port=ports[variant], variant=variant, first=number * _ROOM,
                    seconds=pace.seconds, connections=pace.connections,
                )  # fmt: skip
                readings[variant].append(checked(variant, _loaded(order)))
    return Table(
        name="accept",
        conditions=f"{pace.connections} connections kept alive, {pace.rounds} rounds of"
        f" {pace.seconds:g} s, server and load on a core each, SQLite WAL FULL, medians",
        columns=_COLUMNS,
        rows=tuple(_row(variant, readings) for variant in VARIANTS),
    )


@contextmanager
def _running(variant: str, folder: Path) -> Iterator[int]:
    folder.mkdir()
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.server", variant, str(folder)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    with process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise Untrue((folder / "server.log").read_text(encoding="utf-8"))
            yield int(line)
        finally:
            process.terminate()


def _loaded(order: Order) -> Reading:
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        cwd=ROOT,
        input=json.dumps(asdict(order)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=_WITHIN_S + 3 * order.seconds,
    )
    return Reading(**json.loads(done.stdout))


def checked(variant: str, reading: Reading) -> Reading:
    """Return a reading whose answers were earned. Raises Untrue for a refusal or a loss."""
    if reading.refused or not reading.answered:
        raise Untrue(f"{variant}: {reading.refused} refused, {reading.answered} answered")
    if variant != "bare" and reading.kept != reading.answered:
        raise Untrue(f"{variant}: {reading.answered} answered, but {reading.kept} on disk")
    return reading


def _row(variant: str, readings: dict[str, list[Reading]]) -> Row:
    mine, bare = readings[variant], readings["bare"]
    return Row(
        variant=VARIANTS[variant],
        figures=(
            median(map(_rate, mine)),
            ratio([*map(_rate, mine)], [*map(_rate, bare)]),
            median(map(_cpu_us, mine)),
            ratio([*map(_cpu_us, bare)], [*map(_cpu_us, mine)]),
            median(each.p50_ms for each in mine),
            median(each.p99_ms for each in mine),
            median(each.busy for each in mine),
        ),
    )


def _rate(reading: Reading) -> float:
    return reading.answered / reading.elapsed_s


def _cpu_us(reading: Reading) -> float:
    return reading.cpu_s / reading.answered * 1e6
