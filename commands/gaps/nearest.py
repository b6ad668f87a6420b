"""The existing rule that comes nearest to what was said, and what stood between them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from commands.gaps.grouping import Phrase
from commands.gaps.lexicon import ASKING
from commands.gaps.meaning import meaning
from commands.gaps.reading import trace_of
from commands.parts.compose import Home
from commands.report.reasons import compared
from keyword_rules.rule import Mode, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A rule and what it lacked, as a code and in words."""

    rule: str
    why: str
    told: str


class Nearest:
    """The rules of a home by what their words and sentences are about."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._segment = home.rules.current.segment
        self._knowing: dict[str, set[str]] = defaultdict(set)
        self._rules = {rule.id: rule for rule in home.rules.current.rules}
        for rule in self._rules.values():
            for text in _texts(rule):
                for word in meaning(text, self._segment).words - ASKING:
                    self._knowing[word].add(rule.id)

    def to(self, phrase: Phrase) -> Near | None:
        """Return the rule on trial that would hit, else the one that nearly did, or is about it.

        None when no rule shares a word with what was said.
        """
        trace = trace_of(self._home, phrase)
        if trace.dry:
            told = "会命中，但它还在试运行（dry_run）"
            return Near(rule=trace.dry[0].rule, why="dry_run", told=told)
        missed = [miss for miss in trace.missed if miss.near]
        if missed:
            miss = missed[0]
            told = compared(miss.why, miss.want, miss.got)
            return Near(rule=miss.rule, why=miss.why, told=told)
        return self._about_the_same(phrase)

    def _about_the_same(self, phrase: Phrase) -> Near | None:
        shared: Counter[str] = Counter()
        for word in sorted(meaning(phrase.comparable, self._segment).words):
            for rule in self._knowing.get(word, ()):
                shared[rule] += 1000 // len(self._knowing[word])
        if not shared:
            return None
        best = self._rules[min(shared, key=lambda one: (-shared[one], one))]
        words = "、".join(_words(best)[:5])
        return Near(rule=best.id, why="words", told=f"话里没有它的词：{words}")


def _texts(rule: Rule) -> Iterator[str]:
    yield from _words(rule)
    yield from (case.text for case in rule.cases if case.hit and case.text)


def _words(rule: Rule) -> Sequence[str]:
    if rule.say is None:
        return ()
    phrases = (*rule.say.any, *rule.say.all)
    return [phrase.text for phrase in phrases if phrase.mode is not Mode.REGEX]
