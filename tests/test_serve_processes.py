"""`serve --processes N`: a parent that keeps its children at work, and stops them in order."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from pathlib import Path

import pytest

from commands.app import main
from commands.parts.compose import fill
from tests.source import ROOT

WITHIN_S = 20.0


@asynccontextmanager
async def parent(folder: Path, behaviour: str) -> AsyncIterator[Process]:
    """A parent of two children in a process of its own."""
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.children", str(folder), behaviour,
        cwd=ROOT, stderr=PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        yield started
    finally:
        with suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
        await started.communicate()


async def until(met: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(WITHIN_S):
        while not met():  # noqa: ASYNC110  (another process's doing rings nothing here)
            await asyncio.sleep(0.02)


def born(folder: Path) -> set[int]:
    return {int(path.name) for path in folder.iterdir()}


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def test_told_to_stop_it_stops_its_children_and_all_is_well(tmp_path: Path) -> None:
    async with parent(tmp_path, "good") as started:
        await until(lambda: len(born(tmp_path)) == 2)
        started.terminate()
        assert await asyncio.wait_for(started.wait(), WITHIN_S) == 0
    assert not any(map(alive, born(tmp_path)))


async def test_a_child_that_dies_is_started_again(tmp_path: Path) -> None:
    async with parent(tmp_path, "good") as started:
        await until(lambda: len(born(tmp_path)) == 2)
        killed = min(born(tmp_path))
        os.kill(killed, signal.SIGKILL)
        await until(lambda: len(born(tmp_path)) == 3)
        started.terminate()
        assert await asyncio.wait_for(started.wait(), WITHIN_S) == 0


async def test_a_child_that_dies_again_and_again_is_started_more_and_more_rarely(
    tmp_path: Path,
) -> None:
    async with parent(tmp_path, "good"):
        await until(lambda: len(born(tmp_path)) == 2)
        survivor, moments = max(born(tmp_path)), [time.monotonic()]
        while len(moments) < 4:
            known = born(tmp_path)
            os.kill(max(pid for pid in known if alive(pid) and pid != survivor), signal.SIGKILL)
            await until(lambda known=known: len(born(tmp_path)) > len(known))  # type: ignore[misc]  # bound now
            moments.append(time.monotonic())
    first, _, third = (after - before for before, after in pairwise(moments))
    assert third > first + 0.2


async def test_the_second_word_to_stop_waits_for_nobody(tmp_path: Path) -> None:
    async with parent(tmp_path, "stubborn") as started:
        await until(lambda: len(born(tmp_path)) == 2)
        started.terminate()
        await asyncio.sleep(0.3)
        assert started.returncode is None
        started.terminate()
        assert await asyncio.wait_for(started.wait(), 5.0) == 0


async def test_a_child_that_hears_nothing_is_ended_and_that_is_not_well(tmp_path: Path) -> None:
    async with parent(tmp_path, "deaf") as started:
        await until(lambda: len(born(tmp_path)) == 2)
        started.terminate()
        await asyncio.sleep(0.1)
        started.terminate()
        assert await asyncio.wait_for(started.wait(), 5.0) == 1
    assert not any(map(alive, born(tmp_path)))


async def test_children_without_a_parent_stop(tmp_path: Path) -> None:
    async with parent(tmp_path, "good") as started:
        await until(lambda: len(born(tmp_path)) == 2)
        started.kill()
        await started.wait()
        await until(lambda: not any(map(alive, born(tmp_path))))


async def test_a_mistake_that_no_restart_mends_ends_it_with_its_message(tmp_path: Path) -> None:
    async with parent(tmp_path, "mistaken") as started:
        _, told = await asyncio.wait_for(started.communicate(), WITHIN_S)
        assert started.returncode == 2
    assert "设置有问题" in told.decode()
    assert len(born(tmp_path)) <= 2


def test_on_sqlite_several_processes_are_refused_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path)
    began = time.monotonic()
    assert main(["serve", "--home", str(tmp_path), "--processes", "2"]) == 2
    assert time.monotonic() - began < 2.0
    told = capsys.readouterr().err
    assert "SQLite 只能由一个进程服务" in told
    assert "postgresql://" in told
    assert not (tmp_path / "xiaoer.db").exists()


@pytest.mark.parametrize("count", ["0", "-1", "65"])
def test_a_number_of_processes_that_makes_no_sense_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], count: str
) -> None:
    fill(tmp_path)
    assert main(["serve", "--home", str(tmp_path), "--processes", count]) == 2
    assert "1 到 64" in capsys.readouterr().err
