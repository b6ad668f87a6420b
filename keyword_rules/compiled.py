"""Rules with their phrases numbered, so that one pass over a text serves all of them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson

from keyword_rules.finder import Finder, Sight
from keyword_rules.rule import Key, Phrase, Rule, Say


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The numbers of the phrases that a rule asks for."""

    any: tuple[int, ...] = ()
    all: tuple[int, ...] = ()
    none: tuple[int, ...] = ()

    @property
    def wanted(self) -> tuple[int, ...]:
        """The phrases of which some must be found; a rule without any asks for no words."""
        return self.all + self.any

    def matched(self, sight: Sight) -> tuple[int, ...]:
        """The phrases that were found, as the rule orders them."""
        return tuple(number for number in self.wanted if number in sight.found)

    def shows(self, sight: Sight) -> bool:
        """Whether anything the rule asks for was found or at least seen."""
        wanted = self.wanted
        return not (sight.seen.isdisjoint(wanted) and sight.found.isdisjoint(wanted))

    def weight(self, sight: Sight, finder: Finder) -> int:
        """Characters that made the rule hit: all that it requires, and the longest of `any`."""
        size = [len(finder.phrases[number].text) for number in self.any if number in sight.found]
        return max(size, default=0) + sum(len(finder.phrases[n].text) for n in self.all)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A rule, its place in the files, the phrases it asks for, and what its patterns capture."""

    rule: Rule
    number: int
    say: Asked
    key: Asked
    captures: tuple[str, ...] = ()


@dataclass(slots=True)
class PhraseBook:
    """Gives every distinct phrase one number."""

    _numbers: dict[Phrase, int] = field(default_factory=dict)

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The phrases so far, in the order of their numbers."""
        return tuple(self._numbers)

    def say(self, say: Say | None) -> Asked:
        """Number the phrases of a rule's words."""
        if say is None:
            return NOTHING
        return Asked(any=self._of(say.any), all=self._of(say.all), none=self._of(say.none))

    def key(self, key: Key | None) -> Asked:
        """Number the phrases of a rule's keys."""
        return Asked(any=self._of(key.any)) if key else NOTHING

    def _of(self, phrases: tuple[Phrase, ...]) -> tuple[int, ...]:
        return tuple(self._numbers.setdefault(phrase, len(self._numbers)) for phrase in phrases)


NOTHING = Asked()


def fingerprint(rules: Iterable[Rule], hearing: str = "") -> str:
    """A hash of what the rules decide: 16 hex digits, the same in every process.

    Where a rule stands in its file, its cases and its note do not count; the order of rules does,
    and so does `hearing`: by which dictionary texts are cut, and which sounds count as one.
    """
    digest = hashlib.sha256(hearing.encode())
    for rule in rules:
        decides = [getattr(rule, name) for name in _DECIDING]
        digest.update(orjson.dumps(decides, default=sorted, option=orjson.OPT_SORT_KEYS))
    return digest.hexdigest()[:16]


_DECIDING = ("id", "on", "say", "key", "where", "priority", "stop", "dry_run", "do")
