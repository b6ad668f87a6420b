"""Short ways to make rules for tests."""

from keyword_rules.match import RuleSet, compile_rules
from keyword_rules.rule import TEXT, Mode, Phrase, Rule, Say, Where


def phrases(mode: str, *words: str) -> tuple[Phrase, ...]:
    """The words as phrases of one mode."""
    return tuple(Phrase(text=word, mode=Mode(mode)) for word in words)


def rule(
    name: str,
    mode: str = "contains",
    *words: str,
    where: Where | None = None,
    priority: int = 0,
    stop: bool = True,
) -> Rule:
    """A rule that hits any of the words."""
    return Rule(
        id=name,
        file="test.yaml",
        line=1,
        column=3,
        on=frozenset({TEXT}),
        say=Say(any=phrases(mode, *words)),
        where=where or Where(),
        priority=priority,
        stop=stop,
    )


def by_character(text: str) -> tuple[str, ...]:
    """A segmenter that sees a word in every character, for rules that need no dictionary."""
    return tuple(text)


def ruleset(*rules: Rule) -> RuleSet:
    """Rules compiled without a dictionary."""
    return compile_rules(rules, segment=by_character)
