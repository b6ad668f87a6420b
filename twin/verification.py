"""Verify a callback URL by GET, as the platforms do when an administrator saves it."""

import secrets
import time
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp

from twin.courier import bounded
from twin.echo import difference
from twin.seal import sealed, sign
from twin.stage import Stage
from twin.world import Account, OaAccount

_OA_ANSWER_S = 5.0
_WECOM_ANSWER_S = 1.0  # crypto.md section 5
_LONGEST_BYTES = 4096
STEPS = ("url", "dns", "connect", "tls", "timeout", "redirect", "status", "body")


_KEYS = "（Token 或 EncodingAESKey 不一致？）"
_HINTS = {
    404: "（路径不对，或反向代理改了路径）",
    405: "（这个路径不接受 GET）",
    502: "（反向代理后面的服务没有起来）",
    504: "（反向代理等不到后面的服务）",
}


class Unwired(Exception):
    """A callback URL failed its verification at one of the STEPS."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"{step}: {reason}")
        self.step = step
        self.reason = reason


async def verify(stage: Stage, account: Account, url: str, limit_s: float | None = None) -> None:
    """Ask `url` for the echo, with the keys and on the path that planted troubles leave.

    It has `limit_s` to answer, by itself what the platform grants. Raises Unwired.
    """
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise Unwired("url", "应为 http(s):// 开头的完整地址")
    echo = str(secrets.randbelow(10**18) + 10**18)
    at = int(stage.now()) + stage.plants.skew_s(account.id)
    query, granted_s = _probe(stage.plants.keys(account), echo, at)
    real = stage.plants.url(account.id, url)
    status, body, place = await _get(real, query, granted_s if limit_s is None else limit_s)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise Unwired(
            "redirect", f"应答 HTTP {status} 转到 {place or '别处'}，平台不跟着走：填最终地址"
        )
    if status != HTTPStatus.OK:
        raise Unwired("status", f"应答 HTTP 200，实为 {status}{_HINTS.get(status, _KEYS)}")
    if body != echo.encode():
        raise Unwired("body", difference(echo, query["echostr"], body))


def _probe(account: Account, echo: str, at: int) -> tuple[dict[str, str], float]:
    nonce = str(secrets.randbelow(10**10))
    query = {"timestamp": str(at), "nonce": nonce}
    if isinstance(account, OaAccount):
        signature = sign(account.token, str(at), nonce)
        return {"signature": signature, **query, "echostr": echo}, _OA_ANSWER_S
    encrypt, signature = sealed(account, echo, nonce, at)
    return {"msg_signature": signature, **query, "echostr": encrypt}, _WECOM_ANSWER_S


async def _get(url: str, query: dict[str, str], limit_s: float) -> tuple[int, bytes, str]:
    began = time.monotonic()
    limit = aiohttp.ClientTimeout(total=limit_s)
    async with aiohttp.ClientSession(timeout=limit) as http:
        try:
            async with http.get(url, params=query, allow_redirects=False) as got:
                body = await bounded(got, _LONGEST_BYTES)
                return got.status, body, got.headers.get("Location", "")
        except TimeoutError as cause:
            waited = time.monotonic() - began
            raise Unwired("timeout", f"{waited:.1f} 秒没有应答，上限 {limit_s:.0f} 秒") from cause
        except aiohttp.ClientError as cause:
            raise Unwired(*_unreached(cause, urlsplit(url).hostname or "")) from cause


def _unreached(cause: aiohttp.ClientError, host: str) -> tuple[str, str]:
    """Say at which step no HTTP answer came, and what to do about it."""
    match cause:
        case aiohttp.ClientConnectorDNSError():
            return "dns", f"域名 {host} 解析不到地址：写错了，或还没有解析"
        case aiohttp.ClientConnectorCertificateError():
            return "tls", f"证书不被信任：{_certificate(cause)}"
        case aiohttp.ClientSSLError():
            return "tls", "TLS 握手不成：这个端口大概不是 https，或协议版本太旧"
        case aiohttp.ClientConnectorError():
            return "connect", f"连不上：{cause.strerror}（服务没起来，或端口、防火墙不对）"
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError():
            return "connect", "连上了，没给出 HTTP 应答就断了（别的程序占着端口，或服务退出了）"
        case _:
            return "connect", f"连上了，但应答不是 HTTP：{type(cause).__name__}"


def _certificate(cause: aiohttp.ClientConnectorCertificateError) -> str:
    return str(getattr(cause.certificate_error, "verify_message", "") or cause.certificate_error)
