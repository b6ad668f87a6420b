"""The fresh rules of a home: what they are made by."""

import structlog

from commands.parts.compose import Home, segmenter_of
from commands.reload.fresh import FreshRules, Words
from commands.reload.maker import Process
from config.dictionary import FILE
from keyword_rules.rule import Segment

log = structlog.get_logger()


def fresh_rules(home: Home, running: Process | None = None) -> FreshRules:
    """Return the rules of a home that is to be served; close them in the end.

    A maker that runs already may be given; it is closed with them.
    """

    def read() -> Segment:
        segment, problems = segmenter_of(home.folder)
        for problem in problems:
            log.warning("words_problem", reason=str(problem))
        return segment

    return FreshRules(home.rules, words=Words(path=home.folder / FILE, read=read), running=running)
