"""Processes of the bot that are forked by a nursery instead of started from nothing."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from commands.play.stage import ROOT, Bot, Process

_LONGEST = 64 * 1024


class Child:
    """One forked program, as `Bot` sees a process."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.Event()

    def send_signal(self, how: int) -> None:
        """Send it a signal. Raises ProcessLookupError when it is gone."""
        os.kill(self.pid, how)

    async def wait(self) -> int:
        """Wait until it ended; return its status, minus the signal that killed it."""
        await self._ended.wait()
        return self.returncode or 0

    def end(self, status: int) -> None:
        """Note that it ended."""
        self.returncode = status
        self._ended.set()


class Nursery:
    """The other end of a nursery: asks for programs, and hears of their deaths."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._children: dict[int, Child] = {}
        self._births: asyncio.Queue[int] = asyncio.Queue()
        self._bearing = asyncio.Lock()
        self._listening = asyncio.create_task(self._listen())

    async def bear(self, told: Mapping[str, object], listener: socket.socket | None) -> Child:
        """Have a program forked, with a listening socket handed down if there is one."""
        async with self._bearing:
            handed = [listener.fileno()] if listener else []
            socket.send_fds(self._channel, [json.dumps(told).encode()], handed)
            return self._children[await self._births.get()]

    async def close(self) -> None:
        """Hear no more; the nursery ends with its channel."""
        self._listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._listening

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        while told := await loop.sock_recv(self._channel, _LONGEST):
            heard: dict[str, int] = json.loads(told)
            if "born" in heard:
                self._children[heard["born"]] = Child(heard["born"])
                self._births.put_nowait(heard["born"])
            elif "died" in heard:
                self._children.pop(heard["died"]).end(heard["status"])


class BornBot(Bot):
    """A bot whose processes come from a nursery."""

    nursery: Nursery

    async def _spawn(self, environment: Mapping[str, str]) -> Process:
        told = {
            "verb": self.verb, "home": str(self.home), "log": str(self.log),
            "environment": dict(environment),
        }  # fmt: skip
        return await self.nursery.bear(told, self.listener)


@asynccontextmanager
async def nursery(environment: Mapping[str, str]) -> AsyncIterator[Nursery]:
    """Run a nursery; programs that still live at the end of the block are killed with it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.drills.nursery", str(theirs.fileno()),
        pass_fds=(theirs.fileno(),), stdin=asyncio.subprocess.DEVNULL, cwd=ROOT,
        env={**os.environ, **environment}, start_new_session=True,
    )  # fmt: skip
    theirs.close()
    ours.setblocking(False)
    if not await asyncio.get_running_loop().sock_recv(ours, _LONGEST):
        raise RuntimeError("the program cannot be imported; see above")
    made = Nursery(ours)
    try:
        yield made
    finally:
        await made.close()
        ours.close()
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        await process.wait()
