"""The twin's page in a browser: before a bot that says yes, and before our server next door."""

import asyncio
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

from tests.browser.stage import FLAGS
from tests.conftest import BROWSERS
from tests.source import ROOT

DESK = {"width": 1366, "height": 900}
_FOCUSED = "([sought]) => document.activeElement.matches(sought)"


@dataclass(kw_only=True)  # without slots: the browser marks whose methods it calls
class Look:
    """A browser that looks at the twin's page; whatever a page does wrong is written down."""

    url: str
    browser: Browser
    faults: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    async def page(self, **more: object) -> Page:
        """Return a page in a fresh window; pages it opens are watched too."""
        options = {"viewport": DESK, "locale": "zh-CN", **more}
        context = await self.browser.new_context(**options)  # type: ignore[arg-type]  # what a window is made of
        context.set_default_timeout(10_000)
        context.on("page", self._watch)
        return await context.new_page()

    def _watch(self, page: Page) -> None:
        def asked(request: Request) -> None:
            if not request.url.startswith((self.url, "data:")):
                self.elsewhere.append(request.url)

        def told(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                self.faults.append(message.text)

        page.on("request", asked)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", told)


@asynccontextmanager
async def looking(url: str) -> AsyncIterator[Look]:
    """Open a browser for the page at `url` while the context lasts."""
    program = next(filter(None, map(shutil.which, BROWSERS)))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=[*FLAGS])
        yield Look(url=url, browser=browser)
        await browser.close()


@asynccontextmanager
async def two_terminals(folder: Path, world: str) -> AsyncIterator[str]:
    """Run `twin` and `serve` as their own programs; yield the page's address once all is bound."""
    home, said = str(folder / "home"), folder / "twin.log"
    async with _started(said, "twin", "--world", world, "--home", home) as twin:
        await _says(twin, said, "run.py serve")
        async with _started(folder / "serve.log", "serve", "--home", home):
            await _says(twin, said, "都绑好了")
            found = re.search(r"http://127\.0\.0\.1:\d+/", said.read_text("utf-8"))
            assert found
            yield found[0]


async def tab_to(page: Page, sought: str, key: str = "Tab") -> None:
    """Press a key until what matches has the focus; fail after 150 times: nobody would go on."""
    for _ in range(150):
        await page.keyboard.press(key)
        if await page.evaluate(_FOCUSED, [sought]):
            return
    raise AssertionError(f"{sought} cannot be reached by {key}")


@asynccontextmanager
async def _started(log: Path, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "run.py", *words, cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _says(process: asyncio.subprocess.Process, log: Path, words: str) -> None:
    """Wait until a program has said these words, a minute at most."""
    said = ""
    for _ in range(600):
        said = await asyncio.to_thread(log.read_text, "utf-8")
        if words in said:
            return
        if process.returncode is not None:
            break
        await asyncio.sleep(0.1)
    raise AssertionError(f"{words} was never said: {said}")
