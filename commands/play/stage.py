"""The stage of the demonstration: twin and bot as separate processes on loopback, wired up.

The bot's listening socket belongs to the stage and is handed down, so that a customer's callback
waits a moment while the bot restarts instead of being refused.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import yaml

from commands.parts.problems import stop
from commands.play.furnish import fill_for
from config.whole import write_whole

ROOT = Path(__file__).resolve().parents[2]
TILL, TILL_SECRET = "till", "demo-till-and-members-system"
_START_WITHIN_S = 30.0
_LOOK_S = 0.02
_ONE_LOOK = aiohttp.ClientTimeout(total=1.0)  # a socket without its process answers nobody


class Twin:
    """The twin as a separate process, and its control by HTTP."""

    def __init__(self, session: aiohttp.ClientSession, ready: Mapping[str, Any]) -> None:
        self._session = session
        self.control = str(ready["control"])
        self.oa_base = str(ready["oa_base"])
        self.wecom_base = str(ready["wecom_base"])

    async def get(self, path: str, **query: str) -> Any:
        """Ask the twin for something."""
        async with self._session.get(f"{self.control}/twin/{path}", params=query) as response:
            return await response.json()

    async def lines(self, path: str) -> list[Any]:
        """Ask the twin for something that it gives a line at a time."""
        async with self._session.get(f"{self.control}/twin/{path}") as response:
            return [json.loads(line) for line in (await response.text()).splitlines()]

    async def post(self, path: str, **body: object) -> Any:
        """Tell the twin to do something; a refusal comes back as {"error": …}."""
        async with self._session.post(f"{self.control}/twin/{path}", json=body) as response:
            return await response.json()

    async def delete(self, path: str) -> Any:
        """Have the twin take something away."""
        async with self._session.delete(f"{self.control}/twin/{path}") as response:
            return await response.json()

    async def do(self, act: str, who: str, *, wait_s: float = 10.0, **more: object) -> Any:
        """Let a person do something and wait until its callback was answered."""
        return await self.post("do", act=act, who=who, wait_s=wait_s, **more)


class Process(Protocol):
    """What is asked of a process, however it was started."""

    @property
    def returncode(self) -> int | None:
        """How it ended, None while it runs."""

    def send_signal(self, how: int, /) -> None:
        """Send it a signal. Raises ProcessLookupError when it is gone."""

    async def wait(self) -> int:
        """Wait until it ended, and return how."""


class Bot:
    """The bot as a separate process that can be killed and started again.

    `verb` is serve, or work for one that only works off what is owed; `environment` is added to
    what the process sees, a database of another engine for instance.
    """

    def __init__(
        self,
        home: Path,
        listener: socket.socket | None,
        session: aiohttp.ClientSession,
        *,
        verb: str = "serve",
        name: str = "serve",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.home = home
        self.verb = verb
        self.log = home / f"{name}.log"
        self._session = session
        self._environment = dict(environment or {})
        self._process: Process | None = None
        self.listener = listener  # None = it binds the port of its settings by itself
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}" if listener else ""
        self.starts = 0

    async def start(self, **environment: str) -> None:
        """Start the process; it accepts before it is ready to decide."""
        self.starts += 1
        self._process = await self._spawn({**self._environment, **environment})

    async def _spawn(self, environment: Mapping[str, str]) -> Process:
        seen = {**os.environ, **environment}
        handed: tuple[int, ...] = ()
        if self.listener:
            handed = (self.listener.fileno(),)
            seen["XIAOER_LISTEN__FD"] = str(self.listener.fileno())
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, str(ROOT / "run.py"), self.verb, "--home", str(self.home),
                pass_fds=handed, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=ROOT, env=seen,
                start_new_session=True,  # a Ctrl-C is for the play, which then ends it in order
            )  # fmt: skip

    @property
    def running(self) -> bool:
        """Whether there is a process that has not ended."""
        return self._process is not None and self._process.returncode is None

    async def until_ready(self) -> None:
        """Wait until the bot decides; stops with the end of its log when it does not."""
        deadline = time.monotonic() + _START_WITHIN_S
        while time.monotonic() < deadline and self.running:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with self._session.get(f"{self.url}/ready", timeout=_ONE_LOOK) as response:
                    if response.status == HTTPStatus.OK:
                        return
            await asyncio.sleep(_LOOK_S)
        stop(f"店小二没有起来，日志末尾：\n{self.log_tail()}")

    def log_tail(self) -> str:
        """Return the last lines of the bot's log."""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-12:])

    async def kill(self) -> None:
        """Kill the process as a power cut would: no chance to finish anything."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """Ask the process to finish what is under way and leave; return its exit status."""
        return await self._end(signal.SIGTERM)

    def send(self, how: signal.Signals) -> None:
        """Send the process a signal, if there is one."""
        if self.running and self._process:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(how)

    async def _end(self, how: signal.Signals) -> int:
        self.send(how)
        return await self.wait()

    async def wait(self) -> int:
        """Wait until the process ends; return its exit status, 0 when there was none."""
        return await self._process.wait() if self._process else 0


@asynccontextmanager
async def twin_running(
    home: Path, session: aiohttp.ClientSession, world: str = "yidian"
) -> AsyncIterator[Twin]:
    """Run the twin with its book in the home until the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "twin", "--world", world,
        "--book", str(home / "twin-book.jsonl"), "--ports", "0,0,0",
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, cwd=ROOT,
        start_new_session=True,
    )  # fmt: skip
    if process.stdout is None:
        raise RuntimeError("the twin was started without a pipe")
    try:
        line = await asyncio.wait_for(process.stdout.readline(), _START_WITHIN_S)
        if not line:
            stop("平台仿真（twin）没有起来，请看上面的错误")
        yield Twin(session, json.loads(line))
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def listening_socket() -> socket.socket:
    """Return a socket that listens on a free port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    listener.set_inheritable(True)
    return listener


def write_home(
    home: Path, wiring: Mapping[str, Any], *, url: str, bases: Mapping[str, str], clock: str
) -> None:
    """Write a home that talks to the twin: its world's content, the twin's keys and addresses."""
    home.mkdir(parents=True, exist_ok=True)
    write_settings(home, settings_of(wiring, url=url, bases=bases, clock=clock), by="demo")
    fill_for(home, str(wiring["world"]))
    (home / "names.json").write_text(
        json.dumps(_names(wiring), ensure_ascii=False, indent=1), "utf-8"
    )


def settings_of(
    wiring: Mapping[str, Any], *, url: str, bases: Mapping[str, str], clock: str
) -> dict[str, object]:
    """Return the settings of a bot at `url` that talks to the twin at `bases` and by its clock."""
    accounts = [_account(a, bases) for a in wiring["accounts"]]
    return {
        "listen": {"host": "127.0.0.1", "port": int(url.rsplit(":", 1)[1])},
        "public_url": url,
        "twin_clock_url": clock,
        "accounts": accounts + [_aibot(one, bases) for one in wiring["aibots"]],
        "sources": sources(wiring),
    }


def write_settings(home: Path, settings: Mapping[str, object], *, by: str) -> None:
    """Write a home's settings whole, mode 0600; the first line says which command did, `by`."""
    text = yaml.safe_dump(dict(settings), allow_unicode=True, sort_keys=False)
    told = f"# 由 {by} 写成：接的是本机的平台仿真\n{text}"
    write_whole(home / "settings.yaml", told.encode(), mode=0o600)


