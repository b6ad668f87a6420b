"""In which order the rules of a set answer, and after which of them the search ends."""

from collections.abc import Iterator, Sequence

from commands.importing.replies import Keywords, ReplySet, says
from keyword_rules.rule import Mode

_RANKS = 50  # how many priorities a set may take; further rules share the last


def ranks(found: ReplySet, top: int) -> tuple[tuple[int, bool], ...]:
    """Return for each rule of a set its priority, `top` or below, and whether it stops.

    Where one sentence gets every answer in turn, the order of the set becomes one of priorities,
    and a rule stops only when no later rule can answer the same sentence.
    """
    if not found.every:
        return tuple((top, True) for _ in found.rules)
    return tuple(
        (top - min(number, _RANKS - 1), _is_last(rule, found.rules[number + 1 :]))
        for number, rule in enumerate(found.rules)
    )


def _is_last(rule: Keywords, later: Sequence[Keywords]) -> bool:
    if not later:
        return True
    if any(mode is not Mode.EQUALS for _, mode in rule.words):
        return False
    return not any(_may_hit(word, later) for word, _ in rule.words)


def _may_hit(text: str, later: Sequence[Keywords]) -> bool:
    return any(mode is Mode.REGEX or says(word, mode, text) for word, mode in _words(later))


def _words(rules: Sequence[Keywords]) -> Iterator[tuple[str, Mode]]:
    for rule in rules:
        yield from rule.words
