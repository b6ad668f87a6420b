"""The nursery: a process that has imported the program once and forks it for each start.

What is forked is the same program from its command line on; only its imports are spared, which are
half of a start. Nothing in the nursery runs but this loop: no thread, no event loop, no file of a
home is open in it.
"""

import contextlib
import json
import os
import select
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.drills import wrong_clock
from tests.drills.hook import arm, install

_LOOK_S = 0.005
_LONGEST = 64 * 1024
_LOADED = (
    "commands.app", "commands.serve", "bot.db.postgres", "bot.db.sqlite", "uvloop", "jieba",
    "jieba.analyse", "opencc", "pypinyin", "re2", "daachorse", "redis.asyncio", "asyncpg",
)  # fmt: skip


def main(channel: socket.socket) -> None:
    """Fork a program for each request until the other end is closed, and tell who died how."""
    wrong_clock.install()
    install()
    for name in _LOADED:
        with contextlib.suppress(ImportError):  # an engine that is not there
            __import__(name)
    channel.send(json.dumps({"ready": os.getpid()}).encode())
    while True:
        readable, _, _ = select.select([channel], [], [], _LOOK_S)
        if readable:
            told, handed, *_ = socket.recv_fds(channel, _LONGEST, 1)
            if not told:
                return
            _bear(channel, json.loads(told), handed)
        _bury(channel)


def _bear(channel: socket.socket, asked: Mapping[str, Any], handed: list[int]) -> None:
    pid = os.fork()
    if pid == 0:
        channel.close()
        os._exit(_live(asked, handed))
    for one in handed:
        os.close(one)
    channel.send(json.dumps({"born": pid}).encode())


def _bury(channel: socket.socket) -> None:
    with contextlib.suppress(ChildProcessError):
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            died = {"died": pid, "status": os.waitstatus_to_exitcode(status)}
            channel.send(json.dumps(died).encode())


def _live(asked: Mapping[str, Any], handed: list[int]) -> int:
    """Become the program: its session, files and environment, then its command line."""
    os.setsid()
    log = os.open(asked["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for ours, theirs in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(ours, theirs)
    os.environ.update(asked["environment"])
    if handed:
        os.environ["XIAOER_LISTEN__FD"] = str(handed[0])
    arm()
    from commands.app import main as program  # noqa: PLC0415  (imported above, once wired)

    try:
        return program([asked["verb"], "--home", asked["home"]])
    except BaseException:  # noqa: BLE001  (as the interpreter would: told, and status 1)
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main(socket.socket(fileno=int(sys.argv[1])))
