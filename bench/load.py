"""The load on a server, in a process of its own: `python -m bench.load`, its order on stdin.

Callbacks are sealed before the clock starts. Each connection is kept alive and has one request
under way; the window ends when every answer has come.
"""

import asyncio
import http.client
import json
import re
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from math import ceil
from typing import cast

import uvloop

from bench.corpus import OA, WECOM, callbacks, contact_or_group, said
from bench.server import pin

_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)", re.IGNORECASE)
_WARM_UP = 0.2  # of a window
# More than a server answers in a second; one that runs out of callbacks ends its window early.
_PREPARED_PER_S = {"bare": 1_000, "accept": 14_000, "answer": 3_000, "peer": 10_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to send where. Callbacks are numbered from `first`, so that none is sent twice."""

    port: int
    variant: str
    first: int
    seconds: float
    connections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one window showed; `cpu_s` is the server's, `busy` the load's share of its core."""

    answered: int
    refused: int
    kept: int
    elapsed_s: float
    cpu_s: float
    busy: float
    p50_ms: float
    p99_ms: float


class _Window:
    """A stretch of time in which requests are sent, and what came back."""

    def __init__(self, requests: Iterator[bytes], connections: int, seconds: float) -> None:
        self.took_s: list[float] = []
        self.refused = 0
        self._requests = requests
        self._open = connections
        self._ended = asyncio.Event()
        self._until_s = time.perf_counter() + seconds

    def next(self) -> bytes | None:
        """Return what to send now; None ends a connection, the last of them the window."""
        request = next(self._requests, None) if time.perf_counter() < self._until_s else None
        if request is None:
            self.leave()
        return request

    def leave(self) -> None:
        """Count a connection out."""
        self._open -= 1
        if not self._open:
            self._ended.set()

    async def over(self) -> None:
        """Wait until every connection is done."""
        await self._ended.wait()


class _Connection(asyncio.Protocol):
    def __init__(self, window: _Window) -> None:
        self._window = window
        self._heard = b""
        self._sent_s = 0.0
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports do not derive from asyncio's.
        self._transport = cast(asyncio.WriteTransport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head = self._heard.find(b"\r\n\r\n")
        length = _LENGTH.search(self._heard, 0, head) if head >= 0 else None
        if length is None or len(self._heard) < head + 4 + int(length[1]):
            return
        self._window.took_s.append(time.perf_counter() - self._sent_s)
        self._window.refused += not self._heard.startswith(b"HTTP/1.1 200")
        self._heard = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:  # the server hung up with a request under way
            self._window.refused += 1
            self._window.leave()

    def _send(self) -> None:
        request = self._window.next()
        if self._transport is None:
            return
        if request is not None:
            self._sent_s = time.perf_counter()
            self._transport.write(request)
            return
        transport, self._transport = self._transport, None
        transport.close()


async def _drive(order: Order, requests: Iterator[bytes], seconds: float) -> _Window:
    window = _Window(requests, order.connections, seconds)
    loop = asyncio.get_running_loop()
    for _ in range(order.connections):
        await loop.create_connection(lambda: _Connection(window), "127.0.0.1", order.port)
    await window.over()
    return window


def _used(port: int) -> tuple[float, int]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/used")
    used = json.load(connection.getresponse())
    connection.close()
    return float(used["cpu_s"]), int(used["kept"])


def _requests(order: Order) -> Iterator[bytes]:
    count = ceil(_PREPARED_PER_S[order.variant] * order.seconds * (1 + _WARM_UP))
    sender, message = (OA, said) if order.variant == "answer" else (WECOM, contact_or_group)
    prepared = [each.request for each in callbacks(sender, message, order.first, count)]
    return cycle(prepared) if order.variant == "bare" else iter(prepared)


async def load(order: Order) -> Reading:
    """Warm a server up, then load it for one window and return what it showed."""
    requests = _requests(order)
    await _drive(order, requests, order.seconds * _WARM_UP)
    cpu_s, kept = _used(order.port)
    began_s, mine_s = time.perf_counter(), time.process_time()
    window = await _drive(order, requests, order.seconds)
    elapsed_s, mine_s = time.perf_counter() - began_s, time.process_time() - mine_s
    cpu_after_s, kept_after = _used(order.port)
    took_s = sorted(window.took_s)
    return Reading(
        answered=len(took_s),
        refused=window.refused,
        kept=kept_after - kept,
        elapsed_s=elapsed_s,
        cpu_s=cpu_after_s - cpu_s,
        busy=mine_s / elapsed_s,
        p50_ms=_at(took_s, 0.5) * 1e3,
        p99_ms=_at(took_s, 0.99) * 1e3,
    )


def _at(took_s: list[float], share: float) -> float:
    return next(islice(took_s, int(len(took_s) * share), None), 0.0)


def _main(lines: Iterable[str]) -> None:
    order = Order(**json.loads("".join(lines)))
    print(json.dumps(asdict(uvloop.run(load(order)))))


if __name__ == "__main__":
    pin(1)
    _main(sys.stdin)
