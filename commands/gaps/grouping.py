"""Sayings → gaps: what means the same together, the most frequent first."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from heapq import nsmallest
from zoneinfo import ZoneInfo

from bot.clock import moment
from bot.db.gaps import Saying
from commands.gaps.lexicon import ASKING
from commands.gaps.meaning import Meaning, is_alike, meaning
from keyword_rules.rule import Segment
from keyword_rules.words import comparable

_MOST = 1 << 32  # more groups than there can be
_CLOSEST = 40  # groups that a phrase is compared with, those that share most words
_COMMON = 400  # groups that know a word, from where it tells too little to look them up by


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One wording: `text` is the spelling used most, `said` everything that compares like it."""

    text: str
    comparable: str
    said: tuple[Saying, ...]

    @property
    def id(self) -> str:
        """A name that stays, whatever else is said."""
        return id_of(self.comparable)

    @property
    def last(self) -> Saying:
        """The saying of it that came last."""
        return max(self.said, key=lambda one: one.at_us)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Phrases that mean the same, the one said most often first."""

    phrases: tuple[Phrase, ...]
    days: frozenset[date]

    @property
    def id(self) -> str:
        """The name of its first phrase; every other phrase's finds it too."""
        return self.phrases[0].id

    @property
    def text(self) -> str:
        """How it is said most often."""
        return self.phrases[0].text

    @property
    def spellings(self) -> int:
        """How many different texts were typed."""
        return len({one.text for phrase in self.phrases for one in phrase.said})

    @property
    def count(self) -> int:
        """How often it was said."""
        return sum(len(phrase.said) for phrase in self.phrases)

    @property
    def members(self) -> int:
        """By how many people; sayings whose person is forgotten count as one each."""
        said = [one.person for phrase in self.phrases for one in phrase.said]
        return len({*said} - {""}) + said.count("")

    @property
    def last(self) -> datetime:
        """When it was said last."""
        return moment(max(phrase.last.at_us for phrase in self.phrases))


def id_of(text: str) -> str:
    """Return the name of a comparable text.

    >>> id_of("收不收二手冰箱") == id_of("收不收二手冰箱"), len(id_of("猫"))
    (True, 8)
    """
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def phrases_of(said: Iterable[Saying]) -> list[Phrase]:
    """Return wordings by comparable text, the most frequent first, then the most recent."""
    alike: dict[str, list[Saying]] = defaultdict(list)
    folded: dict[str, str] = {}
    for one in said:
        if one.text not in folded:
            folded[one.text] = comparable(one.text)
        alike[folded[one.text]].append(one)
    found = [
        Phrase(text=_usual(group), comparable=key, said=tuple(group))
        for key, group in alike.items()
    ]
    return sorted(found, key=lambda one: (-len(one.said), -one.last.at_us, one.comparable))


def _usual(group: Sequence[Saying]) -> str:
    times = Counter(one.text for one in group)
    return max(times, key=lambda text: (times[text], text))


def grouped(phrases: Sequence[Phrase], segment: Segment, zone: ZoneInfo) -> list[Gap]:
    """Group phrases by what they mean, each with the first that means it. The same every time."""
    groups = _Groups()
    for phrase in phrases:
        groups.take(phrase, meaning(phrase.comparable, segment))
    gaps = [_gap(tuple(members), zone) for members in groups.members]
    return sorted(gaps, key=lambda gap: (-gap.count, -gap.last.timestamp(), gap.id))


def _gap(members: tuple[Phrase, ...], zone: ZoneInfo) -> Gap:
    days = {moment(one.at_us).astimezone(zone).date() for phrase in members for one in phrase.said}
    return Gap(phrases=members, days=frozenset(days))


class _Groups:
    """Groups as they grow: each is known by its first phrase, and found by its keys or words."""

    def __init__(self) -> None:
        self.members: list[list[Phrase]] = []
        self._firsts: list[Meaning] = []
        self._by_key: dict[object, int] = {}
        self._by_word: Mapping[str, list[int]] = defaultdict(list)

    def take(self, phrase: Phrase, meant: Meaning) -> None:
        """Put a phrase into the first group that means the same, or into one of its own."""
        keys = _keys(meant)
        known = next((self._by_key[key] for key in keys if key in self._by_key), None)
        group = known if known is not None else self._alike(meant)
        if group is None:
            group = len(self.members)
            self.members.append([])
            self._firsts.append(meant)
            for word in meant.words:
                self._by_word[word].append(group)
        self.members[group].append(phrase)
        for key in keys:
            self._by_key.setdefault(key, group)

    def _alike(self, meant: Meaning) -> int | None:
        shared: Counter[int] = Counter()
        for word in meant.words - ASKING:
            groups = self._by_word.get(word, ())
            if len(groups) <= _COMMON:
                shared.update(groups)
        # One number each, those that share most first and then the oldest: half a second less.
        ranked = (group - count * _MOST for group, count in shared.items())
        close = (rank % _MOST for rank in nsmallest(_CLOSEST, ranked))
        return next((group for group in close if is_alike(meant, self._firsts[group])), None)


def _keys(meant: Meaning) -> list[object]:
    keys: list[object] = [meant.core]
    if meant.words - ASKING:
        keys.append(meant.words)
    return [*keys, ("sound", meant.sound)] if meant.sound else keys
