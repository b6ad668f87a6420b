"""Typed names of what hangs on the web application."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.accept import Acceptor
from bot.clock import Clock
from bot.db.tx import Database
from bot.shop import Shop
from bot.worker import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """What the routes hand their work to."""

    db: Database
    shop: Shop
    acceptor: Acceptor
    worker: Worker
    clock: Clock
    ready: Callable[[], Awaitable[dict[str, str]]]


ROOMS = web.AppKey("rooms", Rooms)
