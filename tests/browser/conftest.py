"""Fixtures of the browser tests: a stage that ends without a fault, and pictures for the docs."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.browser.stage import Stage, staged
from tests.source import ROOT

PICTURES = ROOT / "docs" / "img"
MOST_PICTURE_BYTES = 120_000
Keep = Callable[[Page, str], Awaitable[None]]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A shop and a browser; in the end no page may have asked another host or complained."""
    async with staged(tmp_path) as one:
        yield one
        assert one.faults == []


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Keep:
    """Return what keeps a picture of a page in docs/img, when the run asks for pictures."""

    async def picture(page: Page, name: str) -> None:
        if not request.config.getoption("--screenshots"):
            return
        PICTURES.mkdir(exist_ok=True)
        file = PICTURES / f"{name}.png"
        await page.screenshot(path=file, full_page=True, scale="css")
        assert file.stat().st_size <= MOST_PICTURE_BYTES

    return picture
