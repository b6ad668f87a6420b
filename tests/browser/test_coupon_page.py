"""The coupon's page on a customer's phone."""

import pytest

from tests.browser.conftest import Keep
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser


async def test_a_customer_shows_the_code_and_sees_it_used(stage: Stage, keep: Keep) -> None:
    """From the link in the conversation to the cashier's typing, on two phones at once."""
    link = await stage.coupon_link()
    phone = await stage.phone()
    await phone.goto(link)
    assert await phone.inner_text(".code") == "NEW2CDE9"
    assert await phone.locator("svg").count() == 2
    await keep(phone, "coupon")
    till = await stage.signed_in(await stage.phone())
    await till.keyboard.type("NEW2CDE9")  # a scan gun is a keyboard that ends with Enter
    await till.keyboard.press("Enter")
    await till.wait_for_selector("#result .good")
    assert "核销成功" in await till.inner_text("#result")
    assert "减 5.00 元" in await till.inner_text("#result")
    assert await till.input_value("#code") == ""
    await keep(till, "till-redeemed")
    await phone.wait_for_selector("#state.used")  # by itself, within seconds
    assert "已使用" in await phone.inner_text("#state")
    assert await phone.locator(".code").count() == 0
    await keep(phone, "coupon-used")


async def test_a_shared_link_shows_no_code_until_asked_for_again(stage: Stage, keep: Keep) -> None:
    """The phone that opens the newest link is the one that shows the code."""
    first, second = await stage.phone(), await stage.phone()
    await first.goto(await stage.coupon_link())
    await second.goto(first.url)
    assert await second.locator(".code").count() == 0
    assert "我的券" in await second.inner_text(".locked")
    await keep(second, "coupon-locked")
    await second.goto(await stage.coupon_link(number=2))
    assert await second.inner_text(".code") == "NEW2CDE9"
    await first.reload()
    assert await first.locator(".code").count() == 0


async def test_the_qr_picture_holds_the_code(stage: Stage) -> None:
    """Drawn on a canvas and read by the decoder that the cashier's camera uses."""
    phone = await stage.phone(bypass_csp=True, device_scale_factor=2)
    await phone.goto(await stage.coupon_link())
    till = await stage.phone()
    await stage.signed_in(till)
    decoder = await till.get_attribute("#camera", "data-decoder")
    assert decoder
    await phone.add_script_tag(url=stage.url.rstrip("/") + decoder)
    read = """async () => {
      const text = new XMLSerializer().serializeToString(document.querySelector("svg.qr"));
      const picture = new Image(400, 400);
      picture.src = "data:image/svg+xml;utf8," + encodeURIComponent(
        text.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"'));
      await picture.decode();
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = 400;
      const pen = canvas.getContext("2d");
      pen.drawImage(picture, 0, 0, 400, 400);
      return jsQR(pen.getImageData(0, 0, 400, 400).data, 400, 400).data;
    }"""
    assert await phone.evaluate(read) == "NEW2CDE9"
    stage.faults[:] = [one for one in stage.faults if "data:image/svg" not in one]  # our own