def _account(account: Mapping[str, Any], bases: Mapping[str, str]) -> dict[str, object]:
    common = {
        "id": account["id"],
        "kind": account["kind"],
        "token": account["token"],
        "aes_key": account["aes_key"],
        "secret": account["secret"],
        "api_base": bases[account["kind"]],
    }
    if account["kind"] == "oa":
        return {**common, "appid": account["appid"], "original_id": account["gh"],
                "mode": account["mode"]}  # fmt: skip
    return {**common, "corpid": account["corpid"], "agentid": int(account["agentid"])}


def _aibot(bot: Mapping[str, Any], bases: Mapping[str, str]) -> dict[str, object]:
    kept = {name: bot[name] for name in ("id", "kind", "name", "token", "aes_key")}
    return {**kept, "api_base": bases["wecom"]}


def sources(wiring: Mapping[str, Any]) -> list[dict[str, object]]:
    """Return the systems that may tell the bot things: the shop's own, and the chat archive."""
    told: list[dict[str, object]] = [
        {"id": one["id"], "kind": ["orders", "members"], "secret": one["secret"]}
        for one in wiring["sources"]
    ]
    archive = wiring["archive"]
    if not archive:
        return told
    return [*told, {"id": archive["source"], "kind": ["archive"], "secret": archive["secret"]}]


def _names(wiring: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        person["name"]: [
            str(value)
            for key, value in person.items()
            if key != "name" and isinstance(value, str) and value
        ]
        + [str(v) for v in (person.get("openids") or {}).values()]
        for person in wiring["customers"]
    }
