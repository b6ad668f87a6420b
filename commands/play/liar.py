"""A proxy between bot and twin that lies a few times, so that the auditor can be caught asleep."""

import json
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal, get_args
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

Mode = Literal["drop", "double", "ghost"]
MODES: tuple[str, ...] = get_args(Mode)

_SEND = "/cgi-bin/message/custom/send"
_TAGGING = "/cgi-bin/tags/members/batchtagging"
_GHOSTLY = "恭喜您被抽中为幸运顾客，回复 1 领取。"
_LIES = 3
_CALLBACKS_FIRST, _CALLBACKS_LAST = 3, 12  # lies fall between these numbers of callbacks
_TIMEOUT_S = 30
_LOOPBACK = "127.0.0.1"
# They belong to one connection, and a proxy has two.
_HOP = ("connection", "keep-alive", "transfer-encoding", "content-length", "host")


@dataclass(frozen=True, slots=True, kw_only=True)
class Liar:
    """Where the proxy listens: what the twin calls for the bot, and the bot for the platforms.

    `lies` tells each lie in the order told.
    """

    bot: str
    oa: str
    wecom: str
    lies: list[str] = field(default_factory=list)


@asynccontextmanager
async def lying(mode: Mode, *, bot: str, oa: str, wecom: str, seed: int) -> AsyncIterator[Liar]:
    """Listen on loopback and pass everything through byte for byte, except for the lies.

    * drop: answers 3 callbacks itself with success, and the 1st and 3rd message sent with errcode
      0, passing none of them on
    * double: passes the 1st, 2nd and 3rd message sent, and as many taggings, on twice
    * ghost: sends 3 messages with the bot's own token that the bot never asked for

    Which callbacks are dropped follows from `seed`. Where the upstream is down, the connection is
    cut. Raises OSError when it cannot listen.
    """
    lies: list[str] = []
    limit = aiohttp.ClientTimeout(total=_TIMEOUT_S)
    # What was killed leaves dead connections behind; a fresh one for each request fails honestly.
    connector = aiohttp.TCPConnector(force_close=True)
    runners: list[web.AppRunner] = []
    async with aiohttp.ClientSession(
        timeout=limit, connector=connector, auto_decompress=False
    ) as http:
        liar = _Proxy(mode=mode, seed=seed, http=http, lies=lies)
        try:
            bases = [await _listen(liar, upstream, runners) for upstream in (bot, oa, wecom)]
            yield Liar(bot=bases[0], oa=bases[1], wecom=bases[2], lies=lies)
        finally:
            for runner in runners:
                await runner.cleanup()


async def _listen(liar: "_Proxy", upstream: str, runners: list[web.AppRunner]) -> str:
    parts = urlsplit(upstream)
    origin = f"{parts.scheme}://{parts.netloc}"

    async def handle(request: web.Request) -> web.StreamResponse:
        return await liar.handle(request, origin)

    app = web.Application(client_max_size=0)
    app.router.add_route("*", "/{any:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5, auto_decompress=False)
    runners.append(runner)
    await runner.setup()
    await web.TCPSite(runner, _LOOPBACK, 0).start()
    return f"http://{_LOOPBACK}:{runner.addresses[0][1]}{parts.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """One request as it came in, whole."""

    method: str
    url: URL
    headers: CIMultiDict[str]
    body: bytes

    @property
    def path(self) -> str:
        return self.url.path

    def words(self) -> Mapping[str, object]:
        """Return the body as a JSON object, empty when it is none."""
        try:
            told: object = json.loads(self.body)
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}


@dataclass(slots=True, kw_only=True)
class _Proxy:
    """Counts what passes, and lies when it is time to."""

    mode: Mode
    seed: int
    http: aiohttp.ClientSession
    lies: list[str]
    counts: dict[str, int] = field(default_factory=dict)

    async def handle(self, request: web.Request, origin: str) -> web.StreamResponse:
        """Pass one request on, or lie about it; a dead upstream is a cut connection."""
        headers = CIMultiDict(
            (name, value) for name, value in request.headers.items() if name.lower() not in _HOP
        )
        taken = _Taken(
            method=request.method,
            url=URL(origin + request.raw_path, encoded=True),
            headers=headers,
            body=await request.read(),
        )
        try:
            return await self._answer(taken)
        except (aiohttp.ClientError, TimeoutError):
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=502)

    async def _answer(self, taken: _Taken) -> web.Response:
        match self.mode:
            case "drop":
                return self._swallowed(taken) or await self._pass(taken)
            case "double":
                if self._doubles(taken):
                    await self._pass(taken)
                return await self._pass(taken)
            case "ghost":
                answer = await self._pass(taken)
                await self._haunt(taken)
                return answer

    async def _pass(self, taken: _Taken) -> web.Response:
        async with self.http.request(
            taken.method,
            taken.url,
            headers=taken.headers,
            skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent", "Content-Type"),
            data=taken.body or None,
            allow_redirects=False,
        ) as got:
            kept = [(name, text) for name, text in got.headers.items() if name.lower() not in _HOP]
            return web.Response(
                status=got.status,
                reason=got.reason,
                headers=CIMultiDict(kept),
                body=await got.read(),
            )

    def _swallowed(self, taken: _Taken) -> web.Response | None:
        if taken.path == _SEND:
            if self._count("send") not in (1, _LIES):
                return None
            self.lies.append(f"替平台答应了 {_SEND}，没有转给它")
            return web.json_response({"errcode": 0, "errmsg": "ok"})
        if not _is_callback(taken):
            return None
        numbers = range(_CALLBACKS_FIRST + 1, _CALLBACKS_LAST + 1)
        chosen = random.Random(self.seed).sample(numbers, _LIES)  # noqa: S311  # repeatable
        if self._count("callback") not in chosen:
            return None
        self.lies.append(f"替店小二应答了 {taken.path} 的一条回调，没有转给它")
        return web.Response(text="success")

    def _doubles(self, taken: _Taken) -> bool:
        if taken.path not in (_SEND, _TAGGING) or self._count(taken.path) > _LIES:
            return False
        self.lies.append(f"把一次 {taken.path} 发了两遍")
        return True

    async def _haunt(self, taken: _Taken) -> None:
        """Speak to whoever the bot just spoke to or asked about, until it worked often enough."""
        openid = taken.url.query.get("openid") or str(taken.words().get("touser", ""))
        token = taken.url.query.get("access_token", "")
        if not openid or not token or len(self.lies) >= _LIES:
            return
        body = {"touser": openid, "msgtype": "text", "text": {"content": _GHOSTLY}}
        url = taken.url.with_path(_SEND).with_query(access_token=token)
        async with self.http.post(url, json=body) as got:
            told = await got.json(content_type=None)
        if told.get("errcode") == 0:
            self.lies.append(f"用店小二的 access_token 给 {openid} 发了一条消息")

    def _count(self, what: str) -> int:
        self.counts[what] = self.counts.get(what, 0) + 1
        return self.counts[what]


def _is_callback(taken: _Taken) -> bool:
    """Whether a platform tells the bot something: a signed POST."""
    return taken.method == "POST" and "timestamp" in taken.url.query and "nonce" in taken.url.query
