"""Texts of rules with words that nobody may say for a shop."""

from collections.abc import Iterable, Iterator

from commands.checking.kinds import of_shop
from config.claims import claims
from keyword_rules.findings.finding import Finding, at_step
from keyword_rules.rule import Rule, Step

_SAID = ("text", "menu", "link_title")


def wording(rules: Iterable[Rule]) -> Iterator[Finding]:
    """Yield a finding for each claim in what a rule sends, at the step that says it."""
    for rule in rules:
        for number, step in enumerate(rule.do):
            for claim in (found for text in _texts(step) for found in claims(text)):
                message = f"说法里有{claim.kind}“{claim.words}”，请换个说法"
                found = of_shop(rule, "claim", message, proof=claim.words, hint=claim.why)
                yield at_step(found, rule, number)


def _texts(step: Step) -> Iterator[str]:
    for name in _SAID:
        said = step.args.get(name, ())
        yield from said if isinstance(said, tuple) else (str(said),)
