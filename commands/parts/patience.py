"""Asks a platform for somebody who waits: busy answers are waited out, the rest is told."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, TypeVar

from bot.actions import Receipt, State
from bot.platforms.call import ENDLESS, MOST_PAGES, Call, Paged, ask, ask_page
from bot.platforms.port import Port
from bot.platforms.wire import Phase

T = TypeVar("T")
_TRIES, _LONGEST_S = 4, 5.0
# The employee left, is not active, or may not have customers: others may well do.
_OF_ONE_EMPLOYEE = frozenset({40003, 40098, 41054, 60111, 84074, 84083})
_TOKEN_API = "/cgi-bin/token"  # noqa: S105  (an address; every way to ask is sorted like it)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why there is no answer. `reached` is False when the platform was never asked."""

    meaning: str
    code: int | None = None
    reached: bool = True

    @property
    def text(self) -> str:
        """Return it as an operator reads it, with the platform's code."""
        return self.meaning + (f"（错误码 {self.code}）" if self.code is not None else "")

    @property
    def personal(self) -> bool:
        """Return whether it is about one employee, so that the next may fare better."""
        return self.code in _OF_ONE_EMPLOYEE

    @property
    def cut_off(self) -> bool:
        """Return whether the question left and no answer came: it may have been carried out."""
        return self.reached and self.code is None


class _Received(Protocol):
    @property
    def receipt(self) -> Receipt: ...


R = TypeVar("R", bound=_Received)


async def patiently(port: Port, call: Call[T]) -> T | Trouble:
    """Make one call and return its answer; wait up to 5 s before each of 4 tries. Raises Unfit."""
    told = await _until_sorted(partial(ask, port, call))
    if told.done and told.value is not None:
        return told.value
    return _trouble(told.receipt)


async def obeyed(port: Port, call: Call[None]) -> Trouble | None:
    """Make one call whose answer says nothing but yes, as `patiently` does; None is a yes."""
    told = await _until_sorted(partial(ask, port, call))
    return None if told.done else _trouble(told.receipt)


async def every_row(port: Port, call: Paged[T]) -> tuple[T, ...] | Trouble:
    """Return all rows of a list, page by page, each asked for as `patiently` does.

    A list without end is left after 10,000 pages, as trouble.
    """
    found: list[T] = []
    seen: set[str] = set()
    while call.cursor not in seen:
        if len(seen) == MOST_PAGES:
            return Trouble(meaning=ENDLESS)
        seen.add(call.cursor)
        page = await _until_sorted(partial(ask_page, port, call))
        if not page.done:
            return _trouble(page.receipt)
        found += page.rows
        if not page.cursor:
            break
        call = replace(call, cursor=page.cursor)
    return tuple(found)


async def no_way_out(port: Port) -> Trouble | None:
    """Return why an account cannot be called at all, None when it has an access token."""
    refused = (await port.tokens.token()).refused
    if refused is None:
        return None
    if refused.code is None:
        return Trouble(meaning=f"连不上平台（{refused.trouble}）", reached=False)
    found = port.errors.sort(_TOKEN_API, refused.code)
    return Trouble(meaning="，".join(filter(None, [found.meaning, found.advice])), code=found.code)


async def _until_sorted(once: Callable[[int], Awaitable[R]]) -> R:
    attempts = 1
    while True:
        came = await once(attempts)
        wait_s = came.receipt.retry_s or 0
        busy = came.receipt.state is State.READY and wait_s <= _LONGEST_S
        if attempts >= _TRIES or not busy:
            return came
        attempts += 1
        await asyncio.sleep(wait_s)


def _trouble(receipt: Receipt) -> Trouble:
    reached = receipt.phase is not Phase.NOT_SENT
    meaning = receipt.meaning or "平台的应答读不懂"
    return Trouble(meaning=meaning, code=receipt.code, reached=reached)
