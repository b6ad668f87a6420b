"""What the shop's own systems tell the bot in the story: signed calls, and the till's."""

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from typing import Any

import aiohttp

from commands.play.stage import TILL, TILL_SECRET
from commands.play.theatre import Theatre

TILL_KEY = "demo-till-S012"
_PATIENCE_S = 20.0
_PAUSE_S = 0.2


async def tell(
    play: Theatre, path: str, told: object, source: str = TILL, secret: str = TILL_SECRET
) -> Mapping[str, Any]:
    """Sign and post what a system of the shop's tells; return the answer.

    Where the bot is cut off in between, the same body is posted again, as any caller would.
    """
    body = json.dumps(told, ensure_ascii=False).encode()
    clock = await play.twin.get("clock")
    stamp = str(int(clock["now"]))
    signed = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
    headers = {
        "X-Xiaoer-Source": source,
        "X-Xiaoer-Timestamp": stamp,
        "X-Xiaoer-Signature": signed.hexdigest(),
    }
    return await _post(play, path, body, headers)


async def redeem(play: Theatre, code: str) -> Mapping[str, Any]:
    """Take a coupon in as the till of the store does; return the answer."""
    asked = {"code": code, "request": secrets.token_hex(8), "cashier": "陈姐"}
    headers = {"Authorization": f"Bearer {TILL_KEY}", "Content-Type": "application/json"}
    return await _post(play, "/api/redeem", json.dumps(asked).encode(), headers)


async def _post(
    play: Theatre, path: str, body: bytes, headers: Mapping[str, str]
) -> Mapping[str, Any]:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            async with play.session.post(play.bot.url + path, data=body, headers=headers) as got:
                answer: Mapping[str, Any] = await got.json()
                return answer
        except aiohttp.ClientError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(_PAUSE_S)
