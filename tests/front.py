"""The HTTP side of an installation under test, and its sealed replies opened again."""

import base64
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import CookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from bot.db.identity import Answered
from bot.errors import DatabaseTrouble
from bot.vitals import Vitals
from bot.web.app import new_app
from bot.web.keys import Rooms
from tests.rooms import Installed
from tests.sealing import AES_KEY, RECEIVER

Client = TestClient[web.Request, web.Application]


@asynccontextmanager
async def front(
    shop: Installed, port: int | None = None, *, vitals: Vitals | None = None
) -> AsyncIterator[Client]:
    """Serve an installation's routes on loopback while the context lasts; on any port, or this."""

    async def ready() -> dict[str, str]:
        try:
            await shop.db.write(_nothing)
        except DatabaseTrouble as trouble:
            return {"database": str(trouble)}
        return {}

    rooms = Rooms(
        db=shop.db, shop=shop.shop, acceptor=shop.acceptor, worker=shop.worker,
        clock=shop.shop.clock, ready=vitals.ready if vitals else ready, vitals=vitals,
        answered=vitals.answered if vitals else Answered(),
    )  # fmt: skip
    server = TestServer(new_app(rooms), port=port)
    await server.start_server()
    # The shop is reached by https, so its cookies are for https alone.
    jar = CookieJar(unsafe=True, treat_as_secure_origin=server.make_url("/").origin())
    async with TestClient(server, cookie_jar=jar) as client:
        yield client


async def _nothing(_tx: Any) -> None:
    return None


def opened_reply(body: bytes) -> str:
    """Return the message inside a sealed reply."""
    found = re.search(rb"<Encrypt><!\[CDATA\[(.+?)\]\]></Encrypt>", body)
    assert found, body
    key = base64.b64decode(AES_KEY + "=")
    opener = Cipher(AES(key), CBC(key[:16])).decryptor()
    frame = opener.update(base64.b64decode(found[1])) + opener.finalize()
    frame = frame[: -frame[-1]]
    end = 20 + int.from_bytes(frame[16:20], "big")
    assert frame[end:].decode() == RECEIVER
    return frame[20:end].decode()
