"""The cashier's page on a store's phone."""

from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.conftest import Keep
from tests.browser.stage import Stage, camera_seeing, staged
from tests.little_shop import MANAGER_PIN

pytestmark = pytest.mark.browser
_COUNT_TONES = """window.tones = 0;
const own = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { window.tones += 1; return own.call(this); };
"""


async def redeem(till: Page, code: str) -> str:
    """Type a code, send it, and return what the page says."""
    await till.fill("#code", code)
    async with till.expect_response("**/till/redeem"):
        await till.press("#code", "Enter")
    await expect(till.locator("#code")).to_have_value("")
    return await till.inner_text("#result")


async def test_a_second_time_says_when_and_where_and_a_manager_takes_it_back(
    stage: Stage, keep: Keep
) -> None:
    """Afterwards the coupon is good again, and the list tells of both."""
    await stage.coupon_link()
    till = await stage.signed_in(await stage.phone(), MANAGER_PIN)
    await keep(till, "till")
    assert "核销成功" in await redeem(till, "new2 cde9")
    second = await redeem(till, "NEW2CDE9")
    assert "已核销" in second
    assert "良渚店" in second
    await till.click("#today summary")
    await keep(till, "till-undo")
    await till.click("#today .danger")
    await till.wait_for_selector("#result .good")
    assert "已撤销核销" in await till.inner_text("#result")
    assert await till.locator("#today li").count() == 2
    assert "今日 0 笔" in await till.inner_text("#today")
    assert "核销成功" in await redeem(till, "NEW2CDE9")


async def test_the_camera_reads_the_customers_phone(tmp_path: Path) -> None:
    """The decoder is loaded only once somebody wants the camera."""
    async with staged(tmp_path, camera_seeing("NEW2CDE9", tmp_path)) as stage:
        await stage.coupon_link()
        till = await stage.signed_in(await stage.phone())
        assert not [path for path in stage.paths if "jsQR" in path]
        await till.click("#camera")
        await till.wait_for_selector("#result .good")
        assert "核销成功" in await till.inner_text("#result")
        assert [path for path in stage.paths if "jsQR" in path]
        assert await till.locator("#view").is_hidden()
        assert stage.faults == []


async def test_an_answer_that_got_lost_is_asked_for_again_and_counts_once(
    stage: Stage, keep: Keep
) -> None:
    """The till's request arrived, its answer did not: the worst moment for the network to go."""
    await stage.coupon_link()
    till = await stage.signed_in(await stage.phone())

    async def swallow(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await till.route("**/till/redeem", swallow)
    await till.fill("#code", "NEW2CDE9")
    await till.press("#code", "Enter")
    await till.wait_for_selector("#retry")
    assert "网络没通" in await till.inner_text("#result")
    await keep(till, "till-offline")
    await till.unroute("**/till/redeem")
    await till.click("#retry")
    await till.wait_for_selector("#result .good")
    assert "核销成功" in await till.inner_text("#result")
    assert await stage.shop.one("SELECT count(*) FROM redemption") == 1
    stage.faults[:] = [one for one in stage.faults if "net::ERR_FAILED" not in one]  # meant


async def test_a_page_of_a_proxy_is_no_answer(stage: Stage) -> None:
    """The server restarts, and what stands in front of it says 502 in words of its own."""
    await stage.coupon_link()
    till = await stage.signed_in(await stage.phone())
    await till.route("**/till/redeem", lambda route: route.fulfill(status=502, body="<h1>502</h1>"))
    await till.fill("#code", "NEW2CDE9")
    await till.press("#code", "Enter")
    await till.wait_for_selector("#retry")
    await till.unroute("**/till/redeem")
    await till.click("#retry")
    await till.wait_for_selector("#result .good")
    stage.faults[:] = [one for one in stage.faults if "502" not in one]  # meant


async def test_both_pages_say_when_the_network_is_gone(stage: Stage) -> None:
    """Before anybody relies on what they show, and until it is back."""
    till = await stage.signed_in(await stage.phone())
    coupon = await stage.phone()
    await coupon.goto(await stage.coupon_link())
    for page, words in ((till, "等连上了再核销"), (coupon, "可能不是最新的")):
        assert await page.locator("#gone").is_hidden()
        await page.context.set_offline(True)
        await page.wait_for_selector("#gone", state="visible")
        assert words in await page.inner_text("#gone")
        await page.context.set_offline(False)
        await page.wait_for_selector("#gone", state="hidden")
    stage.faults[:] = [one for one in stage.faults if "INTERNET_DISCONNECTED" not in one]  # meant


async def test_a_keyboard_is_enough(stage: Stage) -> None:
    """From the PIN to the taking back: what has the focus is where one would look for it."""
    await stage.coupon_link()
    till = await stage.phone(has_touch=False, is_mobile=False)
    await till.goto(f"{stage.url}till?store=S012")
    await till.focus("#store")
    await till.keyboard.press("Tab")
    await till.keyboard.type(MANAGER_PIN)
    await till.keyboard.press("Enter")
    await till.wait_for_selector("#code:focus")
    await till.keyboard.type("NEW2CDE9")
    await till.keyboard.press("Enter")
    await till.wait_for_selector("#result .good")
    assert await till.evaluate("document.activeElement.id") == "code"
    for _ in range(9):
        if await till.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
        await till.keyboard.press("Tab")
    await till.keyboard.press("Enter")
    await till.keyboard.press("Tab")
    await till.keyboard.press("Enter")
    await till.wait_for_selector("#result [data-code=undone]")


async def test_it_sounds_unless_it_is_muted(stage: Stage) -> None:
    """Mute stays when the page is opened again."""
    till = await stage.phone()
    await till.add_init_script(_COUNT_TONES)
    await stage.signed_in(till)
    await redeem(till, "NOSUCH22")
    assert await till.evaluate("window.tones") == 2
    await till.click("#mute")
    await redeem(till, "NOSUCH33")
    assert await till.evaluate("window.tones") == 2
    await till.reload()
    assert await till.get_attribute("#mute", "aria-pressed") == "true"


async def test_it_works_without_scripts(stage: Stage) -> None:
    """Typed codes at least, and the taking back."""
    await stage.coupon_link()
    till = await stage.signed_in(await stage.phone(java_script_enabled=False), MANAGER_PIN)
    await till.fill("#code", "NEW2CDE9")
    await till.click("#redeem button.main")
    await till.wait_for_selector("#result .good")
    await till.click("#today summary")
    await till.click("#today .danger")
    await till.wait_for_selector("#result .good")
    assert "已撤销核销" in await till.inner_text("#result")


async def test_a_visit_that_ended_leads_back_to_the_pin(stage: Stage) -> None:
    """Also when the page is still open and only its form is sent."""
    till = await stage.signed_in(await stage.phone())
    stage.shop.hand.move(13 * 3600)
    await till.fill("#code", "NEW2CDE9")
    await till.press("#code", "Enter")
    await till.wait_for_selector("#pin")
    stage.faults[:] = [one for one in stage.faults if "401" not in one]  # meant
