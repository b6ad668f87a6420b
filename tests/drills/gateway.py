"""A gateway between bot and platforms that speaks TLS: it can show a stranger's certificate, or go.

The bot calls the platforms by a name that only its own process resolves, as long as a file says so.
"""

import asyncio
import contextlib
import datetime
import ipaddress
import os
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME = "api.drill.test"
HOSTS = "DRILL_HOSTS"  # the file that has to be there for the name to be known
_HERE = "127.0.0.1"
_CHUNK = 64 * 1024
_LIVES = datetime.timedelta(days=1)


class Gateway:
    """Passes connections to one upstream port; each change cuts those that are open."""

    def __init__(self, folder: Path, upstream: int) -> None:
        self._folder = folder
        self._upstream = upstream
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def show(self, name: str = NAME) -> None:
        """Listen with the certificate of a name; that of another one is no good to the bot."""
        await self.close()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate(self._folder, name))
        self._server = await asyncio.start_server(self._pass, _HERE, self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no more and cut what is open. Repeating changes nothing."""
        if self._server:
            self._server.close()
        for writer in self._open:
            writer.transport.abort()
        self._server = None

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            upstream, there = await asyncio.open_connection(_HERE, self._upstream)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, there}
        try:
            await asyncio.gather(_pump(reader, there), _pump(upstream, writer))
        finally:
            self._open -= {writer, there}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, ssl.SSLError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.close()


def certificate(folder: Path, name: str) -> Path:
    """Return a file with a certificate of a name, signed by itself, and its key; made once."""
    made = folder / f"{name}.pem"
    if made.exists():
        return made
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName(
        [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address(_HERE))]
    )
    signed = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _LIVES)
        .not_valid_after(now + _LIVES)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    made.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)
    return made


def resolve_from_file(resolver: ModuleType) -> None:
    """Let the name be known in this process while the file that the environment names is there."""
    threaded = resolver.ThreadedResolver
    plain: Callable[..., Awaitable[Any]] = threaded.resolve

    async def resolve(self: Any, host: str, *more: Any, **named: Any) -> Any:
        if host != NAME:
            return await plain(self, host, *more, **named)
        if not Path(os.environ[HOSTS]).exists():  # noqa: ASYNC240  (a moment)
            raise OSError(-2, "Name or service not known")
        found = await plain(self, _HERE, *more, **named)
        return [{**one, "hostname": NAME} for one in found]

    threaded.resolve = resolve
