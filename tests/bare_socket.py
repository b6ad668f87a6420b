"""Requests written byte by byte to a socket, as no client library would send them."""

import asyncio

from tests.front import Client


async def spoken(client: Client, *parts: bytes) -> bytes:
    """What a bare socket hears until the server closes, or is silent for a while."""
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    heard = b""
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        while more := await asyncio.wait_for(reader.read(65_536), 0.4):
            heard += more
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
    return heard


def request(*headers: str, target: str, method: str = "POST", version: str = "1.1") -> bytes:
    """The head of a request."""
    head = "\r\n".join((f"{method} {target} HTTP/{version}", "Host: x", *headers))
    return f"{head}\r\n\r\n".encode("utf-8", "surrogateescape")


def status_of(heard: bytes) -> int:
    """The status of the first answer heard, 0 for none."""
    return int(heard.split(b" ", 2)[1]) if heard.startswith(b"HTTP/") else 0
