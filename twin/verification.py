"""Verify a callback URL by GET, as the platforms do when an administrator saves it."""

import secrets
import time
from urllib.parse import urlsplit

import aiohttp

from twin.seal import sealed, sign
from twin.stage import Stage
from twin.world import Account, OaAccount

_OK = 200
_OA_ANSWER_S = 5.0
_WECOM_ANSWER_S = 1.0  # crypto.md section 5


class Unwired(Exception):
    """A callback URL failed its verification at `step`: url, connect, timeout, status or body."""

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
    status, body = await _get(real, query, granted_s if limit_s is None else limit_s)
    if status != _OK:
        raise Unwired("status", f"应答 HTTP 200，实为 {status}（Token 或 EncodingAESKey 不一致？）")
    if body != echo.encode():
        raise Unwired("body", _difference(echo, body))


def _probe(account: Account, echo: str, at: int) -> tuple[dict[str, str], float]:
    nonce = str(secrets.randbelow(10**10))
    query = {"timestamp": str(at), "nonce": nonce}
    if isinstance(account, OaAccount):
        signature = sign(account.token, str(at), nonce)
        return {"signature": signature, **query, "echostr": echo}, _OA_ANSWER_S
    encrypt, signature = sealed(account, echo, nonce, at)
    return {"msg_signature": signature, **query, "echostr": encrypt}, _WECOM_ANSWER_S


async def _get(url: str, query: dict[str, str], limit_s: float) -> tuple[int, bytes]:
    began = time.monotonic()
    limit = aiohttp.ClientTimeout(total=limit_s)
    async with aiohttp.ClientSession(timeout=limit) as http:
        try:
            async with http.get(url, params=query, allow_redirects=False) as got:
                return got.status, await got.read()
        except TimeoutError as cause:
            waited = time.monotonic() - began
            raise Unwired("timeout", f"{waited:.1f} 秒没有应答，上限 {limit_s:.0f} 秒") from cause
        except aiohttp.ClientError as cause:
            raise Unwired("connect", f"连不上：{cause}") from cause


def _difference(echo: str, body: bytes) -> str:
    shown = body[:60].decode("utf-8", "replace")
    if body.startswith(b"\xef\xbb\xbf"):
        return "应答带有 BOM"
    if body.strip().strip(b'"') == echo.encode():
        return "应答多了引号或换行，应为原文"
    return f"应答应为解出的 echostr 原文 {echo}，实为 {shown!r}"
