"""A home that belongs to a twin: written once, wired anew when the twin's addresses change."""

import hashlib
import re
import secrets
import socket
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import orjson
import yaml
from pydantic import TypeAdapter, ValidationError

from commands.parts.problems import USAGE, stop
from commands.play.furnish import furnish
from commands.play.stage import settings_of, write_home, write_settings
from config.whole import write_whole

Json = Mapping[str, Any]
MEMORY = "twin.json"
_SETTINGS = "settings.yaml"
_BOT_PORT = 8080
_LOOPBACK = "127.0.0.1"
_NOWHERE = f"http://{_LOOPBACK}:0"  # where the bot listens is its own to say, once written
_PORTS = re.compile(r"\d{1,5},\d{1,5},\d{1,5}")
BOOK = "twin-book.jsonl"
_IGNORED = {"lost+found", BOOK}  # of a file system; of a twin that could not listen
_PRIVATE = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a home knows of its twin. `whole`: everything was written."""

    v: int = 1
    world: str = ""
    ports: tuple[int, int, int] = (0, 0, 0)  # Official Account host, WeCom host, control
    trace_key: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinHome:
    """A home folder that this command may write."""

    folder: Path
    memory: Memory = field(default_factory=Memory)

    @classmethod
    def claimed(cls, folder: Path) -> Self:
        """Return `folder` as a twin's home; nothing is written yet.

        Stops when it is a file, or holds anything that no `twin --home` put there.
        """
        if folder.exists() and not folder.is_dir():
            stop(f"{folder} 是一个文件，不是目录：请换一个目录", USAGE)
        file = folder / MEMORY
        if file.exists():
            return cls(folder=folder, memory=_read(file))
        names = {one.name for one in folder.iterdir()} if folder.is_dir() else set()
        if names - _IGNORED:
            stop(
                f"{folder} 里已有别的东西，不是由 twin --home 写的：请换一个空目录，"
                "真店的家不能拿来接平台仿真",
                USAGE,
            )
        return cls(folder=folder)

    def ports(self, asked: str) -> str:
        """Return where the twin shall listen: as asked, else as the last time where still free."""
        if asked:
            return asked
        return ",".join(str(port if _is_free(port) else 0) for port in self.memory.ports)

    def wired(self, wiring: Json, ready: Json) -> "TwinHome":
        """Write what is missing for this twin and return the home with what it knows now.

        Content is written once and never touched again; settings again when the addresses have
        changed. Stops when the home was written for another world.
        """
        world = str(wiring["world"])
        if self.memory.world not in ("", world):
            stop(
                f"{self.folder} 是给世界 {self.memory.world} 写的，不是 {world}："
                "请换一个目录，或用原来的 --world",
                USAGE,
            )
        memory = replace(
            self.memory,
            world=world,
            ports=(ready["oa_port"], ready["wecom_port"], ready["control_port"]),
            trace_key=self.memory.trace_key or secrets.token_urlsafe(32),
        )
        now = replace(self, memory=memory)
        if memory.whole:
            now._rewire(_settings(wiring, ready, _NOWHERE, memory))
            now._keep()
            return now
        now._keep()  # a home that is known to be ours may be finished the next time
        now._furnish(wiring, ready)
        whole = replace(now, memory=replace(memory, whole=True))
        whole._keep()
        return whole

    def _keep(self) -> None:
        content = orjson.dumps(self.memory, option=orjson.OPT_INDENT_2) + b"\n"
        write_whole(self.folder / MEMORY, content, mode=_PRIVATE)

    def _furnish(self, wiring: Json, ready: Json) -> None:
        url = f"http://{_LOOPBACK}:{_port_for_bot()}"
        write_home(self.folder, wiring, url=url, bases=_bases(ready), clock=_clock(ready))
        furnish(self.folder, wiring)
        write_settings(self.folder, _settings(wiring, ready, url, self.memory), by="twin")

    def _rewire(self, wanted: dict[str, Any]) -> None:
        """Let the settings say this twin's keys and addresses; all else stays the owner's."""
        text = (self.folder / _SETTINGS).read_text("utf-8")
        kept = yaml.safe_load(text)
        ours = {one["id"]: one for one in wanted["accounts"]}
        accounts = [{**one, **ours.pop(one["id"], {})} for one in kept.get("accounts", ())]
        now = {
            **kept,
            "accounts": [*accounts, *ours.values()],
            **{name: wanted[name] for name in ("twin_clock_url", "trace_key_sha256")},
        }
        if now != kept:
            write_settings(self.folder, now, by="twin")


def _settings(wiring: Json, ready: Json, url: str, memory: Memory) -> dict[str, Any]:
    digest = hashlib.sha256(memory.trace_key.encode()).hexdigest()
    found = settings_of(wiring, url=url, bases=_bases(ready), clock=_clock(ready))
    return {**found, "trace_key_sha256": digest}


def _bases(ready: Json) -> dict[str, str]:
    return {"oa": str(ready["oa_base"]), "wecom": str(ready["wecom_base"])}


def _clock(ready: Json) -> str:
    return f"{ready['control']}/twin/clock"


def _read(file: Path) -> Memory:
    try:
        return TypeAdapter(Memory).validate_json(file.read_bytes())
    except (OSError, ValidationError):
        stop(f"{file} 读不懂，不知道这个家接的是哪个平台仿真：请换一个目录", USAGE)


def check_ports(asked: str) -> None:
    """Stop unless `asked` is three ports, or nothing."""
    numbers = asked.split(",") if _PORTS.fullmatch(asked) else []
    if asked and not (numbers and all(int(one) < 1 << 16 for one in numbers)):
        stop("--ports 应为三个端口，如 8001,8002,8003；0 由系统选", USAGE)


def _port_for_bot() -> int:
    return _BOT_PORT if _is_free(_BOT_PORT) else _free_port()


def _is_free(port: int) -> bool:
    try:
        with closing(socket.create_server((_LOOPBACK, port))):
            return True
    except OSError:
        return False


def _free_port() -> int:
    with closing(socket.create_server((_LOOPBACK, 0))) as listener:
        return int(listener.getsockname()[1])
