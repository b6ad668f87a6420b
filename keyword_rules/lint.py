"""What is allowed but probably not meant, over all rules together."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from keyword_rules.findings.contradictions import contradictions
from keyword_rules.findings.crossings import crossings
from keyword_rules.findings.finding import KINDS, Finding, FindingLevel, Kind
from keyword_rules.findings.probes import Asked
from keyword_rules.findings.replies import LONGEST_REPLY_BYTES, Sending, replies
from keyword_rules.findings.sentences import sentences
from keyword_rules.findings.tags import tags
from keyword_rules.match import RuleSet, compile_rules
from keyword_rules.rule import Rule, Segment

__all__ = [
    "KINDS",
    "LONGEST_REPLY_BYTES",
    "Finding",
    "FindingLevel",
    "Kind",
    "Sending",
    "lint",
    "lint_compiled",
]


def lint(
    rules: Iterable[Rule],
    *,
    segment: Segment,
    longest: Mapping[str, str] | None = None,
    sending: Sending | None = None,
    today: date | None = None,
) -> tuple[Finding, ...]:
    """Look at rules together, in their order; every finding names its rule and its place.

    `sending` says how texts go out; `longest` alone gives the longest value of each slot.
    Without `today` no date is over. Raises BadPattern for a regular expression that cannot be
    used. A rule costs about as much as answering each of its words and cases once.
    """
    ruleset = compile_rules(rules, segment=segment)
    return lint_compiled(ruleset, sending or Sending(longest=longest or {}), today)


def lint_compiled(
    ruleset: RuleSet, sending: Sending, today: date | None = None
) -> tuple[Finding, ...]:
    """Look at rules that are compiled already, as `lint` does."""
    rules = ruleset.rules
    numbers = {rule.id: number for number, rule in enumerate(rules)}
    return tuple(
        finding
        for number in range(len(rules))
        for finding in _of_rule(Asked(number, rules, ruleset), numbers, sending, today)
    )


def _of_rule(
    asked: Asked, numbers: dict[str, int], sending: Sending, today: date | None
) -> Iterator[Finding]:
    never = list(contradictions(asked, today))
    yield from never
    if not any(finding.kind == "unreachable" for finding in never):
        yield from crossings(asked, numbers)
    yield from sentences(asked.rule)
    yield from tags(asked, numbers)
    yield from replies(asked.rule, sending)
