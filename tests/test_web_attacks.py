"""What a fraudster tries at the coupon's page and at the cashier's: nothing of it pays."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import DatabaseTrouble
from bot.links import CouponLink, opened_link, sealed_link
from commands.parts.logs import is_ours
from tests.callbacks import said
from tests.counter import CODES, hidden, redeem, sign_in, undo
from tests.front import Client, front
from tests.little_shop import MANAGER_PIN, TILL_KEY, shop_content
from tests.rooms import INSTANCE_KEY, Installed, Plans, installed

BEARER = {"Authorization": f"Bearer {TILL_KEY}"}
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
PATHS = ("/till", "/till/login", "/till/redeem", "/static/x.css", "/static/..%2fpages.py", "/c/x",
         "/c/x/state", "/j/x", "/nowhere", "/api/redeem", "/live", "/callback/oa")  # fmt: skip
NO_CODES = ("'; DROP TABLE coupon; --", "<script>alert(1)</script>", "🎫" * 16, "\0", "%00",
            "A" * 10_000, "券" * 64, "NEW2CDE9\0", "\u202eNEW2CDE9", "ﷺ" * 60)  # fmt: skip


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path, Plans(codes=CODES)) as one:
        await one.say("ada", said("ada", "领券", 1))
        yield one


@pytest.fixture
async def client(shop: Installed) -> AsyncIterator[Client]:
    async with front(shop) as one:
        yield one


def test_a_link_that_differs_in_one_bit_or_is_cut_leads_nowhere() -> None:
    link = CouponLink(coupon=7, person="01KAMQ2Z3B4C5D6E7F8G9H0J1K", given=12)
    text = sealed_link(INSTANCE_KEY, link)
    for place, letter in enumerate(text):
        for bit in range(6):
            other = BASE64[BASE64.index(letter) ^ 1 << bit]
            assert opened_link(INSTANCE_KEY, text[:place] + other + text[place + 1 :]) is None
    for length in range(len(text)):
        assert opened_link(INSTANCE_KEY, text[:length]) is None


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_lets_nothing_in(client: Client, path: str) -> None:
    """Refusals of the router too, which nobody wrote a page for."""
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
        got = await client.request(method, path, allow_redirects=False)
        assert got.status < 500
        assert got.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert got.headers["Cache-Control"] == "no-store"
        assert got.headers["Server"] == "xiaoer"


async def test_a_phone_that_asks_again_for_what_was_posted_comes_back_to_the_page(
    shop: Installed, client: Client
) -> None:
    await sign_in(client)
    for posted in ("login", "redeem", "undo", "leave"):
        got = await client.get(f"/till/{posted}", params={"code": "NEW2CDE9", "request": "R"})
        assert (got.status, got.url.path) == (200, "/till")
    assert await shop.one("SELECT count(*) FROM redemption") == 0


async def test_a_header_of_any_size_breaks_nothing(client: Client) -> None:
    for size in (5_000, 100_000):
        got = await client.get("/till", headers={"X-Big": "x" * size})
        assert got.status in (200, 400)
    assert (await client.get("/live")).status == 200


async def test_what_is_no_http_leaves_nothing_of_itself_in_the_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Its first hundred characters would be there: enough for a key."""
    server = logging.getLogger("aiohttp.server")
    server.addFilter(is_ours)
    try:
        await client.get("/till", headers={"Authorization": "Bearer " + "k" * 20_000})
        assert caplog.records == []
        server.error("a fault", exc_info=ValueError("ours"))
        assert len(caplog.records) == 1
    finally:
        server.removeFilter(is_ours)


@pytest.mark.parametrize("code", NO_CODES)
async def test_no_text_as_a_code_breaks_the_page_or_the_call(
    shop: Installed, client: Client, code: str
) -> None:
    await sign_in(client)
    got, told = await redeem(client, code)
    assert (got.status, told) == (200, "unknown_code")
    assert "<script>alert" not in await got.text()
    called = await client.post("/api/redeem", json={"code": code, "request": "R"}, headers=BEARER)
    assert called.status in (400, 404)
    assert await shop.one("SELECT count(*) FROM redemption") == 0


async def test_names_of_stores_and_campaigns_cannot_break_out_of_the_tills_page(
    tmp_path: Path,
) -> None:
    sly, content = '"><script>alert(1)</script>', shop_content()
    content = replace(
        content,
        stores={"S012": replace(content.stores["S012"], name=sly)},
        campaigns={"newcomer": replace(content.campaigns["newcomer"], name=sly, terms=sly)},
    )
    plans = Plans(content=lambda: content, codes=CODES)
    async with installed(tmp_path, plans) as shop, front(shop) as client:
        await shop.say("ada", said("ada", "领券", 1))
        pages = [await (await client.get("/till")).text(), (await sign_in(client))[1]]
        got, told = await redeem(client, "NEW2CDE9")
        assert told == "redeemed"
        assert not any("<script>alert" in page for page in (*pages, await got.text()))


