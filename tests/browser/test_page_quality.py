"""What holds for every phone page: light, small, readable, reachable by a thumb."""

from collections.abc import AsyncIterator

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.browser.stage import Stage
from tests.callbacks import followed, said
from tests.little_shop import MANAGER_PIN

pytestmark = pytest.mark.browser
MOST_BYTES = 60_000
LEAST_TARGET_PX = 44
_BYTES = """() => [...performance.getEntriesByType("navigation"),
  ...performance.getEntriesByType("resource")].reduce((sum, one) => sum + one.decodedBodySize, 0)"""
_TARGETS = """() => [...document.querySelectorAll("button, summary, select, input, a")]
  .filter(one => one.offsetParent).map(one => [one.outerHTML.slice(0, 60), one.offsetHeight])
  .filter(([, height]) => height < LEAST)""".replace("LEAST", str(LEAST_TARGET_PX))
_GLYPH = """(letter) => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 60;
  const pen = canvas.getContext("2d");
  pen.font = `40px ${getComputedStyle(document.body).fontFamily}`;
  pen.fillText(letter, 5, 45);
  return canvas.toDataURL();
}"""


async def pages(stage: Stage, phone: Page) -> AsyncIterator[str]:
    """Open every page there is, one after the other, and yield what it is called."""
    link = await stage.coupon_link()
    await phone.goto(link)
    yield "coupon"
    await phone.context.clear_cookies()
    await phone.goto(link)
    yield "coupon on another phone"
    await phone.goto(f"{stage.url}till")
    yield "sign in"
    await stage.signed_in(phone, MANAGER_PIN)
    await phone.fill("#code", "NEW2CDE9")
    await phone.press("#code", "Enter")
    await phone.wait_for_selector("#result .good")
    yield "till"
    await phone.goto(link)
    yield "used coupon"
    stage.faults.clear()
    await phone.goto(f"{stage.url}c/forged")
    stage.faults[:] = [one for one in stage.faults if "404" not in one]  # the page's own status
    yield "no coupon"
    yield await _way_in(stage, phone)


async def _way_in(stage: Stage, phone: Page) -> str:
    await stage.shop.say("bo", followed("bo", "poster-S012-door"))
    await stage.shop.say("bo", said("bo", "宠物群", 7))
    ticket = await stage.shop.one("SELECT ticket FROM invite")
    await phone.route("https://q/**", lambda route: route.abort())
    await phone.goto(f"{stage.url}j/{ticket}")
    # The group's picture is the platform's, the one thing that comes from elsewhere.
    stage.faults[:] = [
        one for one in stage.faults if "https://q/" not in one and "net::" not in one
    ]
    return "way in"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_shuts_anybody_out(stage: Stage, scheme: str) -> None:
    """By axe: nothing serious or critical, in either colour scheme."""
    phone = await stage.phone(color_scheme=scheme, bypass_csp=True)
    async for name in pages(stage, phone):
        found = (await Axe().run(phone)).response["violations"]
        bad = [
            (one["id"], [node["html"] for node in one["nodes"]])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert bad == [], name


async def test_every_page_is_small_and_asks_nobody_else(stage: Stage) -> None:
    """Uncompressed, with everything it loads; the decoder comes with the camera only."""
    phone = await stage.phone()
    async for name in pages(stage, phone):
        assert await phone.evaluate(_BYTES) <= MOST_BYTES, name
        assert await phone.evaluate(_TARGETS) == [], name
        assert await phone.get_attribute("html", "lang") == "zh-CN"


async def test_no_page_scrolls_sideways_on_the_narrowest_phone(stage: Stage) -> None:
    """320 px wide, and with everything 400 % large on a desktop, as WCAG 1.4.10 has it."""
    phone = await stage.phone(viewport={"width": 320, "height": 568})
    async for name in pages(stage, phone):
        width = "[document.documentElement.scrollWidth, innerWidth]"
        scrolled, shown = await phone.evaluate(width)
        assert scrolled <= shown == 320, name


async def test_chinese_is_drawn_with_real_letters(stage: Stage) -> None:
    """A machine without a Chinese font draws the same box for every letter."""
    phone = await stage.phone()
    await phone.goto(f"{stage.url}till")
    drawn = {letter: await phone.evaluate(_GLYPH, letter) for letter in ("券", "销", "\uffff")}
    assert len(set(drawn.values())) == len(drawn)
