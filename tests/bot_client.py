"""An internal bot's HTTP side under test: messages sealed for it, and its answers opened again."""

import asyncio
import base64
import json
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from tests.front import Client
from tests.rooms import Installed
from tests.sealing import AES_KEY, NONCE, TOKEN, sealed, sign


async def post(client: Client, message: str) -> dict[str, Any]:
    """Deliver a message and return the clear answer to it."""
    one = sealed(message, "")
    body = json.dumps({"encrypt": one.encrypt})
    got = await client.post("/callback/bot", params=one.query, data=body)
    assert (got.status, got.content_type) == (200, "application/json")
    return opened(await got.read())


def opened(body: bytes) -> dict[str, Any]:
    """Open an answer by another AES than the bot's, and check its seal."""
    told = json.loads(body)
    assert told["nonce"] == NONCE
    stamp = str(told["timestamp"])
    assert told["msgsignature"] == sign(TOKEN, stamp, NONCE, told["encrypt"])
    key = base64.b64decode(AES_KEY + "=")
    opener = Cipher(AES(key), CBC(key[:16])).decryptor()
    frame = opener.update(base64.b64decode(told["encrypt"])) + opener.finalize()
    frame = frame[: -frame[-1]]
    size = int.from_bytes(frame[16:20], "big")
    assert frame[20 + size :] == b""
    clear: dict[str, Any] = json.loads(frame[20 : 20 + size])
    return clear


async def state(shop: Installed, wanted: str) -> str:
    """Return the answer's state, which is written just after the response."""
    for _ in range(50):
        found = str(await shop.one("SELECT state FROM effect WHERE kind = 'aibot_reply'"))
        if found == wanted:
            break
        await asyncio.sleep(0.01)
    return found