@pytest.mark.parametrize("redemption", ["9" * 5000, "9" * 19, "-1", "0", "1 OR 1=1", "１"])
async def test_no_number_of_a_redemption_breaks_the_page(client: Client, redemption: str) -> None:
    await sign_in(client, MANAGER_PIN)
    assert await undo(client, redemption) == "unknown_code"


async def test_of_two_stores_at_once_one_takes_a_coupon_in(shop: Installed, client: Client) -> None:
    async with front(shop) as other:
        await sign_in(client, store="S012")
        await sign_in(other, store="S001")
        tills = enumerate((client, other) * 5)
        told = await asyncio.gather(*(redeem(till, "NEW2CDE9", f"R{n}") for n, till in tills))
    assert sorted(word for _, word in told) == ["already_redeemed"] * 9 + ["redeemed"]
    assert await shop.one("SELECT count(*) FROM redemption") == 1


async def test_taking_in_and_back_all_at_once_leaves_each_answer_true(
    shop: Installed, client: Client
) -> None:
    await sign_in(client)

    async def take_back(number: int) -> str:
        asked = {"code": "NEW2CDE9", "request": f"U{number}"}
        answer = await client.post("/api/redeem/undo", json=asked, headers=BEARER)
        return str((await answer.json())["code"])

    async def take_in(number: int) -> str:
        return (await redeem(client, "NEW2CDE9", f"R{number}"))[1]

    told = await asyncio.gather(*(one(n) for n in range(10) for one in (take_in, take_back)))
    assert await shop.one("SELECT count(*) FROM redemption") == told.count("redeemed")
    taken_back = await shop.one("SELECT count(*) FROM redemption WHERE undone <> 0")
    assert taken_back == told.count("undone")
    assert told.count("redeemed") - taken_back in (0, 1)


async def test_an_old_page_does_not_take_back_a_later_redemption(
    shop: Installed, client: Client
) -> None:
    await sign_in(client, MANAGER_PIN)
    await redeem(client, "NEW2CDE9")
    asked = {"code": "NEW2CDE9", "request": "U"}
    await client.post("/api/redeem/undo", json=asked, headers=BEARER)
    await redeem(client, "NEW2CDE9")
    assert await undo(client, "1") == "undone"  # as it is
    assert await shop.one("SELECT count(*) FROM redemption WHERE undone = 0") == 1


async def test_fifty_guesses_at_once_are_five_from_whatever_address_they_claim(
    client: Client,
) -> None:
    csrf = hidden(await (await client.get("/till")).text(), "csrf")

    async def attempt(number: int) -> int:
        fields = {"csrf": csrf, "store": "S012", "pin": f"{number:04}"}
        claimed = {"X-Forwarded-For": f"10.0.0.{number}", "Forwarded": f"for=10.0.1.{number}"}
        return (await client.post("/till/login", data=fields, headers=claimed)).status

    told = await asyncio.gather(*map(attempt, range(50)))
    assert (told.count(403), told.count(429)) == (4, 46)


async def test_a_visit_of_one_store_does_not_speak_for_another(
    shop: Installed, client: Client
) -> None:
    """Neither by a field of the form nor by the token of another visit."""
    await sign_in(client, MANAGER_PIN)
    await redeem(client, "NEW2CDE9", store="S001", role="manager")
    assert await shop.one("SELECT store FROM redemption") == "S012"
    async with front(shop) as other:
        _, page = await sign_in(other)
        stolen = hidden(page, "csrf")
    got = await client.post("/till/undo", data={"csrf": stolen, "redemption": "1"})
    assert got.status == 403
    assert await shop.one("SELECT undone FROM redemption") == 0


async def test_while_nothing_can_be_read_every_page_says_to_try_again(
    shop: Installed, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_work: object) -> None:
        raise DatabaseTrouble("the disk is gone")

    await sign_in(client)
    monkeypatch.setattr(shop.db, "read", broken)
    for path in ("/till", "/j/x", f"/c/{'A' * 56}"):
        got = await client.get(path)
        assert got.status in (404, 503)
        assert "default-src 'none'" in got.headers["Content-Security-Policy"]
    assert "请再试一次" in await (await client.get("/till")).text()
