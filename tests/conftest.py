"""What every test may rely on: repeatable properties, and browser tests only where they can run."""

import shutil

import pytest
from hypothesis import settings

# A shared, slow machine must not turn a property into a question of time.
settings.register_profile("xiaoer", deadline=None, print_blob=True)
settings.load_profile("xiaoer")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let golden traces be written anew instead of compared, and pictures of pages be kept."""
    parser.addoption("--update-traces", action="store_true", help="write tests/traces anew")
    parser.addoption("--screenshots", action="store_true", help="write docs/img anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests, saying what to install, where there is no Chromium."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    absent = pytest.mark.skip(reason="no Chromium: apt-get install chromium fonts-wqy-microhei")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(absent)
