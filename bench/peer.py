"""The usual way, to compare with: wechatpy opens the callback, each is committed by itself."""

import sqlite3
from pathlib import Path

from aiohttp import web
from wechatpy.enterprise import parse_message
from wechatpy.enterprise.crypto import WeChatCrypto

from bench.corpus import WECOM


class Peer:
    """A WeCom callback URL with a table of its own, as durable as ours: WAL and FULL."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._crypto = WeChatCrypto(WECOM.token, WECOM.aes_key, WECOM.scope)
        self._connection = sqlite3.connect(folder / "peer.db", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute(
            "CREATE TABLE message(id INTEGER PRIMARY KEY, kind TEXT, body TEXT, key TEXT UNIQUE)"
        )

    async def receive(self, request: web.Request) -> web.Response:
        """Open a callback, keep it, answer."""
        query = request.query
        plain = self._crypto.decrypt_message(
            await request.read(), query["msg_signature"], query["timestamp"], query["nonce"]
        )
        message = parse_message(plain)
        self._connection.execute(
            "INSERT OR IGNORE INTO message(kind, body, key) VALUES(?, ?, ?)",
            (message.type, plain, query["msg_signature"]),
        )
        return web.Response(text="success")

    async def kept(self) -> int:
        """Return how many callbacks are in the table."""
        (count,) = self._connection.execute("SELECT count(*) FROM message").fetchone()
        return int(count)
