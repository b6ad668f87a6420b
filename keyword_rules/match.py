"""Rules × subject → hits, each with why it hit, and why the others did not."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from keyword_rules.compiled import Asked, Compiled, PhraseBook, fingerprint
from keyword_rules.conditions import Failed, first_failed
from keyword_rules.finder import Finder, Sight, finder_of
from keyword_rules.rule import EVENT, TEXT, Hit, Miss, Rule, Segment, Subject, Trace
from keyword_rules.verdict import words_failed
from keyword_rules.words import comparable

MOST_NEAR_MISSES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ranked:
    hit: Hit
    compiled: Compiled
    weight: int  # characters of the words that were found

    @property
    def order(self) -> tuple[int, int, int]:
        return (-self.compiled.rule.priority, -self.weight, self.compiled.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Compiled rules. Immutable, so it may be shared and swapped in one assignment.

    `hash` is equal for rules that decide alike, in any process.
    """

    compiled: tuple[Compiled, ...]
    words: Finder
    keys: Finder
    word_owners: Mapping[int, tuple[int, ...]]
    key_owners: Mapping[int, tuple[int, ...]]
    wordless: Mapping[str, tuple[int, ...]]  # rules that an occasion alone is enough for
    limited: tuple[Rule, ...]  # rules with a limit, for which earlier hits must be counted
    segment: Segment
    hash: str

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, in the order of their files."""
        return tuple(one.rule for one in self.compiled)

    def match(self, subject: Subject, *, explain: bool = False) -> Trace:
        """Decide which rules act, in order of priority, longer words, and place in the files.

        A hit whose rule stops outranks every later one. `missed` holds up to 20 near misses, or
        with `explain` every other rule. Repeating gives an equal trace.
        """
        text, sight = self._look(subject)
        numbers = range(len(self.compiled)) if explain else self._candidates(subject, sight)
        ranked, missed = [], []
        for number in numbers:
            verdict = self._judge(self.compiled[number], subject, text, sight)
            if isinstance(verdict, Miss):
                missed.append(verdict)
            else:
                ranked.append(verdict)
        hits, outranked = _until_stop(sorted(ranked, key=lambda one: one.order))
        missed = outranked + missed
        if not explain:
            missed = [miss for miss in missed if miss.near][:MOST_NEAR_MISSES]
        return Trace(hits=hits, missed=tuple(missed), text=text, ruleset=self.hash)

    def verdict(self, rule: str, subject: Subject) -> Hit | Miss:
        """Judge one rule by its id as if it stood alone. Raises KeyError for an unknown id."""
        for compiled in self.compiled:
            if compiled.rule.id == rule:
                return self.verdict_at(compiled.number, subject)
        raise KeyError(rule)

    def verdict_at(self, number: int, subject: Subject) -> Hit | Miss:
        """Judge one rule by its place in `rules` as if it stood alone."""
        text, sight = self._look(subject)
        judged = self._judge(self.compiled[number], subject, text, sight)
        return judged if isinstance(judged, Miss) else judged.hit

    def _look(self, subject: Subject) -> tuple[str, Sight]:
        if subject.occasion != TEXT:
            return "", self.keys.look(subject.key)
        text = comparable(subject.text)
        return text, self.words.look(text)

    def _candidates(self, subject: Subject, sight: Sight) -> Iterable[int]:
        owners = self.word_owners if subject.occasion == TEXT else self.key_owners
        numbers = set(self.wordless.get(subject.occasion, ()))
        for phrase in sight.found | sight.seen:
            numbers.update(owners.get(phrase, ()))
        return sorted(numbers)

    def _judge(
        self, compiled: Compiled, subject: Subject, text: str, sight: Sight
    ) -> _Ranked | Miss:
        rule = compiled.rule
        if subject.occasion not in rule.on:
            want = "、".join(sorted(rule.on))
            return _miss(rule, Failed(why="occasion", want=want, got=subject.occasion), near=False)
        spoken = subject.occasion == TEXT
        asked, finder = (compiled.say, self.words) if spoken else (compiled.key, self.keys)
        if failed := words_failed(asked, sight, finder, text if spoken else subject.key):
            failed = failed if spoken else replace(failed, why="key")
            return _miss(rule, failed, near=asked.shows(sight))
        if failed := first_failed(rule, subject):
            return _miss(rule, failed, near=True)
        return _ranked(compiled, asked, sight, finder)


def compile_rules(
    rules: Iterable[Rule], *, segment: Segment, same_sound: Callable[[str], str] = str
) -> RuleSet:
    """Make rules ready to match. `segment` cuts a text into words that join to the same text.

    `same_sound` maps a syllable to the one it counts as, for slips such as zh for z; by default
    every syllable is its own. Raises BadPattern for a regular expression that cannot be used.
    """
    rules = tuple(rules)
    says, keys = PhraseBook(), PhraseBook()
    compiled = tuple(
        Compiled(rule=rule, number=number, say=says.say(rule.say), key=keys.key(rule.key))
        for number, rule in enumerate(rules)
    )
    return RuleSet(
        compiled=compiled,
        words=finder_of(says.phrases, fold=comparable, segment=segment, same_sound=same_sound),
        keys=finder_of(keys.phrases, fold=str, segment=segment, same_sound=same_sound),
        word_owners=_owners((one.number, one.say) for one in compiled),
        key_owners=_owners((one.number, one.key) for one in compiled),
        wordless=_wordless(compiled),
        limited=tuple(rule for rule in rules if rule.where.limit),
        segment=segment,
        hash=fingerprint(rules),
    )


def _until_stop(ranked: list[_Ranked]) -> tuple[tuple[Hit, ...], list[Miss]]:
    for place, winner in enumerate(ranked, start=1):
        if winner.compiled.rule.stop:
            hits = tuple(one.hit for one in ranked[:place])
            return hits, [_outranked(one.compiled.rule, winner.hit) for one in ranked[place:]]
    return tuple(one.hit for one in ranked), []


def _outranked(rule: Rule, winner: Hit) -> Miss:
    failed = Failed(why="outranked", want=str(rule.priority), got=winner.rule)
    return _miss(rule, failed, near=True)


def _miss(rule: Rule, failed: Failed, *, near: bool) -> Miss:
    return Miss(rule=rule.id, why=failed.why, want=failed.want, got=failed.got, near=near)


def _ranked(compiled: Compiled, asked: Asked, sight: Sight, finder: Finder) -> _Ranked:
    rule = compiled.rule
    words = [finder.phrases[number] for number in asked.matched(sight)]
    longest = max(words, key=lambda phrase: len(phrase.text), default=None)
    hit = Hit(
        rule=rule.id,
        mode=longest.mode.value if longest else EVENT,
        words=tuple(phrase.text for phrase in words),
        file=rule.file,
        line=rule.line,
        do=rule.do,
    )
    return _Ranked(hit=hit, compiled=compiled, weight=asked.weight(sight, finder))


def _owners(asked: Iterable[tuple[int, Asked]]) -> Mapping[int, tuple[int, ...]]:
    owners: dict[int, list[int]] = {}
    for number, wanted in asked:
        for phrase in dict.fromkeys(wanted.any + wanted.all):
            owners.setdefault(phrase, []).append(number)
    return {phrase: tuple(numbers) for phrase, numbers in owners.items()}


def _wordless(compiled: Iterable[Compiled]) -> Mapping[str, tuple[int, ...]]:
    numbers: dict[str, list[int]] = {}
    for one in compiled:
        for occasion in one.rule.on:
            asked = one.say if occasion == TEXT else one.key
            if not asked.any and not asked.all:
                numbers.setdefault(occasion, []).append(one.number)
    return {occasion: tuple(found) for occasion, found in numbers.items()}
