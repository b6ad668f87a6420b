"""Rules that change under way: a folder of them, and a loop whose stalls are felt."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from commands.reload.fresh import FreshRules, Standing
from keyword_rules.load import RuleBook
from keyword_rules.rule import TEXT, Subject
from tests.shop_vocabulary import SHOP

WITHIN_S = 30.0


@dataclass(slots=True)
class Felt:
    """The longest that the loop stood still since it was last asked."""

    worst_s: float = 0.0
    _last_s: float = field(default_factory=time.perf_counter)

    async def run(self) -> None:
        """Feel for ever, a thousand times a second."""
        while True:
            await asyncio.sleep(0.001)
            now_s = time.perf_counter()
            self.worst_s = max(self.worst_s, now_s - self._last_s)
            self._last_s = now_s

    def taken_s(self) -> float:
        """Return the longest, and begin anew."""
        worst_s, self.worst_s = self.worst_s, 0.0
        return worst_s


@dataclass(slots=True, kw_only=True)
class Kept:
    """Rules kept fresh while a test changes their files; what was announced of them, in order."""

    book: RuleBook
    fresh: FreshRules
    felt: Felt
    told: list[Standing]

    def answer(self, text: str) -> list[str]:
        """The rules that a text hits now."""
        return [hit.rule for hit in self.book.current.match(Subject(occasion=TEXT, text=text)).hits]

    async def until(self, met: Callable[[], bool]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(WITHIN_S):
            while not met():  # noqa: ASYNC110  (files and other processes ring nothing here)
                await asyncio.sleep(0.01)


@asynccontextmanager
async def kept(folder: Path, *, file_s: float = WITHIN_S) -> AsyncIterator[Kept]:
    """Keep the rules of a folder fresh while the context lasts."""
    book, told = RuleBook(folder, SHOP), list[Standing]()

    async def hear(standing: Standing) -> None:
        told.append(standing)

    fresh, felt = FreshRules(book, hear, file_s=file_s), Felt()
    feeling = asyncio.create_task(felt.run())
    try:
        await fresh.load()
        following = asyncio.create_task(fresh.follow())
        yield Kept(book=book, fresh=fresh, felt=felt, told=told)
        following.cancel()
    finally:
        feeling.cancel()
        fresh.close()


def rule(name: str, word: str, mode: str = "contains") -> str:
    """One rule that finds a word, with its case."""
    return (
        f"- id: {name}\n  say: {{ any: ['{word}'], mode: {mode} }}\n  do: [reply: 好]\n"
        f"  cases: [{{ text: '{word}', hit: true }}]\n"
    )


def many(count: int, folder: Path, *, per_file: int = 500) -> None:
    """Write so many rules, each with a word of its own."""
    for first in range(0, count, per_file):
        rules = (rule(f"r{n}", f"词{n}号") for n in range(first, min(first + per_file, count)))
        (folder / f"f{first // per_file:04}.yaml").write_text("".join(rules), "utf-8")
