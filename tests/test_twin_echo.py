"""Binding an address: each way in which a verification fails, and the step that is named."""

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.twin_bot import Json, Scene, on_stage, open_sealed
from twin.verification import STEPS

OA, CORP = "oa-main", "wecom-main"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path, wired=False) as one:
        yield one


async def bound(scene: Scene, account: str, url: str) -> tuple[str, str]:
    """Bind an account and return the failed step and the reason."""
    told = (await scene.control("wire", {account: url}))[account]
    assert isinstance(told, dict)
    assert told["ok"] is (told["step"] == "")
    return str(told["step"]), str(told["reason"])


@asynccontextmanager
async def listening(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    app = web.Application()
    app.add_routes([web.get("/cb", handler)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        yield f"http{'s' if tls else ''}://127.0.0.1:{runner.addresses[0][1]}/cb"
    finally:
        await runner.cleanup()


def saying(change: Callable[[bytes], bytes], aes_key: str = "") -> Handler:
    """Return a handler that answers with the echo, opened with the key and then changed."""

    async def answer(request: web.Request) -> web.StreamResponse:
        echo = request.query["echostr"]
        clear = open_sealed(aes_key, echo)[0] if aes_key else echo
        return web.Response(body=change(clear.encode()))

    return answer


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda echo: b"", "应答是空的"),
        (lambda echo: b"\xef\xbb\xbf" + echo, "应答带有 BOM"),
        (lambda echo: b'"' + echo + b'"', "应答多了引号"),
        (lambda echo: echo + b"\n", "应答末尾多了换行"),
        (lambda echo: b" " + echo, "应答多了空白"),
        (lambda echo: struct.pack(">16sI", b"r" * 16, 19) + echo + b"ww1", "原文前后还有别的字节"),
        (lambda echo: b"<html>hello</html>", "应答是一个网页或 XML"),
        (lambda echo: b"\x93\x00\xfe" * 9, "像是用另一个 EncodingAESKey 解密的"),
        (lambda echo: b"success", "应答应为解出的 echostr 原文"),
    ],
)
async def test_a_body_that_is_not_the_echo_is_told_apart(
    scene: Scene, change: Callable[[bytes], bytes], reason: str
) -> None:
    key = scene.twin.stage.world.wecom[0].aes_key
    async with listening(saying(change, key)) as url:
        step, why = await bound(scene, CORP, url)
    assert step == "body"
    assert reason in why
    assert CORP not in scene.twin.stage.callbacks


async def test_a_bot_that_sends_the_sealed_echo_back_is_told_so(scene: Scene) -> None:
    async with listening(saying(bytes)) as url:
        assert await bound(scene, CORP, url) == ("body", "应答是密文 echostr 原样送回，应先解密")
        assert await bound(scene, OA, url) == ("", "")


@pytest.mark.parametrize(
    ("status", "step", "hint"),
    [
        (403, "status", "EncodingAESKey"),
        (404, "status", "路径不对"),
        (405, "status", "不接受 GET"),
        (502, "status", "服务没有起来"),
        (301, "redirect", "/elsewhere"),
        (304, "redirect", "别处"),
    ],
)
async def test_another_status_names_its_step(
    scene: Scene, status: int, step: str, hint: str
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        headers = {"Location": "/elsewhere"} if status == 301 else {}
        return web.Response(status=status, headers=headers)

    async with listening(answer) as url:
        found, why = await bound(scene, OA, url)
    assert found == step
    assert str(status) in why and hint in why


async def test_an_address_nobody_finds_or_that_is_none(scene: Scene) -> None:
    assert (await bound(scene, OA, "wss://127.0.0.1/cb"))[0] == "url"
    assert (await bound(scene, OA, "/cb"))[0] == "url"
    step, why = await bound(scene, OA, "http://no-such-host.invalid/cb")
    assert (step, "no-such-host.invalid" in why) == ("dns", True)
    step, why = await bound(scene, OA, "http://127.0.0.1:9/cb")
    assert (step, "连不上" in why) == ("connect", True)


async def test_a_port_that_speaks_something_else_is_no_web_server(scene: Scene) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    async def chatter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()
        writer.close()

    for talk, said in ((hang_up, "断了"), (chatter, "不是 HTTP")):
        async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            step, why = await bound(scene, OA, f"http://127.0.0.1:{port}/cb")
        assert (step, said in why) == ("connect", True), why


async def test_a_slow_echo_is_a_timeout_that_says_how_long_it_was(scene: Scene) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(2)
        return web.Response()

    async with listening(answer) as url:
        step, why = await bound(scene, CORP, url)
    assert (step, why.endswith("上限 1 秒")) == ("timeout", True)


def certificate(folder: Path, *, days: int) -> ssl.SSLContext:
    """Return a server's TLS whose certificate nobody signed, good for so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    plain = serialization.NoEncryption()
    kind = serialization.PrivateFormat.PKCS8
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, kind, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


async def test_tls_that_cannot_be_trusted_or_is_none_is_its_own_step(
    scene: Scene, tmp_path: Path
) -> None:
    async with listening(saying(bytes), certificate(tmp_path, days=30)) as url:
        step, why = await bound(scene, OA, url)
        assert (step, "证书不被信任" in why) == ("tls", True)
    async with listening(saying(bytes)) as url:
        step, why = await bound(scene, OA, url.replace("http:", "https:"))
    assert (step, "不是 https" in why) == ("tls", True)


async def test_the_console_has_words_for_every_step(scene: Scene) -> None:
    for account in (OA, CORP):
        asked: Json = {"account": account, "url": "http://no-such-host.invalid/cb"}
        told = await scene.control("verify", asked)
        assert (told["step"], told["console"]) != ("", "")
    page = (Path(__file__).parents[1] / "docs/reference/twin.md").read_text("utf-8")
    assert [one for one in STEPS if f"`{one}`" not in page] == []
