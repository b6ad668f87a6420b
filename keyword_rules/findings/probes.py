"""What a rule can be asked with: its words said alone, its keys, its occasions, its own cases."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from keyword_rules.cases import subject_of
from keyword_rules.match import RuleSet
from keyword_rules.rule import WORDED, Case, Hit, Miss, Mode, Phrase, Rule

_APART = "，"  # stands between words that are said together, so that they make no third


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Something that the rule should answer, and the phrases that must be in all such things."""

    case: Case
    phrases: tuple[Phrase, ...] = ()
    spoken: bool = True
    own: bool = False  # the author's sentence, which stands for itself alone

    @property
    def said(self) -> str:
        """The sentence, or the key, or the occasion where there is neither."""
        return self.case.text or self.case.key or self.case.on


@dataclass(frozen=True)
class Asked:
    """One rule among all `rules` of a set, and what came of each of its probes."""

    number: int
    rules: tuple[Rule, ...]  # as the set has them, which makes the tuple anew each time
    ruleset: RuleSet

    @cached_property
    def rule(self) -> Rule:
        """The rule itself."""
        return self.rules[self.number]

    @cached_property
    def answers(self) -> tuple[tuple[Probe, tuple[Hit, ...]], ...]:
        """Each probe with the rules that act on it, in their order."""
        return tuple(
            (probe, self.ruleset.match(subject_of(probe.case, self.rule)).hits)
            for probe in _probes(self.rule)
        )

    @cached_property
    def lost(self) -> tuple[tuple[Probe, Hit], ...]:
        """The probes this rule would hit if another did not stop before it, and that one's hit."""
        return tuple(
            (probe, hits[-1])
            for probe, hits in self.answers
            if hits and not any(hit.rule == self.rule.id for hit in hits) and self._hits(probe)
        )

    def alone(self, case: Case) -> Hit | Miss:
        """What the rule makes of a case as if it stood alone."""
        return self.ruleset.verdict_at(self.number, subject_of(case, self.rule))

    def _hits(self, probe: Probe) -> bool:
        return isinstance(self.alone(probe.case), Hit) and not self.rule.dry_run


def _probes(rule: Rule) -> Iterator[Probe]:
    for occasion in sorted(rule.on):
        if occasion in WORDED:
            yield from _words(rule, occasion)
        else:
            yield from _keys(rule, occasion)
    for case in rule.cases:
        if case.hit:
            yield Probe(case=case, spoken=bool(case.text), own=True)


def _words(rule: Rule, occasion: str) -> Iterator[Probe]:
    if rule.say is None:
        return
    needed = tuple(phrase for phrase in rule.say.all if phrase.mode is not Mode.REGEX)
    for any_of in rule.say.any or (None,):
        if any_of is not None and any_of.mode is Mode.REGEX:
            continue
        phrases = needed if any_of is None else (*needed, any_of)
        text = _APART.join(phrase.text for phrase in phrases)
        yield Probe(case=Case(hit=True, on=occasion, text=text), phrases=phrases)


def _keys(rule: Rule, occasion: str) -> Iterator[Probe]:
    asked = rule.key.any if rule.key else ()
    for key in asked:
        if key.mode is not Mode.REGEX:
            case = Case(hit=True, on=occasion, key=key.text)
            yield Probe(case=case, phrases=(key,), spoken=False)
    if not asked:
        yield Probe(case=Case(hit=True, on=occasion), spoken=False)
