"""The load: hundreds of customers who scan, type, add, join, ask and redeem, at a set pace."""

import asyncio
import random
import secrets
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import aiohttp

from commands.audit.script import Promise
from commands.play.stage import Twin
from commands.play.theatre import code_in

TILL_KEY = "demo-till-S012"
AT_ONCE = 8  # customers who wait for an answer each
_ANSWERED_WITHIN_S = 60.0
_AGAIN_S = 0.2
# Events without MsgId tell whole seconds: who follows twice within one sends the same bytes twice,
# which nobody could tell from a repeat.
_BACK_AFTER_S = 1.0
_WORDS = ("领劵", "领券", "抢鸡蛋券", "宠物群", "营业时间", "怎么停车", "谢谢", "地址", "我的券")
_POSTERS = ("poster-S012-door", "poster-S012-counter", "poster-S012-pets", "poster-S001-door")
_GROUPS = ("wrPETS_S012_1", "wrNEAR_S012_1", "wrPETS_S001_1", "wrNEAR_S012_2")
_CODES = ("staff-xiaowang-S012", "staff-xiaoli-S001")
_SCENES = ("poster-S012-kf", "receipt-S012")
Step = tuple[str, Mapping[str, str]]


@dataclass(slots=True, kw_only=True)
class Loaded:
    """What the load came to; grows while it lasts."""

    callbacks: int = 0  # happenings that the acts told the bot
    acts: int = 0
    impossible: int = 0  # acts that the clients did not allow: joined already, group full
    redeemed: int = 0
    promises: list[Promise] = field(default_factory=list)


class Crowd:
    """Customers of a world with mornings from one seed; later loads bring further customers."""

    def __init__(self, twin: Twin, bot_url: str, http: aiohttp.ClientSession, seed: int) -> None:
        self._twin = twin
        self._url = bot_url
        self._http = http
        self._dice = random.Random(seed)  # noqa: S311  (a reproducible crowd)
        self._turn_at = 0.0
        self._paused: list[tuple[str, deque[Step]]] = []
        self.names: list[str] = []
        self.loaded = Loaded()
        self.unfollow = True  # whether some leave and come back

    async def act(self, callbacks: int, per_s: float, at_once: int = AT_ONCE) -> None:
        """Let customers act until so many callbacks are on their way or answered.

        `per_s` acts begin in a second, unless the bot keeps all customers waiting for an answer.
        Mornings that are not over go on with the next load.
        """
        until = self.loaded.callbacks + callbacks
        async with asyncio.TaskGroup() as crowd:
            for _ in range(at_once):
                crowd.create_task(self._mornings(until, 1 / per_s))

    async def _mornings(self, until: int, spacing_s: float) -> None:
        while self.loaded.callbacks < until:
            who, steps = self._paused.pop() if self._paused else self._next_customer()
            while steps:
                await self._turn(spacing_s)
                if self.loaded.callbacks >= until:
                    self._paused.append((who, steps))
                    return
                await self._do(who, steps.popleft())

    def _next_customer(self) -> tuple[str, deque[Step]]:
        self.names.append(f"客{len(self.names) + 1:03d}")
        return self.names[-1], deque(morning(self._dice, unfollow=self.unfollow))

    async def _turn(self, spacing_s: float) -> None:
        now = time.monotonic()
        self._turn_at = max(self._turn_at + spacing_s, now)
        await asyncio.sleep(self._turn_at - now)

    async def _do(self, who: str, step: Step) -> None:
        act, more = step
        self.loaded.acts += 1
        if act == "redeem":
            await self._redeem(who)
            return
        done = await self._twin.do(act, who, wait_s=_ANSWERED_WITHIN_S, **more)
        self.loaded.impossible += "error" in done
        self.loaded.callbacks += len(done.get("happenings", ()))
        if act == "unfollow":
            await asyncio.sleep(_BACK_AFTER_S)

    async def _redeem(self, who: str) -> None:
        """Take in the newest coupon on a phone; whoever cuts the till off is asked again."""
        phone = await self._twin.get(f"phone/{who}")
        seen = [code for one in phone if (code := code_in(one["text"]))]
        if not seen:
            return
        told = await self._ask_till({"code": seen[-1], "request": secrets.token_hex(8)})
        if told.get("code") in ("redeemed", "already_redeemed"):
            self.loaded.redeemed += 1
            promise = Promise(step=1, who=who, kind="redeemed", value=seen[-1])
            self.loaded.promises.append(promise)

    async def _ask_till(self, asked: Mapping[str, str]) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {TILL_KEY}"}
        deadline = time.monotonic() + _ANSWERED_WITHIN_S
        while time.monotonic() < deadline:
            try:
                async with self._http.post(
                    f"{self._url}/api/redeem", json={**asked, "cashier": "陈姐"}, headers=headers
                ) as got:
                    if got.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                        answer: Mapping[str, Any] = await got.json()
                        return answer
            except (aiohttp.ClientError, TimeoutError):
                pass  # the same request again: it is redeemed once
            await asyncio.sleep(_AGAIN_S)
        return {}


def morning(dice: random.Random, *, unfollow: bool = True) -> Iterator[Step]:
    """Yield what one customer does, in order: about a dozen acts, through every door."""
    yield "scan_oa", {"poster": dice.choice(_POSTERS)}
    yield "type", {"text": dice.choice(("领劵", "领券"))}
    more: list[Step] = [("type", {"text": dice.choice(_WORDS)}) for _ in range(3)]
    more += [("add_contact", {"code": dice.choice(_CODES)})]
    more += [("join_group", {"chat_id": dice.choice(_GROUPS)})]
    dice.shuffle(more)
    yield from more
    yield "enter_kf", {"scene": dice.choice(_SCENES)}
    yield "kf_type", {"text": dice.choice(_WORDS)}
    yield "redeem", {}
    if dice.random() < 0.2:
        yield "redeem", {}
    if dice.random() < 0.1 and unfollow:
        yield "unfollow", {"account": "oa-main"}
        yield "scan_oa", {"poster": dice.choice(_POSTERS)}
    yield "type", {"text": dice.choice(_WORDS)}
