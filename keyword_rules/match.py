"""Rules × subject → hits, each with why it hit, and why the others did not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from keyword_rules.captures import names_of
from keyword_rules.compiled import Asked, Compiled, PhraseBook, fingerprint
from keyword_rules.conditions import Failed
from keyword_rules.finder import Finder, Sight, finder_of
from keyword_rules.judge import Glance, Ranked, Seen, is_spoken_to, judge, miss_of
from keyword_rules.rule import WORDED, Hit, Miss, Rule, Segment, Subject, Trace
from keyword_rules.words import comparable

MOST_NEAR_MISSES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Compiled rules. Immutable, so it may be shared and swapped in one assignment.

    `hash` is equal for rules that decide alike, in any process.
    """

    compiled: Sequence[Compiled]
    places: Mapping[str, int]  # of rules in `compiled`, by id
    words: Finder
    keys: Finder
    word_owners: Mapping[int, tuple[int, ...]]
    key_owners: Mapping[int, tuple[int, ...]]
    wordless: Mapping[str, tuple[int, ...]]  # rules that an occasion alone is enough for
    limited: Sequence[Rule]  # rules with limits or an nth, for which what was must be counted
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
        seen = self._look(subject)
        numbers = range(len(self.compiled)) if explain else self._candidates(seen)
        judged = [(self.compiled[number], judge(self.compiled[number], seen)) for number in numbers]
        ranked = sorted((j for _, j in judged if isinstance(j, Ranked)), key=lambda j: j.order)
        missed = [j for _, j in judged if isinstance(j, Miss)]
        acting, outranked = _until_stop(ranked)
        missed = outranked + missed
        if not explain:
            missed = [miss for miss in missed if miss.near][:MOST_NEAR_MISSES]
        return Trace(
            hits=tuple(one.hit for one in acting if not one.compiled.rule.dry_run),
            missed=tuple(missed),
            text=seen.words.text if seen.words else "",
            ruleset=self.hash,
            dry=tuple(one.hit for one in acting if one.compiled.rule.dry_run),
            met=tuple(one.rule.id for one, verdict in judged if _is_meeting(one.rule, verdict)),
        )

    def candidates(self, subject: Subject) -> tuple[Rule, ...]:
        """The rules whose occasion and words suit, whatever their conditions say; few of many.

        Only these ask for `counts` and `met`, which may therefore be read for them alone.
        """
        seen = self._look(subject)
        likely = (self.compiled[number] for number in self._candidates(seen))
        return tuple(one.rule for one in likely if is_spoken_to(one, seen))

    def verdict(self, rule: str, subject: Subject) -> Hit | Miss:
        """Judge one rule by its id as if it stood alone. Raises KeyError for an unknown id."""
        return self.verdict_at(self.places[rule], subject)

    def verdict_at(self, number: int, subject: Subject) -> Hit | Miss:
        """Judge one rule by its place in `rules` as if it stood alone."""
        judged = judge(self.compiled[number], self._look(subject))
        return judged if isinstance(judged, Miss) else judged.hit

    def _look(self, subject: Subject) -> Seen:
        words = None
        if subject.occasion in WORDED:
            words = _glance(self.words, subject.text, comparable(subject.text))
        return Seen(subject=subject, words=words, keys=_glance(self.keys, subject.key, subject.key))

    def _candidates(self, seen: Seen) -> Iterable[int]:
        numbers = set(self.wordless.get(seen.subject.occasion, ()))
        for glance, owners in ((seen.words, self.word_owners), (seen.keys, self.key_owners)):
            if glance:
                for phrase in glance.sight.found | glance.sight.seen:
                    numbers.update(owners.get(phrase, ()))
        return sorted(numbers)


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
        Compiled(
            rule=rule,
            number=number,
            say=says.say(rule.say),
            key=keys.key(rule.key),
            captures=names_of(rule),
        )
        for number, rule in enumerate(rules)
    )
    return RuleSet(
        compiled=compiled,
        places={rule.id: number for number, rule in enumerate(rules)},
        words=finder_of(says.phrases, fold=comparable, segment=segment, same_sound=same_sound),
        keys=finder_of(keys.phrases, fold=str, segment=segment, same_sound=same_sound),
        word_owners=_owners((one.number, one.say) for one in compiled),
        key_owners=_owners((one.number, one.key) for one in compiled),
        wordless=_wordless(compiled),
        limited=tuple(rule for rule in rules if rule.where.limits or rule.where.nth),
        segment=segment,
        hash=fingerprint(rules, _hearing(segment, same_sound)),
    )


def _hearing(segment: Segment, same_sound: Callable[[str], str]) -> str:
    words, slips = getattr(segment, "version", ""), getattr(same_sound, "names", ())
    return f"{words} {' '.join(slips)}"


def _glance(finder: Finder, raw: str, text: str) -> Glance:
    return Glance(
        finder=finder, sight=finder.look(text) if text else _NOTHING_SEEN, raw=raw, text=text
    )


_NOTHING_SEEN = Sight()


def _until_stop(ranked: list[Ranked]) -> tuple[list[Ranked], list[Miss]]:
    """The hits up to one that stops, a rule on trial never, and what that one outranks."""
    for place, winner in enumerate(ranked, start=1):
        if winner.compiled.rule.stop and not winner.compiled.rule.dry_run:
            return ranked[:place], [_outranked(one, winner) for one in ranked[place:]]
    return ranked, []


def _outranked(loser: Ranked, winner: Ranked) -> Miss:
    rule = loser.compiled.rule
    failed = Failed(why="outranked", want=str(rule.priority), got=winner.hit.rule)
    return miss_of(rule, failed, near=True, over=_over(loser, winner))


def _over(loser: Ranked, winner: Ranked) -> str:
    if (ours := winner.compiled.rule.priority) != (theirs := loser.compiled.rule.priority):
        return f"priority {ours} > {theirs}"
    if winner.weight != loser.weight:
        return f"words {winner.weight} > {loser.weight}"
    return "place"


def _is_meeting(rule: Rule, verdict: Ranked | Miss) -> bool:
    # A rule on trial counts nothing: who meets it must find it new when it is made to act.
    if rule.where.nth is None or rule.dry_run:
        return False
    return isinstance(verdict, Ranked) or verdict.why == "nth"


def _owners(asked: Iterable[tuple[int, Asked]]) -> Mapping[int, tuple[int, ...]]:
    owners: dict[int, list[int]] = {}
    for number, wanted in asked:
        for phrase in dict.fromkeys(wanted.wanted):
            owners.setdefault(phrase, []).append(number)
    return {phrase: tuple(numbers) for phrase, numbers in owners.items()}


def _wordless(compiled: Iterable[Compiled]) -> Mapping[str, tuple[int, ...]]:
    numbers: dict[str, list[int]] = {}
    for one in compiled:
        if one.key.wanted:
            continue
        for occasion in one.rule.on:
            if occasion not in WORDED or not one.say.wanted:
                numbers.setdefault(occasion, []).append(one.number)
    return {occasion: tuple(found) for occasion, found in numbers.items()}
