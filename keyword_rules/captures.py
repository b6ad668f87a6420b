"""What named groups of a rule's patterns found, and how it gets into the rule's texts."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace

from keyword_rules.patterns import capture_names, captured
from keyword_rules.rule import Mode, Phrase, Rule, Step
from keyword_rules.template import Template
from keyword_rules.words import visible

LONGEST_CAPTURE = 200  # characters
_MOST_SEARCHED = 4_096  # characters, as of a comparable text


def names_of(rule: Rule) -> tuple[str, ...]:
    """The names that a rule's patterns may capture, in order, each once."""
    says = (*rule.say.all, *rule.say.any) if rule.say else ()
    keys = rule.key.any if rule.key else ()
    found = (name for one in (*says, *keys) for name in names_in(one))
    return (*dict.fromkeys(found),)


def names_in(phrase: Phrase) -> tuple[str, ...]:
    """The names that one phrase may capture: none unless it is a pattern."""
    return capture_names(phrase.text) if phrase.mode is Mode.REGEX else ()


def caught(phrases: Iterable[Phrase], raw: str, text: str) -> Mapping[str, str]:
    """What the patterns among these phrases captured; of two with one name the first counts.

    Looked for in what was said, so that its letters keep their case; only where the pattern does
    not match that, in the text that was compared. Values are one line of at most 200 characters.
    """
    said = visible(unicodedata.normalize("NFKC", raw[:_MOST_SEARCHED]))
    values: dict[str, str] = {}
    for phrase in phrases:
        if names_in(phrase):
            found = captured(phrase.text, said) or captured(phrase.text, text)
            for name, value in found.items():
                if line := _one_line(value):
                    values.setdefault(name, line)
    return values


def filled(
    steps: Iterable[Step], names: Iterable[str], values: Mapping[str, str]
) -> tuple[Step, ...]:
    """The steps with these slots of their texts in place; other slots stay as they are."""
    wanted = frozenset(names)
    return tuple(_filled(step, wanted, values) for step in steps)


def _filled(step: Step, names: frozenset[str], values: Mapping[str, str]) -> Step:
    if not step.templates:
        return step
    texts = {
        arg: Template.parse(written).filled(names, values)
        for arg in step.templates
        if isinstance(written := step.args.get(arg), str)
    }
    return replace(step, args={**step.args, **texts})


def _one_line(value: str) -> str:
    plain = "".join(char if char.isprintable() else " " for char in value)
    return " ".join(plain.split())[:LONGEST_CAPTURE]
