"""Somebody who follows a channel's page: types its commands, and saves in the twin's console."""

import asyncio
import os
import re
import shlex
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp

from commands.parts.compose import open_home
from config.accounts import Account, AibotAccount, OaAccount
from tests.pages import blocks
from tests.source import ROOT
from tests.test_docs import PYTHON
from tests.twin_bot import AT_ONCE, Bot, Json, Scene
from twin.app import Running, open_twin
from twin.world import World
from twin.world_file import load

ADDRESS = "https://bot.example.com"  # what the pages call the public address
SECRET = "5ecretThatSomebodyTyped000000001"
READY_S = 20.0
LOG = "serve.log"
_EVENT = re.compile(r"(?<=^EVENT=).*", re.MULTILINE)
_DECIDED = re.compile(r'"event_id":"(\w+)".*"event":"decided"')


@dataclass(slots=True, kw_only=True)
class Reader:
    """Follows one page in a folder that stands for `~`. `told` is what every command printed."""

    folder: Path
    port: int
    told: list[str] = field(default_factory=list)

    @property
    def home(self) -> Path:
        """Return the home that the pages make."""
        return self.folder / "xiaoer"

    @property
    def account(self) -> Account:
        """Return the one account of the home."""
        (account,) = open_home(self.home).settings.accounts
        return account

    async def types(self, script: str) -> str:
        """Type commands and return what they print; a finding (exit 1) is no failure."""
        typing = await self._start(script)
        printed, _ = await asyncio.wait_for(typing.communicate(SECRET.encode()), 60)
        told = printed.decode()
        assert typing.returncode in (0, 1), f"{script}\n{told}"
        self.told.append(told)
        return told

    @asynccontextmanager
    async def serves(self, script: str) -> AsyncIterator[None]:
        """Leave this command running in another terminal, once it answers."""
        log = self.folder / LOG
        with log.open("wb") as out:
            server = await self._start(script, out.fileno())
        try:
            await self._ready(server, log)
            yield
        finally:
            if server.returncode is None:
                server.send_signal(signal.SIGINT)
            await asyncio.wait_for(server.wait(), 30)

    def calls_the_twin(self, twin: Running) -> None:
        """Let the home's account call the twin instead of the real platform."""
        settings = self.home / "settings.yaml"
        host = "oa" if isinstance(self.account, OaAccount) else "wecom"
        line = f"    api_base: {twin.stage.bases[host]}\n"
        text = settings.read_text("utf-8")
        settings.write_text(re.sub(r"(?m)^(    kind: \w+\n)", rf"\1{line}", text), "utf-8")

    async def _start(
        self, script: str, out: int = asyncio.subprocess.PIPE
    ) -> asyncio.subprocess.Process:
        script = script.replace(ADDRESS, f"http://127.0.0.1:{self.port}")
        return await asyncio.create_subprocess_exec(
            "/bin/sh", "-e", "-c", _own_python(script),
            cwd=ROOT, env=self._environment(),
            stdin=asyncio.subprocess.PIPE, stdout=out, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip

    def _environment(self) -> Mapping[str, str]:
        return {**os.environ, "HOME": str(self.folder), "XIAOER_LISTEN__PORT": str(self.port)}

    async def _ready(self, server: asyncio.subprocess.Process, log: Path) -> None:
        async with aiohttp.ClientSession() as http, asyncio.timeout(READY_S):
            while server.returncode is None:
                try:
                    async with http.get(f"http://127.0.0.1:{self.port}/ready") as got:
                        if got.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.1)
        raise AssertionError(await asyncio.to_thread(log.read_text, "utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A page followed up to its running server: the reader, the twin, the commands not typed."""

    reader: Reader
    scene: Scene
    left: tuple[str, ...]

    async def saves(self) -> Json:
        """Click «保存» in the console, with the address that `init` printed."""
        account = self.reader.account
        url = f"http://127.0.0.1:{self.reader.port}{account.callback_path}"
        return await self.scene.control("verify", {"account": account.id, "url": url})

    async def reads(self, who: str, words: str) -> None:
        """Wait up to 5 s until these words are on somebody's phone."""
        seen: list[Json] = []
        for _ in range(100):
            seen = await self.scene.phone(who)
            if any(words in str(one["text"]) for one in seen):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{who} never read {words}: {seen}")

    async def why(self, script: str, words: str) -> None:
        """Type the page's `why` for events of the log until one has these words; raise if none."""
        told = ""
        for _ in range(10):
            log = (self.reader.folder / LOG).read_text("utf-8")
            for event in reversed(_DECIDED.findall(log)):
                told = await self.reader.types(_EVENT.sub(event, script))
                if words in told:
                    return
            await asyncio.sleep(0.5)
        raise AssertionError(f"no event tells {words}: {told}")


@asynccontextmanager
async def followed(
    page: Path, folder: Path, *, mode: str = "safe", forgotten: str = "\0"
) -> AsyncIterator[Opened]:
    """Type a page's commands up to `serve`, at a twin that has the keys of the home so made.

    `mode` is how the twin's Official Account sends; lines that hold `forgotten` are not typed.
    """
    scripts = [
        "\n".join(line for line in one.lines if forgotten not in line)
        for one in blocks(page)
        if one.tag == "console"
    ]
    serve = next(number for number, one in enumerate(scripts) if "run.py serve" in one)
    reader = Reader(folder=folder, port=_free_port())
    for script in scripts[:serve]:
        await reader.types(script)
    world = _with_keys(load(Path("yidian")), reader.account, mode)
    async with (
        open_twin(world, folder / "book.jsonl") as twin,
        aiohttp.ClientSession() as http,
    ):
        reader.calls_the_twin(twin)
        scene = Scene(twin, Bot({}), http)
        await scene.control("settings", AT_ONCE)
        async with reader.serves(scripts[serve]):
            yield Opened(reader=reader, scene=scene, left=tuple(scripts[serve + 1 :]))


def _own_python(script: str) -> str:
    """Return a script with this Python for `python`; its last command takes the shell's place."""
    own = shlex.quote(sys.executable)
    *before, last = (PYTHON.sub(lambda found: found[1] + own, one) for one in script.splitlines())
    return "\n".join([*before, f"exec {last}" if last.startswith(own) else last])


def _with_keys(world: World, account: Account, mode: str) -> World:
    """Return the world whose account of this kind has what the home has."""
    token = account.token.get_secret_value()
    if isinstance(account, OaAccount):
        aes_key = account.aes_key.get_secret_value() if account.aes_key else world.oa[0].aes_key
        oa = replace(
            world.oa[0], appid=account.appid, token=token, aes_key=aes_key,
            secret=SECRET, mode=mode,
        )  # fmt: skip
        return replace(world, oa=(oa,))
    aes_key = account.aes_key.get_secret_value()
    if isinstance(account, AibotAccount):
        bot = replace(world.aibot[0], name=account.name, token=token, aes_key=aes_key)
        return replace(world, aibot=(bot,))
    app = replace(
        world.wecom[0], corpid=account.corpid, agentid=account.agentid, token=token,
        aes_key=aes_key, secret=SECRET,
    )  # fmt: skip
    return replace(world, wecom=(app,))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
