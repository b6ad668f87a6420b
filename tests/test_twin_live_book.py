"""The book by HTTP: as lines, and live as it is written; and where the twin listens."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.source import ROOT
from tests.twin_bot import Json, Scene, on_stage
from twin.app import Ports, open_twin
from twin.world_file import load

EVERYWHERE = "0.0.0.0"  # noqa: S104  # what is tested is the warning


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def events(got: aiohttp.ClientResponse, count: int) -> list[dict[str, str]]:
    """Return the next events of a stream, each as its fields."""
    found: list[dict[str, str]] = []
    fields: dict[str, str] = {}
    async with asyncio.timeout(3):
        while len(found) < count:
            line = (await got.content.readline()).decode().rstrip("\n")
            name, _, text = line.partition(": ")
            if line:
                fields[name] = text
            elif fields:
                found.append(fields)
                fields = {}
    return found


async def test_the_book_is_read_as_lines_from_where_the_reader_was(
    scene: Scene, tmp_path: Path
) -> None:
    await scene.do("follow", "甲")
    for since in (0, 3):
        url = scene.twin.control(f"/twin/book?since={since}&format=jsonl")
        async with scene.http.get(url) as got:
            assert got.content_type == "application/x-ndjson"
            lines = (await got.text()).splitlines()
        assert lines == (tmp_path / "book.jsonl").read_text("utf-8").splitlines()[since:]
    assert "jsonl" in str((await scene.control("book?format=csv"))["error"])


async def test_the_book_is_told_live_in_order_and_without_a_gap(scene: Scene) -> None:
    async with scene.http.get(scene.twin.control("/twin/book/live?since=0")) as got:
        assert got.headers["Content-Type"].startswith("text/event-stream")
        already = len(await scene.book("settings")) + len(await scene.book("wire"))
        await scene.do("follow", "甲")
        told = await events(got, already + 2)
    assert [one["event"] for one in told][-2:] == ["happening", "callback"]
    assert [int(one["id"]) for one in told] == list(range(1, already + 3))
    entry = json.loads(told[-1]["data"])
    assert (entry["n"], entry["who"]) == (already + 2, "甲")


async def test_a_reader_that_comes_back_goes_on_where_it_was(scene: Scene) -> None:
    await scene.do("follow", "甲")
    entries = len(scene.twin.stage.book.entries)
    headers = {"Last-Event-ID": str(entries - 1)}
    url = scene.twin.control("/twin/book/live")
    async with scene.http.get(url, headers=headers) as got:
        assert [one["id"] for one in await events(got, 1)] == [str(entries)]
    async with scene.http.get(url) as got:  # without a place: what comes next
        await scene.do("unfollow", "甲")
        assert [one["event"] for one in await events(got, 1)] == ["happening"]


async def test_a_live_reader_is_let_go_when_the_twin_stops(tmp_path: Path) -> None:
    async with aiohttp.ClientSession() as http:
        began = asyncio.get_running_loop().time()
        async with open_twin(load(Path("yidian")), tmp_path / "book.jsonl") as twin:
            got = await http.get(twin.control("/twin/book/live?since=0"))
        assert await got.read() == b""
        got.close()
    assert asyncio.get_running_loop().time() - began < 0.9


def test_a_twin_is_reached_on_loopback_wherever_it_listens() -> None:
    assert Ports(host=EVERYWHERE).address(8001) == "http://127.0.0.1:8001"
    assert Ports(host="::1").address(8001) == "http://[::1]:8001"
    assert Ports(host="192.0.2.7").address(8001) == "http://192.0.2.7:8001"


@pytest.mark.parametrize(("host", "warned"), [(EVERYWHERE, True), ("127.0.0.1", False)])
async def test_listening_for_others_is_warned_of(tmp_path: Path, host: str, warned: bool) -> None:
    book = str(tmp_path / "b.jsonl")
    argv = ["-m", "twin", "--book", book, "--ports", "0,0,0", "--host", host]
    pipe = asyncio.subprocess.PIPE
    program = await asyncio.create_subprocess_exec(
        sys.executable, *argv, stdout=pipe, stderr=pipe, cwd=ROOT
    )
    assert program.stdout is not None and program.stderr is not None
    ready: Json = json.loads(await program.stdout.readline())
    program.terminate()
    told = (await program.stderr.read()).decode()
    assert await program.wait() == 0
    assert str(ready["control"]).startswith("http://127.0.0.1:")
    assert ("警告" in told and host in told) is warned
