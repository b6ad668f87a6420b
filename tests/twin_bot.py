"""A tiny bot for the twin's tests: opens callbacks with its own AES and answers as it is told."""

import base64
import hashlib
import io
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
from aiohttp import web
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from twin.app import Running, open_twin
from twin.seal import sealed
from twin.world import Account
from twin.world_file import load

Json = dict[str, object]
Asked = Mapping[str, object]
Answer = tuple[int, str]
AT_ONCE: Json = {"retry_s": 0.01, "group_stale_s": 0, "contact_lag_s": 0, "edit_s": 0}


def node(xml: str, name: str) -> str:
    """Return the content of the first element of this name, "" when there is none."""
    found = re.search(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</{name}>", xml, re.S)
    return found[1] if found else ""


def open_sealed(aes_key: str, encrypt: str) -> tuple[str, str]:
    """Return the message and the receiver in a sealed text, by an AES that is not wechatpy's."""
    key = base64.b64decode(aes_key + "=")
    opener = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    frame = opener.update(base64.b64decode(encrypt)) + opener.finalize()
    frame = frame[: -frame[-1]]
    end = 20 + int.from_bytes(frame[16:20], "big")
    return frame[20:end].decode(), frame[end:].decode()


def signature(*parts: str) -> str:
    """Return the signature over these parts."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One callback as the bot got it."""

    account: str
    query: dict[str, str]
    body: str
    inner: str
    receiver: str


def say_success(delivery: Delivery) -> Answer:
    """Accept without a word."""
    return 200, "success"


@dataclass(slots=True)
class Bot:
    """Receives callbacks of every account of the twin. `answer` decides what it says."""

    accounts: dict[str, Account]
    answer: Callable[[Delivery], Answer] = say_success
    received: list[Delivery] = field(default_factory=list)
    url: str = ""

    async def verify(self, request: web.Request) -> web.Response:
        """Answer a URL verification."""
        account = self.accounts[request.match_info["account"]]
        echo = request.query["echostr"]
        if "msg_signature" in request.query:
            echo, _ = open_sealed(account.aes_key, echo)
        return web.Response(text=echo)

    async def take(self, request: web.Request) -> web.Response:
        """Record one delivery and answer it."""
        delivery = self._read(
            request.match_info["account"], dict(request.query), await request.text()
        )
        if delivery is None:
            return web.Response(status=403)
        self.received.append(delivery)
        status, text = self.answer(delivery)
        return web.Response(status=status, text=text)

    def texts(self, name: str) -> list[str]:
        """Return this node of everything received, in order."""
        return [node(one.inner, name) for one in self.received]

    def _read(self, name: str, query: dict[str, str], body: str) -> Delivery | None:
        account = self.accounts[name]
        bare = body.startswith("{")
        encrypt = str(json.loads(body)["encrypt"]) if bare else node(body, "Encrypt")
        if not encrypt and (query.get("encrypt_type") == "aes" or "signature" not in query):
            return None  # sealed once, and cut on the way
        if not encrypt:
            right = signature(account.token, query["timestamp"], query["nonce"])
            if query["signature"] != right:
                return None
            return Delivery(account=name, query=query, body=body, inner=body, receiver="")
        right = signature(account.token, query["timestamp"], query["nonce"], encrypt)
        if query["msg_signature"] != right:
            return None
        inner, receiver = open_sealed(account.aes_key, encrypt)
        return Delivery(account=name, query=query, body=body, inner=inner, receiver=receiver)


@dataclass(slots=True)
class Scene:
    """A running twin, a bot bound to it, and a client for its three listeners."""

    twin: Running
    bot: Bot
    http: aiohttp.ClientSession

    async def do(self, act: str, who: str = "", **rest: object) -> Json:
        """Let somebody act and wait for the answer to it; a refusal is {error}."""
        asked: Json = {"act": act, "wait_s": 3, **rest} | ({"who": who} if who else {})
        return await self.control("do", asked)

    async def control(self, path: str, asked: Asked | None = None) -> Json:
        """POST to the control listener, or GET without a body."""
        url = self.twin.control(f"/twin/{path}")
        async with self.http.request("POST" if asked is not None else "GET", url, json=asked) as a:
            told: Json = await a.json()
            return told

    async def book(self, kind: str) -> list[Json]:
        """Return the book's entries of one kind."""
        async with self.http.get(self.twin.control("/twin/book")) as got:
            entries: list[Json] = await got.json()
        return [one for one in entries if one["kind"] == kind]

    async def phone(self, who: str) -> list[Json]:
        """Return what is on somebody's phone."""
        async with self.http.get(self.twin.control(f"/twin/phone/{who}")) as got:
            seen: list[Json] = await got.json()
            return seen

    async def call(self, host: str, path: str, asked: Asked | None = None, /, **query: str) -> Json:
        """Call an API with a good token unless one is given; POST when there is a body."""
        if "access_token" not in query:
            query["access_token"] = await self.token(host)
        return await self.bare(host, path, asked, **query)

    async def bare(self, host: str, path: str, asked: Asked | None = None, /, **query: str) -> Json:
        """Call an API exactly so."""
        url = f"{self.twin.stage.bases[host]}/cgi-bin/{path}"
        method = "POST" if asked is not None else "GET"
        async with self.http.request(method, url, json=asked, params=query) as got:
            assert got.status == 200
            told: Json = await got.json()
            return told

    async def upload(self, host: str, path: str, file: tuple[str, bytes], /, **query: str) -> Json:
        """Upload a file (its name and content) with a good token."""
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("media", io.BytesIO(file[1]), filename=file[0])
        url = f"{self.twin.stage.bases[host]}/cgi-bin/{path}"
        query["access_token"] = await self.token(host)
        async with self.http.post(url, data=form, params=query) as got:
            told: Json = await got.json()
            return told

    async def media_id(self, kind: str = "image", name: str = "a.png") -> str:
        """Return the media_id of a file uploaded to WeCom."""
        told = await self.upload("wecom", "media/upload", (name, b"picture"), type=kind)
        return str(told["media_id"])

    async def token(self, host: str) -> str:
        """Return an access token of the world's first account on this host."""
        world = self.twin.stage.world
        if host == "wecom":
            corp = world.wecom[0]
            told = await self.bare("wecom", "gettoken", corpid=corp.corpid, corpsecret=corp.secret)
        else:
            oa = world.oa[0]
            asked: Json = {"grant_type": "client_credential", "appid": oa.appid}
            told = await self.bare("oa", "stable_token", {**asked, "secret": oa.secret})
        return str(told["access_token"])

    def openid(self, who: str) -> str:
        """Return somebody's openid at the world's Official Account."""
        person = self.twin.stage.crowd.person(who)
        assert person is not None
        return person.openids[self.twin.stage.world.oa[0].appid]

    def external(self, who: str) -> str:
        """Return somebody's external_userid."""
        person = self.twin.stage.crowd.person(who)
        assert person is not None
        return person.external_userid


def sealed_reply(account: Account, clear: str) -> str:
    """Return a passive reply sealed as a bot would."""
    encrypt, made = sealed(account, clear, "nonce0001", 1_760_000_001)
    return (
        f"<xml><Encrypt><![CDATA[{encrypt}]]></Encrypt>"
        f"<MsgSignature><![CDATA[{made}]]></MsgSignature>"
        "<TimeStamp>1760000001</TimeStamp><Nonce><![CDATA[nonce0001]]></Nonce></xml>"
    )


def text_reply(delivery: Delivery, words: str) -> str:
    """Return a clear text reply to a delivery, the addresses swapped."""
    to, sender = node(delivery.inner, "FromUserName"), node(delivery.inner, "ToUserName")
    return (
        f"<xml><ToUserName><![CDATA[{to}]]></ToUserName>"
        f"<FromUserName><![CDATA[{sender}]]></FromUserName><CreateTime>1760000001</CreateTime>"
        f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{words}]]></Content></xml>"
    )


@asynccontextmanager
async def on_stage(
    folder: Path,
    *,
    mode: str = "safe",
    app_mode: str = "xml",
    unionids: bool = True,
    wired: bool = True,
) -> AsyncIterator[Scene]:
    """Run the demo world's twin with a bot bound to it; lags are off until a test sets them."""
    world = load(Path("yidian"))
    oa, corp = replace(world.oa[0], mode=mode), replace(world.wecom[0], mode=app_mode)
    world = replace(world, oa=(oa,), wecom=(corp,), unionids=unionids)
    bot = Bot({one.id: one for one in world.accounts()})
    app = web.Application()
    app.add_routes([web.get("/cb/{account}", bot.verify), web.post("/cb/{account}", bot.take)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}/cb"
    try:
        async with (
            open_twin(world, folder / "book.jsonl") as twin,
            aiohttp.ClientSession() as http,
        ):
            scene = Scene(twin, bot, http)
            await scene.control("settings", AT_ONCE)
            if wired:
                await scene.control("wire", {one: f"{bot.url}/{one}" for one in bot.accounts})
            yield scene
    finally:
        await runner.cleanup()
