"""Followers of an Official Account who type, as many a second as asked, and what they hear."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

import aiohttp

from bench.corpus import OA, WECOM, Callback, callbacks, contact_edited, seal_of, typed

_PART = re.compile(r"<(\w+)>(?:<!\[CDATA\[)?([^<>]*?)(?:\]\]>)?</\1>")
_WITHIN = aiohttp.ClientTimeout(total=30.0)
_NOBODY = 0  # in the place of a status: there was no answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message, how long its answer took, and what the answer said, "" where nothing."""

    text: str
    at_s: float
    took_s: float
    status: int
    heard: str


class Followers:
    """Send sealed messages, numbered from `first`, by a session; what became of each is `said`."""

    def __init__(self, url: str, http: aiohttp.ClientSession, *, first: int = 1) -> None:
        self.said: list[Said] = []
        self._url = url
        self._http = http
        self._seal = seal_of(OA)
        self._numbers = count(first)

    async def say(self, text: str) -> Said:
        """Let the next follower type something, and hear the answer."""
        number = next(self._numbers)
        (callback,) = callbacks(OA, lambda number: typed(number, text), number, 1)
        at_s = time.monotonic()
        status, body = await self._posted(callback)
        took_s = time.monotonic() - at_s
        said = Said(text=text, at_s=at_s, took_s=took_s, status=status, heard=self._opened(body))
        self.said.append(said)
        return said

    async def noticed(self) -> int:
        """Let WeCom tell that staff edited a contact, which asks for no answer; return the status.

        0 stands for no answer at all.
        """
        (callback,) = callbacks(WECOM, contact_edited, next(self._numbers), 1)
        return (await self._posted(callback))[0]

    async def talk(self, text: Callable[[int], str], per_s: float, stop: asyncio.Event) -> None:
        """Type at a pace that no answer holds up, until told to stop; wait for the last answer."""
        async with asyncio.TaskGroup() as group:
            began_s = time.monotonic()
            for number in _until(stop):
                await asyncio.sleep(began_s + number / per_s - time.monotonic())
                group.create_task(self.say(text(number)))

    async def _posted(self, callback: Callback) -> tuple[int, str]:
        with suppress(aiohttp.ClientError, TimeoutError):
            async with self._http.post(
                self._url + callback.path, params=callback.query, data=callback.body,
                timeout=_WITHIN,
            ) as answer:  # fmt: skip
                return answer.status, await answer.text()
        return _NOBODY, ""

    def _opened(self, body: str) -> str:
        """Return the text of a sealed answer."""
        parts = dict(_PART.findall(body))
        if "Encrypt" not in parts:
            return ""
        plain = self._seal.open(
            parts["Encrypt"], timestamp=parts["TimeStamp"], nonce=parts["Nonce"],
            msg_signature=parts["MsgSignature"],
        )  # fmt: skip
        return str(dict(_PART.findall(plain.decode())).get("Content", ""))


def _until(stop: asyncio.Event) -> Iterator[int]:
    for number in count():
        if stop.is_set():
            return
        yield number
