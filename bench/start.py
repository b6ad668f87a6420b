"""Starting: how long until a callback is taken in, and until decisions are made."""

import http.client
import os
import socket
import subprocess
import sys
import time
from http import HTTPStatus
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.corpus import WECOM, Callback, callbacks, contact_edited
from bench.installation import new_home
from bench.pace import Pace
from bench.reload import write_rules
from bench.table import Row, Table, Untrue

ROOT = Path(__file__).resolve().parent.parent
_WITHIN_S = 30.0
_MANY = 10_000
_LOOK_S = 0.005


def measure(pace: Pace) -> Table:
    """Start `serve` on a new home and again on what that left. Raises Untrue when it does not."""
    names = ("a new home", "the same home again", f"the same with {_MANY:,} rules more")
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for _ in range(pace.rounds):
        with TemporaryDirectory() as folder:
            home = new_home(Path(folder))
            for number, (name, seen) in enumerate(found.items()):
                if name == names[-1]:
                    write_rules(home / "rules", _MANY)
                (callback,) = callbacks(WECOM, contact_edited, number, 1)
                seen.append(_started(home, callback))
    return Table(
        name="start",
        conditions="python run.py serve, the sample rules and content, from the start of the"
        " process; a callback is waiting on the socket",
        columns=("first 200 ms", "able ms"),
        rows=tuple(
            Row(variant=name, figures=(median(a for a, _ in seen), median(b for _, b in seen)))
            for name, seen in found.items()
        ),
    )


def _started(home: Path, callback: Callback) -> tuple[float, float]:
    listener = socket.create_server(("127.0.0.1", 0))
    with listener, (home / "serve.log").open("ab") as log:
        port, began_s = listener.getsockname()[1], time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "run.py", "serve", "--home", str(home)],
            cwd=ROOT,
            pass_fds=(listener.fileno(),),
            env={**os.environ, "XIAOER_LISTEN__FD": str(listener.fileno())},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            if _posted(port, callback) != HTTPStatus.OK:
                raise Untrue("the first callback was refused")
            first_ms = (time.perf_counter() - began_s) * 1e3
            while _status(port, "GET", "/ready") != HTTPStatus.OK:
                if time.perf_counter() - began_s > _WITHIN_S:
                    raise Untrue("the server does not become ready")
                time.sleep(_LOOK_S)
            return first_ms, (time.perf_counter() - began_s) * 1e3
        finally:
            process.terminate()
            process.wait()


def _posted(port: int, callback: Callback) -> int:
    query = "&".join(f"{name}={value}" for name, value in callback.query.items())
    return _status(port, "POST", f"{callback.path}?{query}", callback.body)


def _status(port: int, method: str, path: str, body: bytes | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_WITHIN_S)
    try:
        connection.request(method, path, body)
        return connection.getresponse().status
    finally:
        connection.close()
