"""A pause by a command, and the processes that serve meanwhile: each of them keeps it at once."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from bot.db.reading import ask
from bot.db.tx import Tx
from tests.homes import oa_text
from tests.sealing import NONCE, encrypted, frame, padded, sign
from tests.test_serve_postgres import Shop, shop

pytestmark = pytest.mark.slow
APPID, TOKEN = "wxfa1e00000000demo", "fakeTokenOfOaMain"
AES_KEY = "fakeAesKeyOfOaMain0000000000000000000000000"
RULE, WORDS = "pet-group", "怎么进宠物群？"
_US = 1_000_000


async def say(shop: Shop, number: int) -> None:
    """Let a new follower ask for a group, by a connection of its own."""
    now_s = time.time()
    message = oa_text(f"ada{number}", WORDS, number, now_s)
    encrypt = encrypted(padded(frame(message.encode(), APPID)), AES_KEY)
    stamp = f"{now_s:.0f}"
    query = {
        "msg_signature": sign(TOKEN, stamp, NONCE, encrypt), "timestamp": stamp, "nonce": NONCE,
        "encrypt_type": "aes",
    }  # fmt: skip
    body = f"<xml><Encrypt>{encrypt}</Encrypt></xml>".encode()
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{shop.base}/callback/oa-main", params=query, data=body) as answer,
    ):
        assert answer.status == 200


def traces(shop: Shop) -> list[tuple[int, Mapping[str, Any]]]:
    """Return when each message was decided, and its trace."""

    async def work(tx: Tx) -> list[tuple[int, Mapping[str, Any]]]:
        rows = await tx.all("SELECT at_us, body FROM trace ORDER BY at_us")
        told = [(row["at_us"], orjson.loads(row["body"])) for row in rows]
        return [(at_us, trace) for at_us, trace in told if trace["text"] == WORDS]

    return ask(shop.place, work)


def paused_us(shop: Shop) -> int:
    async def work(tx: Tx) -> int:
        row = await tx.one("SELECT at_us FROM pause WHERE name = ?", f"rule:{RULE}")
        return int(row["at_us"]) if row else 0

    return ask(shop.place, work)


def hit(trace: Mapping[str, Any]) -> bool:
    return any(one["rule"] == RULE for one in trace["hits"])


async def test_every_process_keeps_a_pause_within_two_seconds(tmp_path: Path) -> None:
    async with shop(tmp_path) as one, one.running("serve", "--processes", "2"):
        await one.until(one.ready)
        await one.until_living(2)
        stop = asyncio.Event()

        async def talking() -> int:
            number = 0
            while not stop.is_set():
                number += 1
                await say(one, number)
                await asyncio.sleep(0.05)
            return number

        talk = asyncio.create_task(talking())
        await asyncio.sleep(0.5)
        async with one.running("pause", "rule", RULE) as command:
            assert await asyncio.wait_for(command.wait(), 30) == 0
        await asyncio.sleep(0.5)
        stop.set()
        said = await talk
        decided = await asyncio.to_thread(traces, one)
        began = await asyncio.to_thread(paused_us, one)
        assert len(decided) == said
        assert hit(decided[0][1])
        assert not hit(decided[-1][1])
        late = [at_us for at_us, trace in decided if hit(trace) and at_us > began]
        assert max(late, default=began) - began <= 2 * _US
        missed = [why["why"] for _, trace in decided for why in trace["missed"]]
        assert "paused" in missed
