"""The coupon's page: its code on one phone, its state on every phone, nothing for a forged link."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse

from bot.db.merging import Cause, merge
from bot.links import CouponLink, opened_link, sealed_link
from bot.shop import Tills
from tests.callbacks import said
from tests.counter import CODES
from tests.front import Client, front
from tests.little_shop import NEWCOMER, NOW_US, TILL_KEY, shop_content
from tests.rooms import INSTANCE_KEY, Installed, Plans, installed

DAY_S = 24 * 3600


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path, Plans(codes=CODES)) as one:
        yield one


@pytest.fixture
async def client(shop: Installed) -> AsyncIterator[Client]:
    async with front(shop) as one:
        yield one


async def link_of(shop: Installed, who: str = "ada", words: str = "领券", number: int = 1) -> str:
    """Let somebody ask for a coupon and return the path of the link in the answer."""
    answer = await shop.say(who, said(who, words, number))
    assert answer is not None
    link = re.search(r"https://shop\.example(/c/[\w-]+)", answer.decode())
    assert link
    assert len(link[0]) <= 90
    return link[1]


async def redeem(client: Client, code: str = "NEW2CDE9", request: str = "R1") -> int:
    headers = {"Authorization": f"Bearer {TILL_KEY}"}
    asked = {"code": code, "request": request}
    return (await client.post("/api/redeem", json=asked, headers=headers)).status


async def state_of(client: Client, link: str) -> dict[str, Any]:
    told: dict[str, Any] = await (await client.get(f"{link}/state")).json()
    return told


async def other_phone(client: Client, link: str) -> ClientResponse:
    """Open a link on a phone that has been nowhere."""
    client.session.cookie_jar.clear()
    return await client.get(link)


async def test_the_page_shows_the_code_with_its_terms_and_pictures(
    shop: Installed, client: Client
) -> None:
    got = await client.get(await link_of(shop))
    page = await got.text()
    assert got.status == 200
    for words in ("新人券", "NEW2CDE9", "5.00", "满20减5", "2025-11-08", "全部门店", "可用"):
        assert words in page
    assert page.count("<svg") == 2


async def test_a_coupon_of_one_store_names_it(shop: Installed, client: Client) -> None:
    page = await (await client.get(await link_of(shop, words="鸡蛋"))).text()
    assert "良渚店" in page
    assert "全部门店" not in page


async def test_opening_it_is_remembered_once(shop: Installed, client: Client) -> None:
    link = await link_of(shop)
    for _ in range(3):
        await client.get(link)
    assert await shop.one("SELECT count(*) FROM inbox WHERE kind = 'CouponOpened'") == 1
    assert await shop.one("SELECT count(*) FROM tag WHERE name = '看券/newcomer'") == 1


async def test_the_pages_cookie_is_out_of_reach_of_scripts_and_other_sites(
    shop: Installed, client: Client
) -> None:
    cookie = (await client.get(await link_of(shop))).headers["Set-Cookie"]
    assert re.match(r"xr_device=[0-9a-f]{32};", cookie)
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/c/"} <= set(cookie.split("; "))


async def test_the_page_lets_nothing_in_and_stays_in_no_cache(
    shop: Installed, client: Client
) -> None:
    headers = (await client.get(await link_of(shop))).headers
    policy = headers["Content-Security-Policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert {"script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"} <= set(policy)
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")


async def test_another_phone_sees_the_coupon_without_its_code(
    shop: Installed, client: Client
) -> None:
    link = await link_of(shop)
    await client.get(link)
    got = await other_phone(client, link)
    page = await got.text()
    assert got.status == 200
    assert "新人券" in page
    assert "我的券" in page
    assert "NEW2CDE9" not in page
    assert "<svg" not in page


async def test_a_new_link_moves_the_code_to_the_phone_that_opens_it(
    shop: Installed, client: Client
) -> None:
    old = await link_of(shop)
    await client.get(old)
    new = await link_of(shop, number=2)
    assert new != old
    assert "NEW2CDE9" in await (await other_phone(client, new)).text()
    assert "NEW2CDE9" in await (await client.get(old)).text()  # the same phone, an older link
    assert "NEW2CDE9" not in await (await other_phone(client, old)).text()


async def test_a_look_without_content_binds_nothing(shop: Installed, client: Client) -> None:
    link = await link_of(shop)
    assert (await client.head(link)).status == 405
    assert "NEW2CDE9" in await (await client.get(link)).text()


async def test_a_shop_may_show_codes_on_every_phone(tmp_path: Path) -> None:
    plans = Plans(codes=CODES, tills=Tills(device_binding=False))
    async with installed(tmp_path, plans) as shop, front(shop) as client:
        link = await link_of(shop)
        await client.get(link)
        assert "NEW2CDE9" in await (await other_phone(client, link)).text()


async def test_a_redeemed_coupon_says_when_and_where_and_hides_its_code(
    shop: Installed, client: Client
) -> None:
    link = await link_of(shop)
    await client.get(link)
    assert (await state_of(client, link))["state"] == "good"
    assert await redeem(client) == 200
    told = await state_of(client, link)
    assert (told["v"], told["state"], told["label"]) == (1, "used", "已使用")
    page = await (await client.get(link)).text()
    assert "2025-10-09 16:53 在良渚店使用" in page
    assert "NEW2CDE9" not in page


async def test_a_coupon_taken_back_is_good_again_on_its_page(
    shop: Installed, client: Client
) -> None:
    link = await link_of(shop)
    await client.get(link)
    await redeem(client)
    headers = {"Authorization": f"Bearer {TILL_KEY}"}
    asked = {"code": "NEW2CDE9", "request": "U1"}
    assert (await client.post("/api/redeem/undo", json=asked, headers=headers)).status == 200
    assert "NEW2CDE9" in await (await client.get(link)).text()


async def test_an_expired_coupon_says_so_and_thirty_days_later_its_link_dies(
    shop: Installed, client: Client
) -> None:
    link = await link_of(shop)
    shop.hand.move(31 * DAY_S)
    got = await client.get(link)
    assert got.status == 200
    assert "已过期" in await got.text()
    shop.hand.move(30 * DAY_S)
    got = await client.get(link)
    assert got.status == 410
    assert "链接已过期" in await got.text()


async def test_a_withdrawn_coupon_says_so(shop: Installed, client: Client) -> None:
    link = await link_of(shop)
    await shop.run("UPDATE coupon SET state = 'withdrawn' WHERE code = 'NEW2CDE9'")
    page = await (await client.get(link)).text()
    assert "已撤销" in page
    assert "NEW2CDE9" not in page
    assert await redeem(client) == 410


async def test_a_forged_link_leads_nowhere(shop: Installed, client: Client) -> None:
    link = await link_of(shop)
    token = link.removeprefix("/c/")
    turned = token[:-1] + ("A" if token[-1] != "A" else "B")
    for path in (f"/c/{turned}", f"/c/{'A' * 56}", "/c/x", f"/c/{token}A"):
        assert (await client.get(path)).status == 404
        assert (await client.get(f"{path}/state")).status == 404


async def test_a_link_to_somebody_elses_coupon_leads_nowhere(
    shop: Installed, client: Client
) -> None:
    """Even one that we sealed: the coupon must be that member's."""
    ada = opened_link(INSTANCE_KEY, (await link_of(shop)).removeprefix("/c/"))
    bo = opened_link(INSTANCE_KEY, (await link_of(shop, "bo", number=2)).removeprefix("/c/"))
    assert ada
    assert bo
    crossed = sealed_link(INSTANCE_KEY, replace(ada, person=bo.person))
    assert (await client.get(f"/c/{crossed}")).status == 404


