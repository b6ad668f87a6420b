"""A running rig: its processes, their deaths, the load, the twin's clock, and the verdict."""

import asyncio
import contextlib
import random
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from signal import SIGKILL, SIGTERM

from commands.audit.script import Kill, Script
from commands.parts.problems import Stop
from commands.play import peek
from commands.play.morning import wire
from commands.play.stage import Bot, Twin
from tests.drills.engines import Store
from tests.drills.load import AT_ONCE, Crowd, Loaded
from tests.drills.points import ARMED, DEATHS
from tests.drills.verdict import Judged, Killed, judge

_LOOK_S = 0.1
_STUCK_S = 2.0  # nothing moved for so long: what is owed waits for its time
_JUMP_S = 5
_PORTS = range(20_000, 32_000)  # below those the system gives to callers
_UNFINISHED = (
    "SELECT (SELECT count(*) FROM inbox WHERE state = 'new')"
    " + (SELECT count(*) FROM effect WHERE state = 'sending' OR state = 'ready'"
    "    AND (attempts > 0 OR next_us <= ?)) AS n"
)
_SOON_US = 120 * 1_000_000  # what is put off for longer waits for an hour somebody named


@dataclass(frozen=True, slots=True)
class Armed:
    """The passing of a label at which a process is to die."""

    label: str
    passing: int = 1


