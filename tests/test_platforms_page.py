"""The pages of callbacks and quality say what the platforms' data says, and that can be trusted."""

import pytest

from bot.platforms.kinds import read_kinds
from commands.report.payload import PLATFORMS
from tests.platforms_page import CALLBACKS, CHECKS, pages, quality_of
from tests.source import ROOT


def test_the_pages_of_callbacks_and_quality_are_current() -> None:
    """When this fails, run `python -m tests.platforms_page`."""
    for path, text in pages().items():
        assert path.read_text("utf-8") == text


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_kind_is_on_the_page(platform: str) -> None:
    page = CALLBACKS.read_text("utf-8")

    assert not [kind for kind in read_kinds(platform) if f"`{kind}`" not in page]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_check_is_done_and_shown_or_has_its_reason(platform: str) -> None:
    checks = quality_of(platform)

    assert list(checks) == list(CHECKS)
    for check, line in checks.items():
        if line["status"] == "done":
            assert (ROOT / "tests" / f"{line['shown_by']}.py").exists(), check
        else:
            assert line["status"] in ("to do", "exempt"), check
            assert line["reason"], check
