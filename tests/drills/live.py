"""The live edit: rules change under a server while 200 messages a second arrive.

Everybody is answered and every message decided once; what changed is heard soon; what is broken
changes nothing else, and is shown wherever an operator looks.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from math import inf
from pathlib import Path
from typing import Any

from bot.db.tx import Row
from tests.drills.editing import Shop, Stood, seconds_until, shop, word_of
from tests.drills.figures import at_most, none_of, noted, some_of
from tests.drills.followers import Said
from tests.drills.registry import Finding

FIRST_S, ANSWER_S, VISIBLE_S, STALL_MS = 3.0, 5.0, 4.0, 50.0
_STRIDE = 7919  # through the rules, so that neighbours do not follow each other
_MENDED = "修好以后"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How much of it: rules besides the samples, messages a second, good edits.

    `calm_s`: how long nothing is edited first; over 15 s, so that the server's longest stall is not
    that of its start. `commands` are asked about the broken file.
    """

    rules: int = 10_000
    per_s: float = 200.0
    edits: int = 5
    calm_s: float = 16.0
    between_s: float = 2.0
    commands: tuple[tuple[str, ...], ...] = (("rules", "status"), ("doctor",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """How long one edit took to be heard, and how often the loop stood still over 50 ms by it."""

    took_s: float
    stalls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """What came of a file that was broken and mended; `silent` is who did not tell of it."""

    shown_s: float
    silent: tuple[str, ...]
    kept: bool
    mended_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """What a server lived through. `rows` are the messages it took, with their traces."""

    first_s: float
    able_s: float
    calm: Stood
    edits: tuple[Edit, ...]
    broken: Broken
    ended: Stood
    said: tuple[Said, ...]
    rows: tuple[Row, ...]

    @property
    def refused(self) -> int:
        """Messages that were not answered 200."""
        return sum(one.status != HTTPStatus.OK for one in self.said)

    @property
    def undecided(self) -> int:
        """Messages that are not in the database, and rows that are not decided."""
        lost = abs(len(self.said) - len(self.rows))
        return lost + sum(1 for row in self.rows if row["state"] != "done" or not row["trace"])

    @property
    def twice(self) -> int:
        """Messages that were taken or answered more than once."""
        return sum(1 for row in self.rows if row["duplicates"] or row["replies"] > 1)

    @property
    def strays(self) -> int:
        """Messages that another rule decided than the one that asks for them."""
        return sum(_is_stray(json.loads(row["trace"])) for row in self.rows if row["trace"])


async def lived(wanted: Wanted, home: Path) -> Lived:
    """Serve a home of many rules in an empty folder, and edit one of its files."""
    async with shop(home, wanted.rules) as one:
        first_s, able_s = await _started(one)
        async with _typing(one, wanted) as calm:
            edits = [await _edit(one, number, wanted) for number in range(wanted.edits)]
            broken = await _broken(one, edited_to(wanted.edits - 1), wanted.commands)
            ended = await one.stood()
        await one.bot.stop()
        rows = await asyncio.to_thread(one.decided)
        said = tuple(one.followers.said)
    return Lived(
        first_s=first_s, able_s=able_s, calm=calm, edits=tuple(edits), broken=broken, ended=ended,
        said=said, rows=tuple(rows),
    )  # fmt: skip


def figures(seen: Lived) -> list[Finding]:
    """Return every figure with its bar."""
    slowest_s = sorted(one.took_s for one in seen.said)
    broken = seen.broken
    return [
        at_most("first 200 after the start", seen.first_s, FIRST_S),
        noted(f"decides {seen.able_s:.1f} s after the start"),
        some_of("messages", len(seen.said)),
        none_of("not answered 200", seen.refused),
        at_most("slowest answer", slowest_s[-1], ANSWER_S, digits=2),
        noted(f"p99 of the answers {slowest_s[int(len(slowest_s) * 0.99)] * 1e3:.0f} ms"),
        none_of("not in the database, or not decided", seen.undecided),
        none_of("decided or answered twice", seen.twice),
        none_of("decided by another rule than theirs", seen.strays),
        at_most(
            f"an edit is heard (worst of {len(seen.edits)})",
            max(one.took_s for one in seen.edits), VISIBLE_S,
        ),
        at_most("a broken edit is shown in /status", broken.shown_s, VISIBLE_S),
        none_of("places that do not tell of it", len(broken.silent)),
        none_of("rules of the broken file that changed", int(not broken.kept)),
        at_most("a mended edit is heard", broken.mended_s, VISIBLE_S),
        none_of(f"stalls over {STALL_MS:g} ms", seen.ended.over - seen.calm.over),
        at_most("longest stall of the last 15 s", seen.ended.longest_s * 1e3, STALL_MS, "ms"),
        noted(f"longest stall while nothing was edited {seen.calm.longest_s * 1e3:.0f} ms"),
    ]  # fmt: skip


def edited_to(number: int) -> str:
    """The word that an edit gives to the first rule."""
    return f"改成第{number}样"


async def _started(one: Shop) -> tuple[float, float]:
    began_s = time.monotonic()
    await one.bot.start()
    status = await one.followers.noticed()
    first_s = time.monotonic() - began_s if status == HTTPStatus.OK else inf
    await one.bot.until_ready()
    return first_s, time.monotonic() - began_s


@asynccontextmanager
async def _typing(one: Shop, wanted: Wanted) -> AsyncIterator[Stood]:
    """Let followers type while the block lasts; give it how the loop stood still before."""

    def text(number: int) -> str:
        return word_of(1 + number * _STRIDE % (wanted.rules - 1))

    stop = asyncio.Event()
    talk = asyncio.create_task(one.followers.talk(text, wanted.per_s, stop))
    try:
        await asyncio.sleep(wanted.calm_s)
        yield await one.stood()
    finally:
        stop.set()
        await talk


async def _edit(one: Shop, number: int, wanted: Wanted) -> Edit:
    word, before = edited_to(number), await one.stood()
    one.save(word)
    took_s = await seconds_until(lambda: one.hears(word))
    await asyncio.sleep(wanted.between_s)  # what was used before goes meanwhile
    return Edit(took_s=took_s, stalls=(await one.stood()).over - before.over)


async def _broken(one: Shop, good: str, commands: tuple[tuple[str, ...], ...]) -> Broken:
    async def shown() -> bool:
        return any(one.edited.name in problem for problem in await one.problems())

    async def mended() -> bool:
        return not await one.problems()

    one.break_off()
    shown_s = await seconds_until(shown)
    silent = [] if one.logged("rule_problem") else ["log"]
    for words in commands:
        _, told = await one.command(*words)
        silent += [] if one.edited.name in told else [" ".join(words)]
    kept = await one.hears(good)
    one.save(_MENDED)
    mended_s = await seconds_until(lambda: one.hears(_MENDED))
    await seconds_until(mended)
    return Broken(shown_s=shown_s, silent=tuple(silent), kept=kept, mended_s=mended_s)


def _is_stray(trace: Mapping[str, Any]) -> bool:
    """Whether a word of the load hit anything but its own rule."""
    word = str(trace["text"])
    hits = [hit["rule"] for hit in trace["hits"]]
    return word.startswith("词") and hits != [f"r{word[1:-1]}"]