class Rig:
    """A twin, a home, one `serve` and, on a server's database, more `work` beside it."""

    def __init__(self, home: Path, twin: Twin, bots: list[Bot], kept: Store) -> None:
        self.home = home
        self.twin = twin
        self.bots = bots  # the first serves, the others only work
        self.store = kept
        self.location = kept.location
        self.kills: list[Killed] = []
        self.since = 0  # the book counts from the entry after this one
        self.crowd: Crowd
        self.port = int(bots[0].url.rpartition(":")[2])
        self._ahead_s = 0.0  # of the twin's clock over ours
        self._armed: dict[int, Armed | None] = {}

    # --- processes ---

    async def open(self) -> None:
        """Start every process, and let the platforms verify and bind the callback addresses."""
        for process in range(len(self.bots)):
            if not self.bots[process].running:
                await self.start(process)
        await self.ready()
        await wire(self.twin, await self.twin.get("wiring"), self.bots[0].url)
        await self.settled()

    async def forget(self) -> None:
        """Let what the twin's book holds so far prove nothing, with a database begun anew."""
        entries = await self.twin.get("book", since=str(self.since))
        self.since = max((one["n"] for one in entries), default=self.since)
        self.kills.clear()

    async def close(self) -> None:
        """End every process, and let go of the port."""
        await asyncio.gather(*(bot.stop() for bot in self.bots))
        if self.bots[0].listener:
            self.bots[0].listener.close()

    async def start(
        self, process: int = 0, armed: Armed | None = None, *, refusing: bool = False
    ) -> None:
        """Start a process in the place of one that ended, without waiting until it is ready.

        `armed` makes it kill itself at a labelled point (`death` waits for that). `refusing`: it
        binds the port by itself, and connections are refused until then.
        """
        bot = self.bots[process]
        if process == 0:
            self._hold_port(bot, refusing=refusing)
        self._armed[process] = armed
        more = {}
        if armed:
            more = {
                ARMED: f"{armed.label}:{armed.passing}",
                DEATHS: str(self._deaths(process)),
            }
        await bot.start(**more)

    async def ready(self, process: int = 0) -> bool:
        """Wait until a serving process decides, which ends the outage that its death began.

        False when it died before that. Raises Stop, with the end of its log, when it hangs.
        """
        bot = self.bots[process]
        try:
            await bot.until_ready()
        except Stop:
            if bot.running or await bot.wait() != -SIGKILL:
                raise
            return False
        self.came_back(process)
        return True

    async def kill(self, process: int = 0, point: str = "random") -> Killed:
        """Kill a process as a pulled plug does and note it; it stays down until `start`."""
        self.bots[process].send(SIGKILL)
        at = self.now()
        await self.bots[process].wait()
        return self._note(process, at, point)

    async def leave(self, process: int = 0) -> int:
        """Ask a process to leave, as a planned stop does, note it, and return its exit status."""
        self.bots[process].send(SIGTERM)
        at = self.now()
        status = await self.bots[process].wait()
        self._note(process, at, "asked to leave")
        return status

    @contextlib.contextmanager
    def outage(self, what: str) -> Iterator[None]:
        """Note that callbacks cannot be taken while the block lasts, though no process dies."""
        noted = self._note(-1 - len(self.kills), self.now(), what)
        try:
            yield
        finally:
            self.came_back(noted.process)

    async def death(self, process: int = 0, within_s: float = 10.0) -> Killed | None:
        """Wait until an armed process has died at its point; None when it did not come by."""
        bot, armed = self.bots[process], self._armed.get(process)
        try:
            async with asyncio.timeout(within_s):
                status = await bot.wait()
        except TimeoutError:
            return None
        if status != -SIGKILL or armed is None:
            return None
        last = self._deaths(process).read_text().splitlines()[-1]
        return self._note(process, float(last.rpartition(" ")[2]) + self._ahead_s, armed.label)

    def came_back(self, process: int) -> None:
        """Note that a process can be reached again."""
        for at, one in enumerate(self.kills):
            if one.process == process and one.back == float("inf"):
                self.kills[at] = replace(one, back=self.now())

    # --- people ---

    async def load(self, callbacks: int, *, per_s: float, at_once: int = AT_ONCE) -> Loaded:
        """Let customers act at a pace until the platform has told so many callbacks more.

        `at_once` of them act side by side; each waits for the answer before the next act.
        """
        await self.crowd.act(callbacks, per_s, at_once)
        return self.crowd.loaded

    # --- the clock ---

    def now(self) -> float:
        """Return the twin's time."""
        return time.time() + self._ahead_s

    async def jump(self, seconds: float) -> None:
        """Turn the twin's clock on; the bot follows within a moment."""
        await self.twin.post("clock", jump_s=seconds)
        await self.read_clock()

    async def read_clock(self) -> None:
        """Learn how far the twin's clock is ahead of ours."""
        self._ahead_s = float((await self.twin.get("clock"))["offset_s"])

    # --- the end ---

    async def settled(self, within_s: float = 120.0) -> bool:
        """Wait until nothing is delivered, decided or owed any more; False when it takes longer.

        Where nothing moves for a while the clock is turned on, since what is owed waits for it.
        """
        deadline = time.monotonic() + within_s
        left, since = -1, time.monotonic()
        while time.monotonic() < deadline:
            await self.twin.post("idle", wait_s=1.0)
            found = await self.unfinished()
            if found == 0 and await self._idle():
                return True
            if found != left:
                left, since = found, time.monotonic()
            elif time.monotonic() - since > _STUCK_S:
                since = time.monotonic()
                await self.jump(_JUMP_S)
            await asyncio.sleep(_LOOK_S)
        return False

    async def _idle(self) -> bool:
        # What was answered a moment ago may have owed something new, so both must hold together.
        told = await self.twin.post("idle", wait_s=1.0)
        return bool(told.get("idle", True)) and await self.unfinished() == 0

    async def unfinished(self) -> int:
        """Return how many inbox rows and effects are not settled; what is put off is left out."""
        soon_us = int(self.now() * 1_000_000) + _SOON_US
        (row,) = await asyncio.to_thread(peek.rows, self.location, _UNFINISHED, soon_us)
        return int(row["n"])

    async def judge(self, *, troubled: bool = False) -> Judged:
        """Compare the twin's book with the tables; give it a quiet moment.

        `troubled`: the platform broke exchanges, which explains unknown effects as kills do.
        """
        book = await self.twin.lines(f"book?format=jsonl&since={self.since}")
        contacts = {who: await self.twin.get(f"contact/{who}") for who in self.crowd.names}
        script = Script(
            promises=tuple(self.crowd.loaded.promises),
            kills=tuple(Kill(at=one.at, number=one.number) for one in self.kills),
        )
        (self.home / "script.json").write_bytes(script.to_json())
        return await asyncio.to_thread(
            judge, book, contacts, script, self.location, self.kills, troubled=troubled
        )

    def _note(self, process: int, at: float, point: str) -> Killed:
        killed = Killed(number=len(self.kills) + 1, process=process, at=at, point=point)
        self.kills.append(killed)
        return killed

    def _deaths(self, process: int) -> Path:
        return self.home / f"deaths-{process}"

    def _hold_port(self, bot: Bot, *, refusing: bool) -> None:
        if refusing and bot.listener:
            bot.listener.close()
            bot.listener = None
        elif not refusing and bot.listener is None:
            bot.listener = listening_on(self.port)


def listening_on(port: int) -> socket.socket:
    """Return a socket that listens on a port of this machine; 0 takes a free one of ours.

    The system gives none of these to callers, so the port stays free while nobody listens.
    """
    ports = [port] if port else random.sample(_PORTS, len(_PORTS))
    for one in ports:
        with contextlib.suppress(OSError):
            listener = socket.create_server(("127.0.0.1", one), backlog=512)
            listener.set_inheritable(True)
            return listener
    raise OSError(f"no port to listen on: {port or 'any'}")
