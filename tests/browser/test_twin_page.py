"""Practice no. 3 by hand on the twin's page, with our server in the other terminal."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Keep
from tests.browser.twin_stage import looking, tab_to, two_terminals

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LOG = "#phone-log"
CODE = "QL"


async def reads(page: Page, words: str) -> None:
    """Wait until the chat on the customer's phone says these words."""
    await expect(page.locator(LOG)).to_contain_text(words)


async def test_from_the_code_in_the_store_to_the_coupon_with_the_mouse(
    tmp_path: Path, keep: Keep
) -> None:
    """Scan, be welcomed, enter customer service, say the keyword, join, open the coupon."""
    async with two_terminals(tmp_path, "wumei") as url, looking(url) as look:
        page = await look.page()
        await page.goto(url)
        await page.click("#phone .tabs a:has-text('安安')")
        await page.click("#scan button:has-text('store-W001')")
        await reads(page, "枫林路店")
        await page.click(f"{LOG} form:has([value=enter_kf]) button")
        await reads(page, "物美枫林路店的物美小管家")
        await page.fill("#phone .write input[name=text]", "福利群")
        await page.press("#phone .write input[name=text]", "Enter")
        await reads(page, "枫林路店福利 1 群")
        await expect(page.locator(f"{LOG} .card .main")).to_be_in_viewport()  # of the log too
        await keep(page.locator("#phone"), "twin-phone")
        await page.click(f"{LOG} button:has-text('加入群聊')")
        await expect(page.locator("#phone h3")).to_have_text("枫林路店福利 1 群")
        kf = page.locator("#phone .chats a.of-kf")
        await expect(kf.locator(".badge")).to_be_visible()
        await kf.click()
        await reads(page, CODE)
        await _inspected(page, keep)
        async with page.context.expect_page() as opened:
            await page.click(f"{LOG} a[href*='/c/'] >> nth=-1")
        coupon = await opened.value
        await expect(coupon.locator("body")).to_contain_text("可用")
        assert look.faults == []
        assert {one.split("/")[3] for one in look.elsewhere} <= {"c", "static"}


async def _inspected(page: Page, keep: Keep) -> None:
    """What the customer said is shown sealed, opened, answered, and with the bot's own trace."""
    await page.click(f"{LOG} .line.mine .head a >> nth=-1")
    sight = page.locator("#sight")
    await expect(sight).to_contain_text("Encrypt")
    await expect(sight).to_contain_text("kf_msg_or_event")
    await expect(sight).to_contain_text("/cgi-bin/kf/sync_msg")
    await expect(sight.locator("[aria-label='机器人的轨迹']")).to_contain_text("rules")
    await keep(page.locator("#inspector"), "twin-inspector")


async def test_from_the_code_to_the_coupon_by_keyboard_alone(tmp_path: Path) -> None:
    """Every step has the focus somewhere that is seen, and Enter does it."""
    async with two_terminals(tmp_path, "wumei") as url, looking(url) as look:
        page = await look.page()
        await page.goto(url)
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")  # the link that skips the bar
        await tab_to(page, "#phone .tabs a[aria-current]")
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("Enter")
        await expect(page.locator("#phone .tabs a[aria-current]")).to_contain_text("柏青")
        await tab_to(page, "form:has([value=store-W002]) button")
        await page.keyboard.press("Enter")
        await reads(page, "槐树街店")
        await tab_to(page, f"{LOG} form:has([value=enter_kf]) button")
        await page.keyboard.press("Enter")
        await reads(page, "物美小管家")
        await tab_to(page, "#phone .write input[name=text]")
        await page.keyboard.type("我要进群领券")
        await page.keyboard.press("Enter")
        await reads(page, "槐树街店福利群")
        await tab_to(page, f"{LOG} .card .main", "Shift+Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator("#phone h3")).to_have_text("槐树街店福利群")
        await tab_to(page, "#phone .chats a.of-kf", "Shift+Tab")
        await page.keyboard.press("Enter")
        await reads(page, CODE)
        await tab_to(page, f"{LOG} a[href*='/c/']")
        async with page.context.expect_page() as opened:
            await page.keyboard.press("Enter")
        await expect((await opened.value).locator("body")).to_contain_text("可用")
        assert look.faults == []
