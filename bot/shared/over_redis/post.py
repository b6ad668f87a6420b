"""Tells the other processes of an installation short words by pub/sub, and hears theirs.

Nothing is kept: a word that nobody heard is lost, and nothing may depend on it.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from functools import partial

from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from bot.shared.over_redis.link import FIRST_S, LONGEST_S, TROUBLES, Link

_MOST_WORDS = 1_000  # waiting to be told; more are dropped
_GATHER_S = 0.02  # words of this span go out together: a burst wakes nobody twice
_LOOK_S = 1.0
Hearer = Callable[[str], None]


class Post:
    """One process's post. `run` carries it; without that nothing is told or heard."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._channel = f"{link.prefix}post"
        self._me = secrets.token_hex(4)
        self._words: dict[str, None] = {}
        self._waiting = asyncio.Event()
        self._hearers: dict[str, Hearer] = {}

    def hear(self, word: str, hearer: Hearer) -> None:
        """Call `hearer` with what the others say after a word.

        Also once with "" whenever hearing begins: something may have been missed before.
        """
        self._hearers[word] = hearer

    def say(self, word: str, rest: str) -> None:
        """Tell the others; the same words within a moment are told once."""
        if len(self._words) < _MOST_WORDS:
            self._words[f"{word} {rest}"] = None
            self._waiting.set()

    async def run(self) -> None:
        """Tell and hear until cancelled."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._tell())
            both.create_task(self._listen())

    async def _tell(self) -> None:
        while True:
            await self._waiting.wait()
            self._waiting.clear()
            letter = "\n".join((self._me, *self._words))
            self._words.clear()
            await self._link.ask(partial(self._publish, letter=letter))
            await asyncio.sleep(_GATHER_S)

    async def _publish(self, redis: Redis, letter: str) -> int:
        return int(await redis.publish(self._channel, letter))

    async def _listen(self) -> None:
        wait_s = FIRST_S
        while True:
            listener = self._link.listener()
            try:
                await listener.subscribe(self._channel)
                self._may_have_missed()
                wait_s = FIRST_S
                await self._hear_all(listener)
            except TROUBLES:
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, LONGEST_S)
            finally:
                with contextlib.suppress(*TROUBLES):
                    await listener.aclose()  # type: ignore[no-untyped-call]  # redis-py

    async def _hear_all(self, listener: PubSub) -> None:
        while True:
            letter = await listener.get_message(timeout=_LOOK_S)
            if letter is not None and letter["type"] == "message":
                self._open(str(letter["data"]))

    def _open(self, letter: str) -> None:
        sender, *words = letter.split("\n")
        if sender == self._me:
            return
        for each in words:
            word, _, rest = each.partition(" ")
            if word in self._hearers:
                self._hearers[word](rest)

    def _may_have_missed(self) -> None:
        for hearer in self._hearers.values():
            hearer("")
