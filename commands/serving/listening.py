"""The socket we listen at: our own, one handed down to us, or one that a parent shares."""

import errno
import socket
from typing import NoReturn

import structlog
from aiohttp import web

from commands.parts.problems import UNREACHABLE, stop
from config.settings import Listen

_BACKLOG = 1024  # callbacks that wait while a process starts anew
log = structlog.get_logger()


def bound(listen: Listen) -> socket.socket:
    """Return a socket that listens, for processes to share. Stops when the port cannot be had.

    Connections wait in it whether or not a process accepts, so one that ends loses none.
    """
    if listen.fd is not None:
        return socket.socket(fileno=listen.fd)
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    try:
        return socket.create_server((listen.host, listen.port), family=family, backlog=_BACKLOG)
    except OSError as trouble:
        refuse(listen, trouble)


async def at_door(
    app: web.Application, listen: Listen, door: socket.socket | None, drain_s: float
) -> web.AppRunner:
    """Serve an application at the door, or at one of our own; stops when that cannot be opened."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=drain_s)
    await runner.setup()
    try:
        await _site(runner, listen, door).start()
    except OSError as trouble:
        await runner.cleanup()
        refuse(listen, trouble)
    for host, port, *_ in runner.addresses:
        log.info("listening", host=host, port=port)
    return runner


def _site(runner: web.AppRunner, listen: Listen, door: socket.socket | None) -> web.BaseSite:
    if door is None and listen.fd is None:
        return web.TCPSite(runner, listen.host, listen.port)
    return web.SockSite(runner, door or bound(listen), backlog=_BACKLOG)


def refuse(listen: Listen, trouble: OSError) -> NoReturn:
    """Stop, and say why nothing can listen there."""
    if trouble.errno == errno.EADDRINUSE:
        stop(
            f"端口 {listen.host}:{listen.port} 已被占用：请停掉占用它的程序，"
            "或改 settings.yaml 的 listen.port",
            UNREACHABLE,
        )
    stop(f"不能监听 {listen.host}:{listen.port}（{trouble.strerror}）", UNREACHABLE)
