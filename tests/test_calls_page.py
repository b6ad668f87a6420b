"""The page of calls says what the code declares."""

from tests.calls_page import EVERY, PAGE, written


def test_the_page_of_calls_is_current() -> None:
    """When this fails, run `python -m tests.calls_page`."""
    page = PAGE.read_text("utf-8")
    assert written(page) == page


def test_every_call_is_on_the_page() -> None:
    page = PAGE.read_text("utf-8")
    missing = [call.__name__ for call in EVERY if f"| `{call.__name__}` |" not in page]
    assert not missing
