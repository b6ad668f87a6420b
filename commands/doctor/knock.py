"""Knocks at a callback URL as the platform does when an administrator saves it."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import aiohttp

from bot.accept import LOOKS
from bot.platforms.envelope import signature
from bot.shop import AccountKeys
from bot.web.astray import HEADER
from commands.doctor.case import Case

GIVES_UP_S = 5.0  # the platform does, wecom/crypto.md section 6
_BODY_BYTES = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came back of one knock. `status` 0: nothing did, see `trouble`."""

    echoed: bool = False
    status: int = 0
    ms: int = 0
    body: bytes = b""
    location: str = ""
    server: str = ""
    path: str = ""  # which path arrived at a server of ours that serves no such path
    trouble: str = ""
    silent: bool = False  # it connected and did not answer in time

    @property
    def said(self) -> str:
        """Return what came back, as an operator may read it."""
        if self.trouble:
            return self.trouble
        parts = [f"HTTP {self.status}"]
        if self.location:
            parts.append(f"转到 {self.location}")
        if self.server:
            parts.append(f"Server: {self.server}")
        text = " ".join(self.body[:200].decode("utf-8", "replace").split())
        return "，".join([*parts, f"内容「{text[:60]}」" if text else "内容为空"])


async def knock(case: Case, keys: AccountKeys, url: str) -> Heard:
    """Ask `url` for the echo with our own Token and key; never raises for what a network can do.

    Waits as long as the platform does. Repeating is safe.
    """
    echo = str(secrets.randbelow(10**18) + 10**18)
    query = _query(case, keys, echo)
    began = time.monotonic()
    try:
        async with case.session.get(
            url,
            params=query,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=GIVES_UP_S, sock_connect=3),
        ) as response:
            body = await response.content.read(_BODY_BYTES)
            return Heard(
                echoed=response.status == 200 and body == echo.encode(),  # noqa: PLR2004
                status=response.status,
                ms=round((time.monotonic() - began) * 1000),
                body=body,
                location=response.headers.get("Location", ""),
                server=response.headers.get("Server", ""),
                path=response.headers.get(HEADER, ""),
            )
    except TimeoutError:
        silent = time.monotonic() - began >= GIVES_UP_S
        said = f"{GIVES_UP_S:.0f} 秒没有应答" if silent else "连不上（3 秒没有接通）"
        return Heard(trouble=said, silent=silent)
    except (aiohttp.ClientError, OSError) as trouble:
        return Heard(trouble=f"连不上（{type(trouble).__name__}）")


def _query(case: Case, keys: AccountKeys, echo: str) -> Mapping[str, str]:
    stamp, nonce = str(case.clock() // 1_000_000), LOOKS + secrets.token_hex(8)
    common = {"timestamp": stamp, "nonce": nonce}
    if keys.channel == "oa":
        signed = signature(keys.seal.token, stamp, nonce)
        return {"signature": signed, **common, "echostr": echo}
    receiver = "" if keys.channel == "aibot" else keys.scope
    seal = replace(keys.seal, receivers=frozenset({receiver}))
    closed = seal.close(
        echo.encode(), nonce=nonce, timestamp=stamp, random16=secrets.token_bytes(16)
    )
    return {"msg_signature": closed.signature, **common, "echostr": closed.encrypt}
