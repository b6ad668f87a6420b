"""A home at the twin for `doctor`: real processes, and a proxy in front that can be spoilt."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from bot.db.reading import ask
from bot.db.tx import Tx
from commands.play.stage import listening_socket, write_home
from tests.rooms import location_in
from tests.source import ROOT

SLOW_S = 1.15  # over the second that WeCom waits
WORLD = """\
extends: yidian
id: first-hour
accounts:
  oa:
{oas}
"""
OA = """\
    - id: {id}
      appid: wx{n:016d}
      gh: gh_{n:012d}
      token: TwinToken{n}
      aes_key: {key}
      secret: {n:032d}
      path: /callback/{id}
"""
CONSOLE = """\
      auto_reply:
        add_friend: {content: 欢迎来到壹店便利}
        default: {content: 收到，店员看到后回复您。}
        keywords:
          - {name: 停车, words: [{content: 停车}, {content: 车位, match: equal}],
             reply: [{content: '门口有车位 {3 个}'}, {content: 免费停两小时}]}
          - {name: 笑话, mode: random_one, words: [{content: 讲个笑话}],
             reply: [{content: 第一个笑话}, {content: 第二个笑话}]}
          - {name: 海报, words: [{content: 海报图}], reply: [{type: img, content: PosterMediaId}]}
      console_menu:
        - {name: 门店, type: text, value: 良渚店}
        - name: 优惠
          sub_button: [{name: 特价, type: view, url: 'https://mp.weixin.qq.com/s/x'}]
"""
ACCOUNTS = ("oa-main", "oa-ip", "oa-secret", "oa-key", "oa-new")


def world() -> str:
    """The demo's world with five Official Accounts; the last has a console full of things."""
    oas = [
        OA.format(id=name, n=n, key=f"{n}{'TwinAesKeyTwinAesKeyTwinAesKeyTwinAesKeyTwinA'}"[:43])
        for n, name in enumerate(ACCOUNTS, start=1)
    ]
    return WORLD.format(oas="".join(oas) + CONSOLE)


