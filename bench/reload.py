"""An edit of one file among many, while messages are matched: until it is live, and the stall."""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.pace import Pace
from bench.table import Row, Table, Untrue
from bot.plan import SLOTS, VERBS
from commands.reload.fresh import FreshRules
from keyword_rules.load import RuleBook
from keyword_rules.rule import TEXT, Subject
from keyword_rules.vocabulary import Vocabulary

_COUNTS = (1_000, 10_000, 100_000)
_LEAST_S = 0.5  # a shorter window is for trying the measurement: the smallest set will do
_PER_FILE = 500
_PER_S = 200
_WITHIN_S = 300.0
_LOOK_S = 0.001


def measure(pace: Pace) -> Table:
    """Edit rule sets of growing size. Raises Untrue when a message misses its rule."""
    counts = _COUNTS if pace.seconds >= _LEAST_S else _COUNTS[:1]
    with redirect_stdout(sys.stderr):  # the log of what was loaded is no figure
        rows = tuple(asyncio.run(_row(count, pace.rounds)) for count in counts)
    return Table(
        name="reload",
        conditions=f"files of {_PER_FILE} rules, one of them edited, {_PER_S} messages a second"
        " meanwhile; live: from saving; stall: of the loop, felt every ms; memory: of the maker"
        " and of the process that matches, at their most",
        columns=("load s", "live s", "stall ms", "p99 ms", "maker MiB", "own MiB"),
        rows=rows,
    )


@dataclass(slots=True)
class _Felt:
    stall_s: float
    took_s: list[float]


async def _row(count: int, edits: int) -> Row:
    with TemporaryDirectory() as name, _fresh(Path(name), count) as (book, fresh):
        began_s = time.perf_counter()
        await fresh.load()
        load_s = time.perf_counter() - began_s
        felt, lives, stalls = _Felt(0.0, []), [], []
        tasks = [
            asyncio.create_task(work)
            for work in (fresh.follow(), _feel(felt), _speak(book, count, felt))
        ]
        for number in range(edits):
            felt.stall_s = 0.0
            lives.append(await _edited(Path(name), number, book))
            stalls.append(felt.stall_s)
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        for trouble in ended:
            if isinstance(trouble, Untrue):
                raise trouble
        p99_s = sorted(felt.took_s)[int(len(felt.took_s) * 0.99)]
        return Row(
            variant=f"{count:,} rules",
            figures=(
                load_s, median(lives), max(stalls) * 1e3, p99_s * 1e3,
                _most_mib(str(fresh.maker_pid)), _most_mib("self"),
            ),
        )  # fmt: skip


@contextmanager
def _fresh(folder: Path, count: int) -> Iterator[tuple[RuleBook, FreshRules]]:
    write_rules(folder, count)
    book = RuleBook(folder, Vocabulary(verbs=VERBS, slots=SLOTS))
    fresh = FreshRules(book)
    try:
        yield book, fresh
    finally:
        fresh.close()


def write_rules(folder: Path, count: int) -> None:
    """Write so many rules into files of 500, each with its words, a reply and two cases."""
    for first in range(0, count, _PER_FILE):
        rules = (_rule(n, f"词{n}号") for n in range(first, first + _PER_FILE))
        (folder / f"f{first // _PER_FILE:04}.yaml").write_text("".join(rules), "utf-8")


def _rule(number: int, word: str) -> str:
    return (
        f"- id: r{number}\n  say: {{ any: ['{word}', '别名{number}号'], mode: contains }}\n"
        f"  do: [reply: '您好，这里是 {{store_name}}']\n"
        f"  cases: [{{ text: '请问{word}在哪', hit: true }}, {{ text: 无关的话, hit: false }}]\n"
    )


async def _feel(felt: _Felt) -> None:
    last_s = time.perf_counter()
    while True:
        await asyncio.sleep(_LOOK_S)
        now_s = time.perf_counter()
        felt.stall_s = max(felt.stall_s, now_s - last_s)
        last_s = now_s


async def _speak(book: RuleBook, count: int, felt: _Felt) -> None:
    number = 0
    while True:
        number = 1 + number * 7919 % (count - 1)
        began_s = time.perf_counter()
        hits = book.current.match(Subject(occasion=TEXT, text=f"请问词{number}号在哪")).hits
        felt.took_s.append(time.perf_counter() - began_s)
        if [hit.rule for hit in hits] != [f"r{number}"]:
            raise Untrue(f"{count} rules: a message did not hit rule r{number}")
        await asyncio.sleep(1 / _PER_S)


async def _edited(folder: Path, edit: int, book: RuleBook) -> float:
    path, word = folder / "f0000.yaml", f"第{edit}次改"
    rules = (_rule(n, f"词{n}号") for n in range(1, _PER_FILE))
    path.write_text(_rule(0, word) + "".join(rules), "utf-8")
    said, began_s = Subject(occasion=TEXT, text=word), time.perf_counter()
    async with asyncio.timeout(_WITHIN_S):
        while not book.current.match(said).hits:  # noqa: ASYNC110  (nothing rings here)
            await asyncio.sleep(_LOOK_S)
    return time.perf_counter() - began_s


def _most_mib(process: str) -> float:
    for line in Path(f"/proc/{process}/status").read_text("utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0
