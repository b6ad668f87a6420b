"""`twin` as it is called: mistakes told in Chinese, and two terminals that make a shop."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from commands.app import main
from tests.ports import free_port
from tests.source import ROOT


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--home", "x", "--bot-url", "http://127.0.0.1:1"], "--bot-url 不能与 --home 同用"),
        (["--home", "x", "--host", "192.0.2.1"], "--host 只能是"),
        (["--ports", "80"], "应为三个端口"),
        (["--wrold", "yidian"], "没有选项 --wrold"),
        (["now"], "没有命令 now"),
    ],
)
def test_a_wrong_command_line_is_told_in_chinese(
    argv: list[str], told: str, capsys: pytest.CaptureFixture[str],
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["twin", *argv]) == 2
    assert told in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_home_of_the_environment_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the image the variable is always set, and a twin must not write into a shop."""
    asked: list[Any] = []

    def run(one: Any) -> int:
        asked.append(one)
        return 0

    monkeypatch.setenv("XIAOER_HOME", str(tmp_path))
    monkeypatch.setattr("commands.twin.starting.run", run)
    assert main(["twin"]) == 0
    assert asked[0].home is None


def test_a_world_that_is_not_there_leaves_no_home(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["twin", "--world", "nowhere", "--home", str(tmp_path / "home")]) == 2
    assert "nowhere" in capfd.readouterr().err
    assert not list((tmp_path / "home").iterdir())


class Terminal:
    """One of the two terminals: a program whose lines can be waited for."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []

    async def saying(self, words: str) -> str:
        """Wait until it prints a line with these words, up to 30 s; return the line."""
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            while line := (await self.process.stdout.readline()).decode():
                self.lines.append(line)
                if words in line:
                    return line
        raise AssertionError(f"{words} was never said: {self.lines}")

    async def interrupted(self) -> int:
        """Press Ctrl-C, and return the exit status."""
        self.process.send_signal(signal.SIGINT)
        await self.process.communicate()
        return self.process.returncode or 0


@asynccontextmanager
async def terminal(port: int, *argv: str) -> AsyncIterator[Terminal]:
    """Run a command in a terminal of its own; its server listens on a port that is free here."""
    environment = {
        **os.environ,
        "XIAOER_LISTEN__PORT": str(port),
        "XIAOER_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "run.py"), *argv, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    found = Terminal(process)
    try:
        yield found
    finally:
        if process.returncode is None:
            await found.interrupted()


@pytest.mark.slow
async def test_two_terminals_make_a_shop(tmp_path: Path) -> None:
    home = tmp_path / "shop"
    port = free_port()
    async with terminal(port, "twin", "--world", "yidian", "--home", str(home)) as twin:
        page = (await twin.saying("页面")).split()[1].rstrip("/")
        await twin.saying(f"python run.py serve --home {home}")
        async with terminal(port, "twin", "--home", str(home)) as second:
            await second.saying("已经在运行")
        async with terminal(port, "serve", "--home", str(home)) as served:
            await twin.saying("都绑好了")
            await _someone_comes(page)
            assert await served.interrupted() == 0
        assert await twin.interrupted() == 0
    async with terminal(port, "twin", "--home", str(home)) as again:
        assert (await again.saying("页面")).split()[1].rstrip("/") == page


async def _someone_comes(control: str) -> None:
    """Let 甲 come and ask; the bot's own trace says why it answered, also after a jump in time."""
    async with aiohttp.ClientSession() as http:

        async def tell(path: str, **body: object) -> Any:
            async with http.post(f"{control}/twin/{path}", json=body) as got:
                return await got.json()

        await tell("clock", jump_s=86_400)
        await tell("do", act="scan_oa", who="甲", poster="poster-S012-door", wait_s=5)
        done = await tell("do", act="type", who="甲", text="领券", wait_s=5)
        assert done["saw"], done
        async with http.get(f"{control}/twin/wiring") as got:
            source = (await got.json())["trace"]
        async with http.get(f"{control}/twin/book") as got:
            happened = [one for one in await got.json() if one["kind"] == "happening"]
        query = {"account": "oa-main", "digest": happened[-1]["digest"]}
        headers = {"Authorization": f"Bearer {source['key']}"}
        async with http.get(source["url"], params=query, headers=headers) as got:
            (event,) = (await got.json())["events"]
        assert event["trace"]["text"] == "领券"
