"""The page about trying any bot: its example bot, its calls and its script, run as they stand."""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.pages import blocks
from tests.ports import free_port
from tests.source import ROOT

PAGE = ROOT / "docs" / "how-to" / "twin.md"


def example(tag: str, holding: str) -> str:
    """Return the one block of the page with this tag that holds these words."""
    found = ["\n".join(block.lines) for block in blocks(PAGE) if block.tag == tag]
    (text,) = [one for one in found if holding in one]
    return text + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """The example bot beside a twin of its own, and the environment that the page speaks of."""

    environment: Mapping[str, str]

    async def shell(self, text: str, folder: Path) -> str:
        """Run a block of the page in a shell; return what it printed."""
        return await self.ran(folder, "/bin/sh", "-ec", text)

    async def ran(self, folder: Path, *argv: str, fails: bool = False) -> str:
        """Run a program with the page's environment; return what it printed."""
        program = await asyncio.create_subprocess_exec(
            *argv, env=self.environment, cwd=folder,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        out, _ = await program.communicate()
        assert (program.returncode != 0) is fails, out.decode()
        return out.decode()

    async def play(self, script: Path, *, fails: bool = False) -> str:
        """Play a script of one's own against the bot, by the command of the page."""
        words = example("sh", "twin play").split()
        assert words.pop(0) == "python"
        words[words.index("first.yaml")] = str(script)
        words[words.index('"$BOT"')] = self.environment["BOT"]
        words[words.index("run.py")] = str(ROOT / "run.py")
        return await self.ran(script.parent, sys.executable, *words, fails=fails)


@asynccontextmanager
async def program(*argv: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a program until the context ends."""
    found = await asyncio.create_subprocess_exec(
        *argv, env={**os.environ, **environment}, cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield found
    finally:
        with contextlib.suppress(ProcessLookupError):
            found.terminate()
        await found.communicate()


@pytest.fixture
async def tried(tmp_path: Path) -> AsyncIterator[Tried]:
    run = (sys.executable, str(ROOT / "run.py"), "twin", "--world", "yidian")
    async with program(*run, "--book", str(tmp_path / "book.jsonl")) as twin:
        assert twin.stdout is not None
        control = json.loads(await asyncio.wait_for(twin.stdout.readline(), 20))["control"]
        port = free_port()
        bot = example("python", "HTTPServer")
        async with program(sys.executable, "-c", bot, TWIN=control, PORT=str(port)):
            await listening(port)
            more = {"TWIN": control, "BOT": f"http://127.0.0.1:{port}"}
            yield Tried(environment={**os.environ, **more})


async def listening(port: int) -> None:
    """Wait until somebody listens on a port, up to 10 s."""
    for _ in range(200):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"nobody listens on {port}")


async def test_the_example_bot_answers_and_the_calls_and_the_script_of_the_page_work(
    tried: Tried, tmp_path: Path
) -> None:
    missing = [tool for tool in ("curl", "jq") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"{'、'.join(missing)} is not installed")
    looked = await tried.shell(example("sh", "scan_oa"), tmp_path)
    assert '"ok": true' in looked
    assert "收到：在吗" in looked
    sent = await tried.shell(example("sh", "custom/send"), tmp_path)
    assert sent.endswith("亲，在的\n")
    wired = await tried.shell(example("sh", '"trace"'), tmp_path)
    assert json.loads(wired)["trace"]["ok"]
    script = tmp_path / "first.yaml"
    script.write_text(example("yaml", "expect"), "utf-8")
    await tried.play(script)
    script.write_text(script.read_text("utf-8").replace("收到：你好", "再见"), "utf-8")
    told = await tried.play(script, fails=True)
    assert "first.yaml:3" in told
    assert "再见" in told


def test_the_example_bot_is_as_short_as_its_heading_says() -> None:
    code = [line for line in example("python", "HTTPServer").splitlines() if line.strip()]
    assert len(code) <= 45


def test_the_example_bot_knows_nothing_of_this_project() -> None:
    bot = example("python", "HTTPServer")
    ours = ("bot.", "twin.", "commands", "config", "handlers")
    lines = [line for line in bot.splitlines() if line.startswith(("import", "from"))]
    assert not [line for line in lines if any(f" {name}" in line for name in ours)]


def test_the_commands_of_the_page_name_options_that_exist() -> None:
    told = subprocess.run(
        [sys.executable, "run.py", "twin", "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    for option in ("--world", "--home", "--book", "--ports", "--host", "--bot-url", "--set"):
        assert option in told
