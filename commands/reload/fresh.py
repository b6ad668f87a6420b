"""Keeps the rules of a serving process fresh: made beside it, then taken into use at once."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from commands.parts.watch import Stamp, Watch
from commands.reload.frames import Order
from commands.reload.maker import FILE_S, Made, Maker, MakerGone, Process
from keyword_rules.load import RuleBook
from keyword_rules.rule import Segment

_AGAIN_S = 5.0  # after rules could not be made for a reason that is no file's
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What this process goes by: which rules, how many, since when, and what is wrong with them.

    `trouble` is why the newest could not be made, "" when they could.
    """

    hash: str
    count: int
    since_s: float
    problems: tuple[str, ...]
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words a shop adds to the dictionary: the file they are in, and how it is read.

    `read` gives how texts are cut by them, None where the file has a mistake, and each mistake;
    `wrong` are those that it had at first.
    """

    path: Path
    read: Callable[[], tuple[Segment | None, tuple[str, ...]]]
    wrong: tuple[str, ...] = ()


async def _nobody(_: Standing) -> None:
    return


class FreshRules:
    """The rules of one book, made again whenever a file changes, or the shop's `words` do.

    A file that twice ends its reader, or keeps it busy for 30 s, is refused until it changes; all
    others stay in use. `changed` is called after each attempt.
    """

    def __init__(
        self,
        book: RuleBook,
        changed: Callable[[Standing], Awaitable[None]] = _nobody,
        *,
        words: Words | None = None,
        file_s: float = FILE_S,
        running: Process | None = None,
    ) -> None:
        self._book = book
        self._changed = changed
        self._words = words
        self._wrong_words = words.wrong if words else ()
        self._watch = Watch(book.folder, (words.path,) if words else ())
        self._maker = Maker(_order(book), file_s=file_s, running=running)
        self._early: asyncio.Task[Made] | None = None
        self._refused: dict[str, tuple[Stamp | None, str]] = {}
        self._leaves: list[object] = []
        self._since_s = 0.0
        self._count = 0
        self._trouble = ""

    @property
    def standing(self) -> Standing:
        """How things are."""
        return Standing(
            hash=self._book.current.hash,
            count=self._count,
            since_s=self._since_s,
            problems=(*self._wrong_words, *map(str, self._book.problems)),
            trouble=self._trouble,
        )

    @property
    def maker_pid(self) -> int | None:
        """The process that makes the rules, None while there is none."""
        return self._maker.pid

    def tell(self, changed: Callable[[Standing], Awaitable[None]]) -> None:
        """Call this after each attempt from now on."""
        self._changed = changed

    def begin(self) -> None:
        """Have the rules made meanwhile, for `load` to use: whoever starts has more to do."""
        self._early = asyncio.create_task(self._looked_and_made())

    async def load(self) -> None:
        """Make the rules of the files as they are now, and use them; returns when that is done."""
        if self._early is None:
            self.begin()
        await self._make_until_good()

    async def follow(self) -> None:
        """Use what changes, for ever."""
        while True:
            paths = await self._watch.changed()
            if self._words and str(self._words.path) in paths:
                await self._read_words(self._words)
            await self._make_until_good()

    async def _read_words(self, words: Words) -> None:
        """Cut by the words as they are now; with a mistake in them as before."""
        segment, self._wrong_words = await asyncio.to_thread(words.read)
        if segment is not None:
            self._book.segment = segment
            self._maker.change(_order(self._book))

    def close(self) -> None:
        """Let the maker go; repeating it is safe."""
        if self._early:
            self._early.cancel()
        self._maker.close()

    async def _make_until_good(self) -> None:
        while True:
            try:
                made = await self._next()
            except (MakerGone, OSError) as gone:
                self._trouble = str(gone)
                log.error("rules_not_made", reason=self._trouble, ruleset=self._book.current.hash)
                await self._changed(self.standing)
                await asyncio.sleep(_AGAIN_S)
                continue
            if made.verdict.loaded.problems and await self._watch.moved():
                await self._watch.changed()  # it was being written while it was read
                continue
            self._use(made)
            await self._changed(self.standing)
            await self._let_go(made.leaves)
            return

    async def _next(self) -> Made:
        early, self._early = self._early, None
        return await (early or self._make())

    async def _looked_and_made(self) -> Made:
        await self._watch.look()
        return await self._make()

    async def _make(self) -> Made:
        suspect = ""
        while True:
            try:
                return await self._maker.make(self._still_refused())
            except MakerGone as gone:
                if not gone.file or gone.file in self._refused:
                    raise
                if gone.file != suspect:  # once may be anything's fault
                    suspect = gone.file
                    log.warning("rule_reader_ended", reason=str(gone))
                    continue
                self._refused[gone.file] = (self._stamp(gone.file), gone.why)
                log.warning("rule_file_refused", reason=str(gone))

    def _still_refused(self) -> dict[str, str]:
        self._refused = {
            name: (stamp, why)
            for name, (stamp, why) in self._refused.items()
            if stamp == self._stamp(name)
        }
        return {name: f"{why}，改过以后再读" for name, (_, why) in self._refused.items()}

    def _stamp(self, name: str) -> Stamp | None:
        return self._watch.seen.get(str(self._book.folder / name))

    def _use(self, made: Made) -> None:
        took = made.rules.hash != self._book.current.hash or not self._since_s
        self._book.use(made.rules, made.verdict.loaded)
        self._count, self._trouble = made.verdict.count, ""
        self._since_s = time.time() if took else self._since_s
        self._tell()

    def _tell(self) -> None:
        for warning in self._book.loaded.warnings:
            log.warning("rule_warning", reason=str(warning))
        now = self.standing
        for problem in now.problems:
            log.warning("rule_problem", reason=problem)
        log.info("rules", ruleset=now.hash, count=now.count, problems=len(now.problems))

    async def _let_go(self, new: list[object]) -> None:
        """Give up what was in use before, bit by bit: at once would hold everybody up."""
        old, self._leaves = self._leaves, new
        while old:
            old.pop()
            await asyncio.sleep(0)


def _order(book: RuleBook) -> Order:
    return Order(
        folder=Path(book.folder).resolve(),
        vocabulary=book.vocabulary,
        segment=book.segment,
        same_sound=book.same_sound,
    )
