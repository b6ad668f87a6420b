"""Fixtures of the browser tests: a stage that ends without a fault, and pictures for the docs."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page

from tests.browser.stage import Stage, staged
from tests.source import ROOT

PICTURES = ROOT / "docs" / "img"
MOST_PICTURE_BYTES, MOST_PART_BYTES = 120_000, 240_000
Keep = Callable[[Page | Locator, str], Awaitable[None]]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A shop and a browser; in the end no page may have asked another host or complained."""
    async with staged(tmp_path) as one:
        yield one
        assert one.faults == []


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Keep:
    """Return what keeps a picture of a page, or of a part of one, when the run asks for it."""

    async def picture(page: Page | Locator, name: str) -> None:
        if not request.config.getoption("--screenshots"):
            return
        PICTURES.mkdir(exist_ok=True)
        file = PICTURES / f"{name}.png"
        if isinstance(page, Locator):
            await page.screenshot(path=file, scale="css")
        else:
            await page.screenshot(path=file, full_page=True, scale="css")
        most = MOST_PART_BYTES if isinstance(page, Locator) else MOST_PICTURE_BYTES
        assert file.stat().st_size <= most

    return picture
