"""One thing that an operator should look at, and every kind of it there is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from keyword_rules.rule import Case, Rule

FindingLevel = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How much a kind of finding matters, and what it tells."""

    level: FindingLevel
    tells: str


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "shadowed": Kind(
            level="warning",
            tells="every sentence the rule could take goes to one above it that stops",
        ),
        "overlap": Kind(
            level="warning",
            tells="one of its words, said alone, goes to a rule above it that stops",
        ),
        "lost_case": Kind(
            level="warning", tells="its own sentence goes to a rule above it that stops"
        ),
        "unreachable": Kind(
            level="warning", tells="its own words or conditions contradict each other"
        ),
        "dead_word": Kind(
            level="warning", tells="one of its words can never count: its own `none` holds it"
        ),
        "expired": Kind(level="warning", tells="all of its `dates` are over"),
        "unexercised": Kind(level="warning", tells="no case says what it must hit"),
        "repeated_case": Kind(level="warning", tells="the same case stands twice"),
        "opposite_cases": Kind(
            level="warning", tells="the same sentence must hit in one case and must not in another"
        ),
        "too_long": Kind(
            level="warning",
            tells="with the longest values its text is over what the platform carries, and is cut",
        ),
        "opposite_tags": Kind(
            level="warning",
            tells="a tag is set and removed by one rule, or by two that act on one sentence",
        ),
        "idle_tag": Kind(
            level="info", tells="it sets a tag it requires, or removes one it excludes"
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something to look at. `proof` is the sentence that shows it, `hint` what to do about it."""

    kind: str
    rule: str
    file: str
    line: int
    column: int = 1
    message: str
    proof: str = ""
    hint: str = ""
    level: FindingLevel = "warning"


def about(rule: Rule, kind: str, message: str, *, proof: str = "", hint: str = "") -> Finding:
    """A finding at the rule. Raises KeyError for a kind that is not in `KINDS`."""
    return Finding(
        kind=kind,
        rule=rule.id,
        file=rule.file,
        line=rule.line,
        column=rule.column,
        message=message,
        proof=proof,
        hint=hint,
        level=KINDS[kind].level,
    )


def at_step(found: Finding, rule: Rule, number: int) -> Finding:
    """The finding at one step of its rule: there is what must be edited."""
    line, column = rule.place_of(number)
    return replace(found, line=line, column=column)


def about_case(rule: Rule, case: Case, kind: str, message: str, *, hint: str = "") -> Finding:
    """A finding at one case of the rule, with its sentence for proof."""
    found = about(rule, kind, message, proof=case.text or case.key, hint=hint)
    return replace(found, line=case.line, column=case.column)
