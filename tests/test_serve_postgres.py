"""`serve --processes 2` and `work` over a real PostgreSQL and Valkey, as programs of their own."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest

from bot.db.location import Postgres
from bot.db.reading import ask
from bot.db.tx import Row, Tx
from tests.servers import postgres, valkey_url
from tests.source import ROOT
from tests.unplugged import fill_unplugged

pytestmark = pytest.mark.slow
WITHIN_S = 40.0


class Shop:
    """A home of samples whose database is on the server, served by programs."""

    def __init__(self, home: Path, place: Postgres, url: str, door: socket.socket) -> None:
        self.home = home
        self.place = place
        self.base = f"http://127.0.0.1:{door.getsockname()[1]}"
        self._door = door
        self._env = {
            **os.environ,
            "XIAOER_DATABASE": place.dsn,
            "XIAOER_LISTEN__FD": str(door.fileno()),
            **({"XIAOER_REDIS_URL": url} if url else {}),
        }

    @asynccontextmanager
    async def running(self, *words: str) -> AsyncIterator[Process]:
        """One command of the home while the context lasts."""
        with self.log.open("ab") as log:
            program = await asyncio.create_subprocess_exec(
                sys.executable, "run.py", *words, "--home", str(self.home), cwd=ROOT,
                env=self._env, pass_fds=[self._door.fileno()], stdin=DEVNULL, stdout=log,
                stderr=log, start_new_session=True,
            )  # fmt: skip
        try:
            yield program
        finally:
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            await program.wait()

    @property
    def log(self) -> Path:
        """Where the programs tell what they do."""
        return self.home / "serve.log"

    def told(self, event: str) -> list[Mapping[str, object]]:
        """Return what was logged under a name."""
        lines = self.log.read_text("utf-8").splitlines()
        logged = [json.loads(line) for line in lines if line.startswith("{")]
        return [one for one in logged if one["event"] == event]

    def living(self) -> list[Row]:
        """Return the processes alive."""

        async def work(tx: Tx) -> list[Row]:
            now_us = await tx.clock_us()
            return list(await tx.all("SELECT * FROM worker WHERE until_us > ?", now_us))

        return ask(self.place, work)

    async def ready(self) -> bool:
        """Tell whether a process answers that it decides; each asks anew, so any may answer."""
        with suppress(aiohttp.ClientError):
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{self.base}/ready") as answer,
            ):
                return answer.status == 200
        return False

    async def forge(self, count: int) -> None:
        """Send forged callbacks, each by a connection of its own."""
        for _ in range(count):
            async with (
                aiohttp.ClientSession() as session,
                session.post(f"{self.base}/callback/oa-main", data=b"<xml/>") as answer,
            ):
                assert answer.status == 403

    async def forged(self) -> float:
        """Return how many forged callbacks one process says were refused, by all."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.base}/metrics") as answer,
        ):
            lines = (await answer.text()).splitlines()
        counted = [line for line in lines if line.startswith("xiaoer_callbacks_total{")]
        return sum(float(line.rpartition(" ")[2]) for line in counted if "refused" in line)

    async def until(self, met: Callable[[], Awaitable[bool]]) -> None:
        """Wait until something is so; the log tells why it is not."""
        try:
            async with asyncio.timeout(WITHIN_S):
                while not await met():  # noqa: ASYNC110  (other programs ring nothing here)
                    await asyncio.sleep(0.05)
        except TimeoutError:
            pytest.fail(self.log.read_text("utf-8")[-3_000:])

    async def until_living(self, count: int) -> None:
        """Wait until so many processes are alive."""

        async def met() -> bool:
            return len(await asyncio.to_thread(self.living)) == count

        await self.until(met)

    async def until_able(self, count: int) -> None:
        """Wait until so many processes have said, at some time, that they decide."""

        async def met() -> bool:
            return len(self.told("able")) == count

        await self.until(met)


@asynccontextmanager
async def shop(folder: Path, url: str = "") -> AsyncIterator[Shop]:
    """A shop whose door the test holds open, as systemd does."""
    fill_unplugged(folder)
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield Shop(folder, postgres().new(), url, door)


async def ended(program: Process) -> int:
    """Tell a program to stop and return its exit status."""
    program.terminate()
    return await asyncio.wait_for(program.wait(), 20.0)


async def test_two_processes_serve_one_is_killed_and_replaced_and_all_end_well(
    tmp_path: Path,
) -> None:
    async with shop(tmp_path, valkey_url()) as one:
        async with one.running("serve", "--processes", "2") as program:
            await one.until_able(2)
            roles = {(row["role"], row["pid"]) for row in await asyncio.to_thread(one.living)}
            assert {role for role, _ in roles} == {"serve"}
            await one.forge(20)
            assert [await one.forged() for _ in range(5)] == [20] * 5
            os.kill(min(pid for _, pid in roles), signal.SIGKILL)
            await one.until_able(3)
            assert await one.ready()
            assert await ended(program) == 0
        assert one.told("limits_not_shared") == []
        # The one that was killed is alive until its lease ends, and holds nothing.
        assert len(await asyncio.to_thread(one.living)) <= 1


async def test_workers_beside_a_server_divide_the_limits_when_there_is_no_redis(
    tmp_path: Path,
) -> None:
    async with shop(tmp_path) as one, one.running("serve") as server:
        await one.until(one.ready)
        async with one.running("work") as worker:
            await one.until_living(2)
            roles = [row["role"] for row in await asyncio.to_thread(one.living)]
            assert sorted(roles) == ["serve", "work"]

            async def warned() -> bool:
                return len(one.told("limits_not_shared")) == 2

            await one.until(warned)
            assert await ended(worker) == 0
        assert await one.ready()
        assert await ended(server) == 0
