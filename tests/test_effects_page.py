"""The page of effects says what the code declares."""

from bot import events
from bot.actions import LOCAL, REMOTE, ReadProfile, State, Tag, Truth
from commands.report.words import HAPPENED, STATES, TRUTHS
from commands.report.words import LOCAL as LOCAL_WORDS
from commands.report.words import REMOTE as REMOTE_WORDS
from tests.effects_page import PAGE, key_of, written


def test_the_page_of_effects_is_current() -> None:
    """When this fails, run `python -m tests.effects_page`."""
    page = PAGE.read_text("utf-8")
    assert written(page) == page


def test_every_effect_is_on_the_page() -> None:
    page = PAGE.read_text("utf-8")
    missing = [kind.kind for kind in (*LOCAL, *REMOTE) if f"| `{kind.kind}` |" not in page]
    assert not missing


def test_a_key_is_shown_with_the_names_of_its_fields() -> None:
    assert key_of(Tag) == "tag:{name}"
    assert key_of(ReadProfile) == "profile:{alias.value}"


def test_reports_have_words_for_everything_that_can_happen_or_be_owed() -> None:
    """A new kind of event or effect must not reach an operator in English."""
    kinds = [one for one in vars(events).values() if isinstance(one, type)]
    told = {one.__name__ for one in kinds if issubclass(one, events.Event)} - {"Event"}
    assert told == HAPPENED.keys()
    assert {kind.kind for kind in LOCAL} == LOCAL_WORDS.keys()
    assert {kind.kind for kind in REMOTE} == REMOTE_WORDS.keys()
    assert {*State} == STATES.keys()
    assert {*Truth} == TRUTHS.keys()
