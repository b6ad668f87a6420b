"""Bind accounts to callback URLs, verifying each as the platform would, and tell all keys."""

import secrets
import time
from urllib.parse import urlsplit

import aiohttp

from twin.seal import sealed, sign
from twin.shape import Json
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


async def wire(stage: Stage, account: Account, url: str) -> Json:
    """Verify `url` by GET and bind it; return {ok, step, reason}. Repeating verifies again."""
    try:
        await _verify(stage, account, url)
    except Unwired as cause:
        told: Json = {"ok": False, "step": cause.step, "reason": cause.reason}
    else:
        stage.callbacks[account.id] = url
        told = {"ok": True, "step": "", "reason": ""}
    stage.book.write("wire", stage.now(), account=account.id, url=url, **told)
    return told


def wiring(stage: Stage) -> Json:
    """Return every key and address that a bot needs, and who and what this world holds."""
    world = stage.world
    return {
        "v": 1,
        "world": world.id,
        "bases": dict(stage.bases),
        "accounts": [_account(stage, one) for one in world.accounts()],
        "posters": [{"id": one.id, "scene": one.scene} for one in world.posters],
        "entry_codes": [{"id": one.id, "state": one.state} for one in world.entry_codes],
        "staff": [{"userid": one.userid, "name": one.name} for one in world.staff],
        "groups": [
            {"chat_id": one.chat_id, "name": one.name, "size": one.size()}
            for one in stage.groups.by_id.values()
        ],
        "kf": [
            {
                "open_kfid": one.open_kfid,
                "name": one.name,
                "servicers": list(one.servicers),
                "scenes": list(one.scenes),
            }
            for one in world.kf
        ],
        "customers": [
            {
                "name": one.name,
                "unionid": one.unionid,
                "external_userid": one.external_userid,
                "openids": dict(one.openids),
            }
            for one in stage.crowd.everyone()
        ],
    }


def _account(stage: Stage, account: Account) -> Json:
    told: Json = {
        "id": account.id,
        "token": account.token,
        "aes_key": account.aes_key,
        "secret": account.secret,
        "path": account.path,
        "callback": stage.callbacks.get(account.id, ""),
    }
    if isinstance(account, OaAccount):
        told |= {"kind": "oa", "appid": account.appid, "gh": account.gh, "mode": account.mode}
    else:
        told |= {"kind": "wecom", "corpid": account.corpid, "agentid": account.agentid}
    told["api_base"] = stage.bases.get(str(told["kind"]), "")
    return told


async def _verify(stage: Stage, account: Account, url: str) -> None:
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise Unwired("url", "应为 http(s):// 开头的完整地址")
    echo = str(secrets.randbelow(10**18) + 10**18)
    query, limit_s = _probe(account, echo, int(stage.now()))
    status, body = await _get(url, query, limit_s)
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
