"""A served shop and phones that look at it; whatever a page does wrong is written down."""

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import segno
from aiohttp.test_utils import unused_port
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

from tests.callbacks import said
from tests.conftest import BROWSERS
from tests.counter import CODES
from tests.front import front
from tests.little_shop import CASHIER_PIN
from tests.rooms import Installed, Plans, installed

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)  # fmt: skip
_CAMERA = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
_PHONE = "iPhone 13"


@dataclass(slots=True, kw_only=True)
class Stage:
    """A shop that is served at `url`, a browser, and the faults of every page so far."""

    shop: Installed
    url: str
    browser: Browser
    device: dict[str, object]
    faults: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    async def phone(self, **more: object) -> Page:
        """Return a page on a phone that has been nowhere."""
        context = await self.browser.new_context(**{**self.device, **more})  # type: ignore[arg-type]  # what a device is made of
        page = await context.new_page()
        page.set_default_timeout(8_000)
        self._watch(page)
        return page

    def _watch(self, page: Page) -> None:
        def asked(request: Request) -> None:
            self.paths.append(request.url.removeprefix(self.url))
            if not request.url.startswith(self.url):
                self.faults.append(f"elsewhere: {request.url}")

        def told(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.faults.append(f"{message.text} {message.location.get('url', '')}")

        page.on("request", asked)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("console", told)

    async def coupon_link(self, who: str = "ada", number: int = 1) -> str:
        """Let somebody ask for the newcomer's coupon and return the link in the answer."""
        answer = await self.shop.say(who, said(who, "领券", number))
        assert answer is not None
        return self.url + "c/" + answer.decode().rpartition("/c/")[2].partition("]")[0]

    async def signed_in(self, page: Page, pin: str = CASHIER_PIN) -> Page:
        """Sign in at the cashier's page of S012 and return it."""
        await page.goto(f"{self.url}till")
        await page.select_option("#store", "S012")
        await page.fill("#pin", pin)
        await page.click("button.main")
        await page.wait_for_selector("#redeem")
        return page


@asynccontextmanager
async def staged(folder: Path, flags: Sequence[str] = ()) -> AsyncIterator[Stage]:
    """Serve a shop and open a browser while the context lasts."""
    port = unused_port()
    url = f"http://127.0.0.1:{port}"
    program = next(filter(None, map(shutil.which, BROWSERS)))
    async with (
        installed(folder, Plans(codes=CODES, public_url=url)) as shop,
        front(shop, port),
        async_playwright() as playwright,
    ):
        device = {**playwright.devices[_PHONE]}
        device.pop("default_browser_type")
        browser = await playwright.chromium.launch(executable_path=program, args=[*FLAGS, *flags])
        yield Stage(shop=shop, url=f"{url}/", browser=browser, device=device)
        await browser.close()


def camera_seeing(text: str, folder: Path) -> tuple[str, ...]:
    """Return the flags of a camera that is held at a QR code of `text`."""
    film = folder / "camera.y4m"
    film.write_bytes(_film(text))
    return (*_CAMERA, f"--use-file-for-fake-video-capture={film}")


def _film(text: str, width: int = 640, height: int = 480, scale: int = 10) -> bytes:
    """A film of some frames, uncompressed: a header, then brightness and two planes of grey."""
    rows = [bytes(row) for row in segno.make_qr(text).matrix_iter(scale=scale, border=4)]
    left, top = (width - len(rows[0])) // 2, (height - len(rows)) // 2
    white = bytes([235])
    picture = [white * width] * top
    for row in rows:
        line = bytes(16 if dark else 235 for dark in row)
        picture.append((white * left + line).ljust(width, white))
    picture += [white * width] * (height - len(picture))
    frame = b"FRAME\n" + b"".join(picture) + bytes([128]) * (width * height // 2)
    return f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 5
