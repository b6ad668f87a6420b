"""A home of many rules that is served, whose files an operator edits while followers type."""

import asyncio
import json
import re
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bench.installation import new_home
from bot.db.location import SqliteFile
from bot.db.tx import Row
from commands.play import peek
from commands.play.stage import ROOT, Bot, listening_socket
from tests.drills.followers import Followers
from tests.reloading import many, rule

PER_FILE = 500
_WITHIN_S = 60.0
_LOOK_S = 0.02
_STALLS = re.compile(r'xiaoer_loop_stall_seconds_bucket\{le="(0\.05|\+Inf)"\} ([0-9.]+)')
_LONGEST = re.compile(r"^xiaoer_loop_lag_seconds ([0-9.e-]+)", re.MULTILINE)


_DECIDED = (
    "SELECT i.state, i.duplicates, t.body AS trace, (SELECT count(*) FROM effect e"
    "    WHERE e.inbox_id = i.id AND e.kind = 'oa_reply') AS replies"
    " FROM inbox i LEFT JOIN trace t ON t.inbox_id = i.id"
    " WHERE i.source = 'callback' AND i.account = 'oa-main'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """How the loop of the server stood still: the longest within 15 s, and how often over 50 ms."""

    longest_s: float
    over: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The server, its rule files, and the followers at its door."""

    home: Path
    bot: Bot
    http: aiohttp.ClientSession
    followers: Followers

    @property
    def edited(self) -> Path:
        """The file that is edited: it holds the rules r0 to r499."""
        return self.home / "rules" / "many" / "f0000.yaml"

    def save(self, word: str) -> None:
        """Let r0 ask for another word, and answer with it."""
        rest = (rule(f"r{n}", word_of(n)) for n in range(1, PER_FILE))
        first = rule("r0", word).replace("reply: 好", f"reply: {word}")
        self.edited.write_text(first + "".join(rest), "utf-8")

    def break_off(self) -> None:
        """Leave the file half written."""
        self.edited.write_text(rule("r0", "不会用到")[:25], "utf-8")

    async def hears(self, word: str) -> bool:
        """Whether a follower who types it now hears it back."""
        return word in (await self.followers.say(word)).heard

    async def status(self) -> Mapping[str, Any]:
        """Return what /status tells."""
        async with self.http.get(f"{self.bot.url}/status") as answer:
            told: Mapping[str, Any] = await answer.json()
            return told

    async def problems(self) -> list[str]:
        """Return what /status says is wrong with the rules."""
        return list((await self.status())["rules"]["problems"])

    async def stood(self) -> Stood:
        """Return how the loop stood still, by what the server itself measures."""
        async with self.http.get(f"{self.bot.url}/metrics") as answer:
            told = await answer.text()
        counted = {edge: float(number) for edge, number in _STALLS.findall(told)}
        longest = _LONGEST.search(told)
        assert longest
        return Stood(longest_s=float(longest[1]), over=int(counted["+Inf"] - counted["0.05"]))

    async def command(self, *words: str) -> tuple[int, str]:
        """Run a command of this home; return its exit status and what it printed."""
        program = await asyncio.create_subprocess_exec(
            sys.executable, str(ROOT / "run.py"), *words, "--home", str(self.home), cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        said, _ = await program.communicate()
        return program.returncode or 0, said.decode()

    def logged(self, event: str) -> list[Mapping[str, Any]]:
        """Return what the server logged under a name."""
        lines = self.bot.log.read_text("utf-8").splitlines()
        told = [json.loads(line) for line in lines if line.startswith("{")]
        return [one for one in told if one["event"] == event]

    def decided(self) -> list[Row]:
        """Return each message taken: its state, and the trace of its decision."""
        return list(peek.rows(SqliteFile(path=self.home / "xiaoer.db"), _DECIDED))


def word_of(number: int) -> str:
    """The word that a rule asks for."""
    return f"词{number}号"


async def seconds_until(met: Callable[[], Awaitable[bool]]) -> float:
    """Return how long it takes until something is so. Raises TimeoutError after 60 s."""
    began_s = time.monotonic()
    async with asyncio.timeout(_WITHIN_S):
        while not await met():  # noqa: ASYNC110  (another process's doing rings nothing here)
            await asyncio.sleep(_LOOK_S)
    return time.monotonic() - began_s


@asynccontextmanager
async def shop(folder: Path, count: int) -> AsyncIterator[Shop]:
    """Have a home with the samples and so many rules more, and a server that is not started yet."""
    home = new_home(folder)
    (home / "rules" / "many").mkdir()
    many(count, home / "rules" / "many", per_file=PER_FILE)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:
        with listening_socket() as listener:
            bot = Bot(home, listener, http)
            try:
                yield Shop(home=home, bot=bot, http=http, followers=Followers(bot.url, http))
            finally:
                await bot.kill()
