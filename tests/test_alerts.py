"""Each alert is fired once by its fault, in real rooms, and is quiet before it."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import disk_usage
from typing import Any

import pytest
import yaml

from bot import metrics, vitals
from bot.actions import Send
from bot.db import ledger, workers
from bot.errors import DatabaseTrouble
from bot.platforms.wire import Answer, Phase
from bot.stalls import feel_stalls
from bot.vitals import Vitals
from commands.parts.pulse import certificate_days
from tests.callbacks import contact_added, said
from tests.certificates import written_certificate
from tests.front import Client, front
from tests.little_shop import NOW_S
from tests.platform import refused
from tests.promql import Scrape, Vector, fires, names_in
from tests.pulse import pulse, scraped
from tests.rooms import Installed, installed, post_of
from tests.sealing import sealed
from tests.source import ROOT

RULES = {
    rule["alert"]: rule
    for group in yaml.safe_load((ROOT / "docker" / "alerts.yaml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
}
OWING = ledger.Owing(inbox=1, event_id="E1", person=None, now_us=NOW_S * 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """An installation that is watched: two scrapes tell whether an alert fires."""

    shop: Installed
    client: Client
    pulse: Vitals
    before: Scrape

    async def fires(self, alert: str, *, after_s: float = 30) -> Vector:
        """Return what an alert selects now that its fault is there; it was quiet before."""
        self.pulse._read_at_s = -vitals.KEPT_S  # five seconds have passed
        now = await scraped(self.client, after_s=after_s)
        expression = RULES[alert]["expr"]
        if "[" not in expression:
            assert not fires(expression, [self.before]), "it fired before there was a fault"
        return fires(expression, [self.before, now])


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    async with installed(tmp_path) as shop:
        beat = pulse(shop, tmp_path, wal=tmp_path / "a-log")
        async with front(shop, vitals=beat) as client:
            metrics.LOOP_LAG.set(0)
            metrics.CLOCK_SKEW.set(0)
            metrics.TOKEN_REFUSALS.labels("oa").set(0)
            await beat.probe()
            await shop.worker.sweep()
            before = await scraped(client)
            yield Watched(shop=shop, client=client, pulse=beat, before=before)


async def say(watched: Watched, text: str, number: int, *, at_s: int = NOW_S) -> None:
    """Let a follower say something, and leave the rest to the rooms."""
    post = post_of(said("ada", text, number, at_s=at_s))
    got = await watched.client.post("/callback/oa", params=post.query, data=post.body)
    assert got.status == 200


def test_every_alert_names_metrics_that_there_are() -> None:
    named = {f"{one._name}_total" if one._type == "counter" else one._name
             for one in metrics.COUNTED} | {one.name for one in metrics.SEEN}  # fmt: skip
    for alert, rule in RULES.items():
        assert names_in(rule["expr"]), alert
        assert names_in(rule["expr"]) <= named, alert


def test_every_alert_is_fired_by_a_test_here() -> None:
    source = Path(__file__).read_text("utf-8")
    assert not [alert for alert in RULES if f'"{alert}"' not in source]


def test_every_alert_says_what_it_is_and_what_to_do() -> None:
    for alert, rule in RULES.items():
        assert rule["annotations"].keys() == {"summary", "todo"}, alert
        assert rule["labels"]["severity"] in {"page", "ticket"}, alert


async def test_an_unknown_effect_fires(watched: Watched) -> None:
    shop = watched.shop
    shop.platform.answers["message/custom/send"] = lambda _: Answer(phase=Phase.WRITTEN)
    send = Send(account="oa", openid="ada", text="您好")
    await shop.db.write(lambda tx: ledger.owe(tx, send, OWING))
    await shop.perform_due()
    assert set((await watched.fires("XiaoerUnknownEffects")).values()) == {1.0}


async def test_a_callback_that_cannot_be_read_fires(watched: Watched) -> None:
    post = sealed("<xml><never closed>", watched.shop.shop.accounts["oa"].scope)
    await watched.client.post("/callback/oa", params=post.query, data=post.body)
    assert await watched.fires("XiaoerQuarantine")


async def test_a_welcome_that_came_too_late_fires(watched: Watched) -> None:
    await watched.shop.deliver(contact_added("wmADA", code="WC1"))
    await watched.shop.decide_due()
    watched.shop.hand.move(60)
    await watched.shop.perform_due()
    (labels,) = await watched.fires("XiaoerDeadlineMissed")
    assert dict(labels) == {"cause": "untried"}


async def test_a_backlog_fires(watched: Watched) -> None:
    await watched.shop.deliver(said("ada", "领券", 1))
    watched.shop.hand.move(120)
    assert await watched.fires("XiaoerBehind")


async def test_a_wrong_secret_fires(watched: Watched) -> None:
    shop = watched.shop
    shop.platform.answers["stable_token"] = lambda _: refused(40125)
    for _ in range(3):
        await shop.doors["oa"].port.tokens.token()
        shop.hand.move(700)
    (labels,) = await watched.fires("XiaoerTokenRefused")
    assert dict(labels) == {"account": "oa"}


async def test_an_account_that_the_platform_closed_fires(watched: Watched) -> None:
    shop = watched.shop
    shop.platform.answers["message/custom/send"] = lambda _: refused(40164)
    send = Send(account="oa", openid="ada", text="您好")
    await shop.db.write(lambda tx: ledger.owe(tx, send, OWING))
    await shop.perform_due()
    assert await watched.fires("XiaoerAccountClosed")


async def test_a_sweep_that_cannot_write_fires(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched.shop.db, "write", full)
    with pytest.raises(ExceptionGroup):
        await watched.shop.worker.sweep()
    assert not await watched.fires("XiaoerSweepStopped", after_s=30)
    assert await watched.fires("XiaoerSweepStopped", after_s=61)


async def test_a_full_disk_fires(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    total = disk_usage(ROOT).total
    usage = type(disk_usage(ROOT))(total, total - total // 50, total // 50)
    monkeypatch.setattr(vitals, "disk_usage", lambda _path: usage)
    assert await watched.fires("XiaoerDiskLow")
    assert "disk" in await watched.pulse._troubles()


async def test_a_log_that_grows_fires(watched: Watched) -> None:
    assert watched.pulse.body.wal
    with watched.pulse.body.wal.open("wb") as log:
        log.truncate(65 * 1024 * 1024)
    assert await watched.fires("XiaoerWalLarge")


async def test_a_clock_that_runs_ahead_fires(watched: Watched) -> None:
    for number in range(5):
        await say(watched, "你好", number, at_s=NOW_S - 45 + number)
        watched.shop.hand.move(1)
    await watched.pulse.probe()
    assert set((await watched.fires("XiaoerClockSkew")).values()) == {45.0}


async def test_a_shelf_that_is_all_but_empty_fires(watched: Watched) -> None:
    await say(watched, "来个鸡蛋", 1)
    (labels,) = await watched.fires("XiaoerStockLow")
    assert dict(labels) == {"campaign": "egg"}


async def test_a_certificate_that_ends_soon_fires(watched: Watched, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(written_certificate(tmp_path, days=3))
    server = await asyncio.start_server(_hang_up, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        days = await certificate_days(f"https://127.0.0.1:{port}")
    watched.pulse.certificate_days = days
    assert [round(value) for value in (await watched.fires("XiaoerCertificateEnds")).values()] == [
        3
    ]


async def test_a_certificate_that_nobody_shows_tells_nothing() -> None:
    assert await certificate_days("https://127.0.0.1:1") is None


async def test_forged_callbacks_fire(watched: Watched) -> None:
    post = post_of(said("ada", "领券", 1))
    query = {**post.query, "msg_signature": "0" * 40, "signature": "0" * 40}
    await watched.client.post("/callback/oa", params=query, data=post.body)
    first = await scraped(watched.client)
    for _ in range(40):
        got = await watched.client.post("/callback/oa", params=query, data=post.body)
        assert got.status == 403
    now = await scraped(watched.client, after_s=30)
    assert fires(RULES["XiaoerForgedCallbacks"]["expr"], [first, now])


async def test_a_lost_row_fires(watched: Watched) -> None:
    await say(watched, "领券", 1)
    assert await watched.pulse.check() == {}
    await say(watched, "领券", 2)
    await watched.shop.run("DELETE FROM inbox WHERE id = (SELECT max(id) FROM inbox)")
    assert await watched.pulse.check() == {"answered": 1}
    assert await watched.fires("XiaoerBooksDoNotBalance")


async def test_processes_that_go_by_different_rules_fire(watched: Watched) -> None:
    db = watched.shop.db
    for pid, ruleset in ((1, "0" * 16), (2, "1" * 16)):
        entry = workers.Entry(
            id=f"W{pid}", host="here", machine="m", pid=pid, role="work",
            rules=workers.Rules(hash=ruleset, problems=0),
        )  # fmt: skip
        await db.write(partial(workers.enter, entry=entry, lease_us=60_000_000, alone=False))
    assert await watched.fires("XiaoerRulesDiffer")


async def test_a_rule_file_with_a_mistake_fires(watched: Watched) -> None:
    entry = workers.Entry(
        id="W1", host="here", machine="m", pid=1, role="serve",
        rules=workers.Rules(hash="a", problems=2),
    )  # fmt: skip
    db = watched.shop.db
    await db.write(partial(workers.enter, entry=entry, lease_us=60_000_000, alone=False))
    assert await watched.fires("XiaoerRuleFileBroken")


async def test_a_loop_that_stands_still_fires(watched: Watched) -> None:
    beating = asyncio.create_task(feel_stalls())
    await asyncio.sleep(0.01)
    time.sleep(1.1)  # noqa: ASYNC251  (it is the fault)
    await asyncio.sleep(0.01)
    beating.cancel()
    assert await watched.fires("XiaoerLoopStalled")


async def test_a_database_that_takes_no_write_fires(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.pulse._green_at_s = -vitals.GREEN_KEPT_S
    monkeypatch.setattr(watched.shop.db, "write", full)
    await watched.pulse.probe()
    assert await watched.fires("XiaoerNotReady")


async def test_gauges_that_cannot_be_read_fire(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched.shop.db, "read", full)
    watched.pulse.body = pulse(watched.shop, ROOT).body
    watched.pulse._read_at_s = time.monotonic() - 90
    now = await scraped(watched.client)
    assert fires(RULES["XiaoerGaugesStale"]["expr"], [now])


def test_a_program_that_is_not_there_fires() -> None:
    assert fires(RULES["XiaoerSilent"]["expr"], [Scrape(at_s=1, samples={})])
    there = {"xiaoer_ready": {frozenset[tuple[str, str]](): 1.0}}
    assert not fires(RULES["XiaoerSilent"]["expr"], [Scrape(at_s=1, samples=there)])


async def full(_work: object, **_how: object) -> Any:
    """Stand in for a database whose disk is full."""
    raise DatabaseTrouble("the disk is full")


async def _hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()
