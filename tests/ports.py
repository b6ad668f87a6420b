"""Ports of this machine that tests take or leave."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def listener() -> Iterator[int]:
    """Take a port while the context lasts."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        yield int(found.getsockname()[1])


def free_port() -> int:
    """Return a port on which nobody listens."""
    with listener() as port:
        return port
