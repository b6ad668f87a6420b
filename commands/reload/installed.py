"""The fresh rules of a home: what they are made by."""

from collections.abc import Iterable

from commands.parts.compose import Home, segmenter_of
from commands.reload.fresh import FreshRules, Words
from commands.reload.maker import Process
from config.dictionary import FILE
from config.problems import Problem
from keyword_rules.rule import Segment


def fresh_rules(home: Home, running: Process | None = None) -> FreshRules:
    """Return the rules of a home that is to be served; close them in the end.

    A maker that runs already may be given; it is closed with them.
    """

    def read() -> tuple[Segment | None, tuple[str, ...]]:
        segment, problems = segmenter_of(home.folder)
        wrong = _wrong_words(problems)
        return (None if wrong else segment), wrong

    words = Words(path=home.folder / FILE, read=read, wrong=_wrong_words(home.problems))
    return FreshRules(home.rules, words=words, running=running)


def _wrong_words(problems: Iterable[Problem]) -> tuple[str, ...]:
    """Return what of this is wrong with the shop's words."""
    return tuple(str(one) for one in problems if one.file == FILE and one.level == "error")
