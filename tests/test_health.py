"""Who watches us: /live, /ready and /status, and who may see what."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot import vitals
from bot.db import schema
from bot.db.schema import SchemaStatus
from bot.db.tx import Work
from bot.errors import DatabaseTrouble
from bot.vitals import T, Vitals
from bot.web.app import new_app
from bot.web.keys import Rooms, Traces
from tests.callbacks import said
from tests.front import Client, front
from tests.platform import refused
from tests.pulse import pulse
from tests.rooms import Installed, installed, post_of

KEY = "a-key-that-nobody-guesses"
FORWARDED = {"X-Forwarded-For": "203.0.113.9"}


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


@pytest.fixture
def beat(shop: Installed, tmp_path: Path) -> Vitals:
    return pulse(shop, tmp_path, about={"version": "9.9.9"})


@pytest.fixture
async def client(shop: Installed, beat: Vitals) -> AsyncIterator[Client]:
    async with front(shop, vitals=beat) as one:
        yield one


async def full(_work: object, **_how: object) -> None:
    """Stand in for a database whose disk is full."""
    raise DatabaseTrouble("the disk is full")


async def never(_work: object, **_how: object) -> None:
    """Stand in for a database that hangs."""
    await asyncio.sleep(30)


async def test_liveness_asks_no_database(
    shop: Installed, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop.db, "write", full)
    monkeypatch.setattr(shop.db, "read", full)
    assert (await client.get("/live")).status == 200


@pytest.mark.parametrize("trouble", [full, never])
async def test_readiness_is_red_within_two_seconds_of_no_commit(
    client: Client, shop: Installed, monkeypatch: pytest.MonkeyPatch, trouble: object
) -> None:
    assert (await client.get("/ready")).status == 200
    monkeypatch.setattr(shop.db, "write", trouble)
    began = time.monotonic()
    async with asyncio.timeout(3):
        while (await client.get("/ready")).status == 200:  # noqa: ASYNC110  (it is asked, and tells nobody)
            await asyncio.sleep(0.05)
    assert time.monotonic() - began < 2.2
    told = (await (await client.get("/ready")).json())["troubles"]["database"]
    assert not told.endswith("：")


async def test_a_callback_that_could_not_be_written_turns_readiness_red_for_a_moment(
    shop: Installed, client: Client, beat: Vitals, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.worker.able.set()
    assert await beat.ready() == {}
    message = post_of(said("ada", "你好", 1))
    with monkeypatch.context() as patched:
        patched.setattr(shop.db, "write", full)
        got = await client.post("/callback/oa", params=message.query, data=message.body)
        assert got.status == 503
    assert "database" in await beat.ready()  # though a smaller write fits again
    monkeypatch.setattr(vitals, "REFUSED_KEPT_S", 0)
    assert await beat.ready() == {}


async def test_readiness_writes_since_an_empty_commit_needs_no_disk(
    shop: Installed, client: Client
) -> None:
    await client.get("/ready")
    assert await shop.one("SELECT count(*) FROM meta WHERE key = 'touched'") == 1


async def test_a_flood_of_questions_writes_once_a_second(
    shop: Installed, client: Client, beat: Vitals
) -> None:
    await client.get("/ready")
    before = await shop.one("SELECT value FROM meta WHERE key = 'touched'")
    await asyncio.gather(*(client.get("/ready") for _ in range(20)))
    assert await shop.one("SELECT value FROM meta WHERE key = 'touched'") == before


async def test_readiness_is_red_until_the_rules_are_loaded_and_when_we_leave(
    shop: Installed, client: Client, beat: Vitals
) -> None:
    shop.worker.able.clear()
    assert (await (await client.get("/ready")).json())["troubles"].keys() == {"rules"}
    shop.worker.able.set()
    assert (await client.get("/ready")).status == 200
    beat.leaving = True
    assert (await (await client.get("/ready")).json())["troubles"].keys() == {"stopping"}


async def test_readiness_is_red_under_another_schema(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def newer(_tx: object) -> SchemaStatus:
        return SchemaStatus(applied=(), pending=(), newer=("0099_tomorrow",))

    monkeypatch.setattr(schema, "standing", newer)
    told = await (await client.get("/ready")).json()
    assert "0099_tomorrow" in told["troubles"]["schema"]


async def test_an_outage_of_the_platform_leaves_readiness_green(
    shop: Installed, client: Client
) -> None:
    shop.platform.answers["stable_token"] = lambda _: refused(-1)
    await shop.deliver(said("ada", "领券", 1))
    await shop.settle_down()
    assert (await client.get("/ready")).status == 200


async def test_the_status_says_how_the_work_stands(shop: Installed, client: Client) -> None:
    await shop.deliver(said("ada", "领券", 1))
    await shop.run(
        "INSERT INTO pause(name, reason, by, at_us) VALUES('all-sending', '盘点', '小王', 1)"
    )
    got = await client.get("/status")
    told = await got.json()
    assert (got.status, told["v"], told["ready"], told["version"]) == (200, 1, True, "9.9.9")
    assert told["effects"] == {"ready": 0, "sending": 0, "unknown": 0}
    assert told["lag_s"].keys() == {"1"} or told["lag_s"] == {}
    assert told["stock"]["newcomer"] == {"left": 5, "size": 5}
    assert told["paused"][0]["name"] == "all-sending"
    assert told["settings"]
    assert told["ruleset"] == shop.shop.rules().hash


async def test_a_browser_gets_a_page_in_chinese(client: Client) -> None:
    got = await client.get("/status", headers={"Accept": "text/html,*/*"})
    page = await got.text()
    assert (got.status, got.content_type) == (200, "text/html")
    assert "一切就绪" in page
    assert "手上的活" in page


async def test_a_database_that_hangs_is_told_of_and_holds_nobody_up(
    shop: Installed, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop.db, "write", full)
    monkeypatch.setattr(shop.db, "read", full)
    for accept in ("application/json", "text/html"):
        got = await client.get("/status", headers={"Accept": accept})
        assert got.status == 200
    assert "没有就绪" in await got.text()


async def test_gauges_are_read_once_in_five_seconds(shop: Installed, tmp_path: Path) -> None:
    looks = 0

    async def look(work: Work[T]) -> T:
        nonlocal looks
        looks += 1
        return await shop.db.read(work)

    async with front(shop, vitals=pulse(shop, tmp_path, look=look)) as client:
        await asyncio.gather(*(client.get("/metrics") for _ in range(10)))
        await client.get("/metrics")
    assert looks == 1


@pytest.mark.parametrize(
    "headers", [FORWARDED, {"Via": "1.1 proxy"}, {"Host": "shop.example"}], ids=str
)
async def test_whoever_comes_through_a_proxy_needs_the_key(
    client: Client, headers: dict[str, str]
) -> None:
    got = await client.get("/status", headers=headers)
    assert got.status == 404  # no key is set, so nobody has it
    assert (await got.json())["code"] == "off"


async def test_the_key_that_reads_traces_reads_the_status(shop: Installed, beat: Vitals) -> None:
    async def nothing(_wanted: object) -> None:
        return None

    def untried(_rules: object, _subject: object, _about: str) -> dict[str, object]:
        return {}

    digest = hashlib.sha256(KEY.encode()).hexdigest()
    rooms = Rooms(
        db=shop.db, shop=shop.shop, acceptor=shop.acceptor, worker=shop.worker,
        clock=shop.shop.clock, ready=beat.ready, vitals=beat,
        traces=Traces(tell=nothing, explain=untried, key_sha256=digest),
    )  # fmt: skip
    async with TestClient(TestServer(new_app(rooms))) as client:
        right = {**FORWARDED, "Authorization": f"Bearer {KEY}"}
        assert (await client.get("/status", headers=right)).status == 200
        wrong = {**FORWARDED, "Authorization": "Bearer wrong"}
        assert (await client.get("/status", headers=wrong)).status == 401