async def test_a_link_given_before_a_merge_still_opens(shop: Installed, client: Client) -> None:
    first = await link_of(shop)
    second = await link_of(shop, "bo", number=2)
    ids = [row["id"] for row in await shop.rows("SELECT id FROM person ORDER BY created_us, id")]
    cause = Cause(how="test", inbox=1, at_us=NOW_US)
    await shop.db.write(lambda tx: merge(tx, ids[0], ids[1], cause))
    assert "NEW2CDE9" in await (await client.get(first)).text()
    assert "NEW3CDE9" in await (await client.get(second)).text()
    await redeem(client, "NEW3CDE9")
    assert (await state_of(client, first))["state"] == "used"  # two names of one coupon


async def test_names_of_a_campaign_cannot_break_out_of_the_page(tmp_path: Path) -> None:
    sly = replace(NEWCOMER, name="<script>alert(1)</script>", terms='"><img src=x>')
    content = replace(shop_content(), campaigns={"newcomer": sly})
    plans = Plans(content=lambda: content, codes=CODES)
    async with installed(tmp_path, plans) as shop, front(shop) as client:
        page = await (await client.get(await link_of(shop))).text()
        assert "alert(1)</script>" not in page
        assert "<img" not in page


async def test_a_tills_own_code_is_shown_as_it_was_imported(tmp_path: Path) -> None:
    plans = Plans(codes={"newcomer": ["xm-9f_Q7"]})
    async with installed(tmp_path, plans) as shop, front(shop) as client:
        link = await link_of(shop)
        assert "xm-9f_Q7" in await (await client.get(link)).text()
        assert await redeem(client, "xm-9f_Q7") == 200


async def test_a_campaign_that_is_no_more_has_no_page(tmp_path: Path) -> None:
    async with installed(tmp_path, Plans(codes=CODES)) as shop:
        link = await link_of(shop)
    content = replace(shop_content(), campaigns={})
    async with (
        installed(tmp_path, Plans(content=lambda: content)) as shop,
        front(shop) as client,
    ):
        assert (await client.get(link)).status == 404


def test_a_link_says_what_was_put_into_it_and_only_with_the_right_key() -> None:
    link = CouponLink(coupon=7, person="01KAMQ2Z3B4C5D6E7F8G9H0J1K", given=12)
    text = sealed_link(INSTANCE_KEY, link)
    assert re.fullmatch(r"[\w-]{56}", text)
    assert opened_link(INSTANCE_KEY, text) == link
    assert opened_link(b"x" * 32, text) is None


@pytest.mark.parametrize("text", ["", "A", "=" * 56, "é" * 56, "A" * 400])
def test_no_text_breaks_the_reading_of_a_link(text: str) -> None:
    assert opened_link(INSTANCE_KEY, text) is None