class Proxy(ThreadingHTTPServer):
    """What stands in front of the bot. `spoilt` maps the end of a path to strip or slow."""

    daemon_threads = True

    def __init__(self, bot_url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.bot_url = bot_url
        self.spoilt: dict[str, str] = {}
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Passing(BaseHTTPRequestHandler):
    server: Proxy

    def do_GET(self) -> None:
        self._pass(None)

    def do_POST(self) -> None:
        self._pass(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _pass(self, body: bytes | None) -> None:
        path, _, query = self.path.partition("?")
        how = next((how for end, how in self.server.spoilt.items() if path.endswith(end)), "")
        if how == "slow":
            time.sleep(SLOW_S)
        target = path.removeprefix("/callback") if how == "strip" else path
        asked = urllib.request.Request(f"{self.server.bot_url}{target}?{query}", data=body)  # noqa: S310
        try:
            with urllib.request.urlopen(asked, timeout=10) as got:  # noqa: S310  (loopback)
                self._answer(got.status, dict(got.headers), got.read())
        except urllib.error.HTTPError as refused:
            self._answer(refused.code, dict(refused.headers), refused.read())
        except OSError:
            self._answer(502, {}, b"Bad Gateway")

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name in ("Content-Type", "X-Xiaoer-Path"):
            if name in headers:
                self.send_header(name, headers[name])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@dataclass(slots=True)
class Clinic:
    """A served home, its twin, and the proxy between them."""

    home: Path
    control_url: str
    proxy: Proxy
    settings: dict[str, Any] = field(default_factory=dict)

    def control(self, path: str, method: str = "POST", /, **body: object) -> Any:
        """Tell the twin something."""
        data = json.dumps(body).encode() if method != "GET" else None
        asked = urllib.request.Request(  # noqa: S310  (loopback)
            f"{self.control_url}/twin/{path}", data=data, method=method,
            headers={"Content-Type": "application/json"},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(asked, timeout=20) as got:  # noqa: S310
                return json.load(got)
        except urllib.error.HTTPError as refused:
            return json.load(refused)

    def do(self, act: str, who: str, **rest: object) -> Any:
        """Let somebody act and wait for the delivery."""
        return self.control("do", "POST", act=act, who=who, wait_s=5, **rest)

    @contextmanager
    def planted(self, account: str, trouble: str, **rest: object) -> Iterator[None]:
        """A trouble that holds while the context lasts."""
        told = self.control("plant", "POST", account=account, trouble=trouble, **rest)
        assert "error" not in told, told
        try:
            yield
        finally:
            self.control("plant", "DELETE", account=account, trouble=trouble)

    @contextmanager
    def changed(self, account: str, **values: object) -> Iterator[None]:
        """Settings of an account as they stand in the file while the context lasts."""
        path = self.home / "settings.yaml"
        before = path.read_text("utf-8")
        written = yaml.safe_load(before)
        next(one for one in written["accounts"] if one["id"] == account).update(values)
        path.write_text(yaml.safe_dump(written, allow_unicode=True), "utf-8")
        try:
            yield
        finally:
            path.write_text(before, "utf-8")

    @contextmanager
    def spoilt(self, end: str, how: str) -> Iterator[None]:
        """The proxy spoils paths that end so while the context lasts."""
        self.proxy.spoilt[end] = how
        try:
            yield
        finally:
            del self.proxy.spoilt[end]

    def refused(self, account: str, step: str, since_s: float) -> None:
        """Wait until the server has written down that it refused something."""

        async def work(tx: Tx) -> bool:
            sql = "SELECT 1 FROM refusal WHERE account = ? AND step = ? AND last_us >= ?"
            return await tx.one(sql, account, step, int(since_s * 1e6)) is not None

        deadline = time.monotonic() + 10
        while not ask(location_in(self.home), work):
            assert time.monotonic() < deadline, f"nothing refused at {step}"
            time.sleep(0.05)


@contextmanager
def clinic(folder: Path) -> Iterator[Clinic]:
    """Twin, proxy and bot as they stand in a shop's first hour, every account wired but one."""
    (folder / "world.yaml").write_text(world(), "utf-8")
    with contextlib.ExitStack() as stack:
        ready = stack.enter_context(_twin(folder))
        listener = stack.enter_context(listening_socket())
        bot_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        proxy = Proxy(bot_url)
        stack.callback(proxy.server_close)
        serving = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        stack.callback(serving.join)
        stack.callback(proxy.shutdown)
        one = Clinic(home=folder / "home", control_url=ready["control"], proxy=proxy)
        _write(one, ready, bot_url)
        stack.enter_context(_served(one.home, listener))
        one.control("settings", retry_s=0.05, retries=1)
        bound = {name: f"{proxy.url}/callback/{name}" for name in (*ACCOUNTS[:-1], "wecom-main")}
        told = one.control("wire", **bound)
        assert all(one["ok"] for one in told.values()), told
        yield one


@contextmanager
def _twin(folder: Path) -> Iterator[dict[str, str]]:
    command = [
        sys.executable, "-m", "twin", "--world", str(folder / "world.yaml"),
        "--book", str(folder / "book.jsonl"), "--ports", "0,0,0",
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def _write(one: Clinic, ready: dict[str, str], bot_url: str) -> None:
    wiring = one.control("wiring", "GET")
    bases = {"oa": ready["oa_base"], "wecom": ready["wecom_base"]}
    write_home(one.home, wiring, url=bot_url, bases=bases, clock=f"{ready['control']}/twin/clock")
    shutil.rmtree(one.home / "notices")  # of several accounts it would have to name one
    path = one.home / "settings.yaml"
    written = yaml.safe_load(path.read_text("utf-8"))
    written["public_url"] = one.proxy.url
    path.write_text(yaml.safe_dump(written, allow_unicode=True), "utf-8")


@contextmanager
def _served(home: Path, listener: Any) -> Iterator[None]:
    log = (home / "serve.log").open("ab")
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "run.py"), "serve", "--home", str(home)],
        pass_fds=(listener.fileno(),), stdout=log, stderr=log, cwd=ROOT,
        env={**os.environ, "XIAOER_LISTEN__FD": str(listener.fileno())},
    )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)
        log.close()
