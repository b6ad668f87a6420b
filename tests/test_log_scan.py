"""What the real program logs, counts and shows while customers come: none of it says a secret.

The twin plays customers, at the program's most talkative level; canaries are searched in every line
of the log and in what /metrics and /status say.
"""

import io
import json
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, redirect_stderr
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import structlog

from commands.parts import logs
from commands.play.stage import Bot, Twin, listening_socket, twin_running, write_home
from tests.canaries import forms, found, of_database, of_wiring
from tests.order_calls import headers

WORDS = "今天月亮真圆，想起外婆"
MOBILE = "13912345678"
CARD = "VIP-88990011"
PIN = "73915"
HTML = {"Accept": "text/html"}


@dataclass(slots=True, kw_only=True)
class Run:
    """A run of the program, and everything that it told."""

    home: Path
    bot: Bot
    twin: Twin
    wiring: dict[str, Any]
    http: aiohttp.ClientSession
    shown: list[str] = field(default_factory=list)

    async def see(self, path: str, **headers: str) -> None:
        """Keep what a page says."""
        async with self.http.get(f"{self.bot.url}{path}", headers=headers) as got:
            assert got.status == 200, path
            self.shown.append(await got.text())

    async def post(self, path: str, body: str, **headers: str) -> int:
        """Tell the program something as a stranger or a till would."""
        async with self.http.post(
            f"{self.bot.url}{path}", data=body.encode(), headers=headers
        ) as got:
            return got.status


@asynccontextmanager
async def running(home: Path) -> AsyncIterator[Run]:
    async with aiohttp.ClientSession() as http, twin_running(home, http) as twin:
        with listening_socket() as listener:
            bot = Bot(home, listener, http, environment={"XIAOER_LOG_LEVEL": "debug"})
            wiring = await twin.get("wiring")
            bases = {"oa": twin.oa_base, "wecom": twin.wecom_base}
            clock = f"{twin.control}/twin/clock"
            write_home(home, wiring, url=bot.url, bases=bases, clock=clock)
            await bot.start()
            try:
                await bot.until_ready()
                accounts = [account["id"] for account in wiring["accounts"]]
                await twin.post("wire", **{a: f"{bot.url}/callback/{a}" for a in accounts})
                yield Run(home=home, bot=bot, twin=twin, wiring=wiring, http=http)
            finally:
                await bot.stop()


async def a_short_story(run: Run) -> None:
    """Customers come by every door, and strangers try theirs."""
    twin = run.twin
    await twin.do("scan_oa", "甲", poster="poster-S012-door")
    for text in ("领劵", WORDS, f"我的手机 {MOBILE}", "宠物群"):
        await twin.do("type", "甲", text=text)
    await twin.do("add_contact", "乙", code="staff-xiaowang-S012")
    await twin.do("enter_kf", "丙", kf="wkYIDIAN_S012", scene="poster-S012-kf")
    await twin.do("kf_type", "丙", text=WORDS)
    order = {
        "order": "A1", "revision": 1, "state": "paid", "total_fen": 100,
        "paid_at": "2026-03-02T10:00:00+08:00", "phone": MOBILE, "card": CARD,
    }  # fmt: skip
    body = json.dumps([order])
    source = run.wiring["sources"][0]
    now_s = time.time() + float((await twin.get("clock"))["offset_s"])
    signed = headers(
        body.encode(), source=source["id"], secret=source["secret"].encode(), at_s=int(now_s)
    )
    assert await run.post("/api/orders", body, **signed) == 200
    await run.post("/callback/oa-main?signature=x&timestamp=1&nonce=n", f"<xml>{WORDS}</xml>")
    await run.post("/callback/oa-main", WORDS * 10_000)
    await run.post("/till/login", f"store=S012&pin={PIN}")
    await run.post(f"/nowhere/{MOBILE}", MOBILE)
    await twin.post("idle", wait_s=10)
    for path, asked in (("/metrics", {}), ("/status", {}), ("/status", HTML), ("/ready", {})):
        await run.see(path, **asked)


@pytest.mark.slow
async def test_a_run_at_debug_level_tells_no_canary(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        await a_short_story(run)
    log = (tmp_path / "serve.log").read_text("utf-8")
    canaries = {
        **of_wiring(run.wiring),
        **of_database(tmp_path / "xiaoer.db"),
        "words": [WORDS], "mobile": [MOBILE], "card": [CARD], "pin": [PIN],
    }  # fmt: skip
    assert all(canaries.values()), {sort for sort, words in canaries.items() if not words}
    assert found(canaries, log) == set()
    assert found(canaries, "\n".join(run.shown)) == set()
    lines = [json.loads(line) for line in log.splitlines()]  # every line is one JSON object
    assert {"decided", "performed", "refused", "able"} <= {line["event"] for line in lines}
    of_events = [line for line in lines if line["event"] in {"decided", "performed", "repeated"}]
    assert all(line["event_id"] for line in of_events)
    assert all(line["effect"] for line in lines if line["event"] == "performed")
    people = {line["member"] for line in of_events if line.get("member")}
    assert people <= members_of(tmp_path / "xiaoer.db")


def members_of(path: Path) -> set[str]:
    """Return our own random ids of members."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        return {row[0] for row in database.execute("SELECT id FROM person")}


def test_the_search_finds_what_is_logged_without_a_list_of_what_is_allowed() -> None:
    """A search that finds nothing proves nothing, unless it finds what is there."""
    canaries = {"words": [WORDS], "mobile": [MOBILE], "secret": ['qu"ote/and slash']}
    for sort, words in canaries.items():
        for form in forms(words[0]):
            assert found(canaries, f"…{form}…") == {sort}
    open_lines = [one for one in logs.processors() if one is not logs.allowed_only]
    assert found(canaries, logged(open_lines, canaries)) == canaries.keys()
    assert found(canaries, logged(logs.processors(), canaries)) == set()


def logged(processors: list[structlog.typing.Processor], canaries: dict[str, list[str]]) -> str:
    """Return what is logged of an event that brings each canary, in a field and in a fault."""
    told = io.StringIO()
    with redirect_stderr(told):
        log = structlog.wrap_logger(logs.StandardError(), processors=processors)
        for sort, words in canaries.items():
            try:
                raise ValueError(words[0])
            except ValueError:
                log.exception("said", **{sort: words[0], "openid": words[0]})
    return told.getvalue()
