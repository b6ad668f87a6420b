"""One decided event against a draft: which rules act instead, and what they do otherwise."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import orjson

from commands.replay.counting import Counts
from commands.replay.kept import Was
from keyword_rules.match import RuleSet
from keyword_rules.rule import Rule, Step, Subject, Trace

_TO_EMPLOYEES = frozenset({"app", "aibot"})  # there only words act (docs/reference/rules.md)
_WORDS = frozenset({"reply", "topic"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """An event then and by the draft: rules in order, and the steps that only one of them has."""

    was: Was
    old: tuple[str, ...]
    new: tuple[str, ...]
    lost: tuple[Step, ...] = ()
    gained: tuple[Step, ...] = ()
    unknown: tuple[str, ...] = ()  # rules that acted then and are no longer in the home
    old_steps: tuple[Step, ...] = field(default=(), repr=False)
    new_steps: tuple[Step, ...] = field(default=(), repr=False)

    @property
    def changed(self) -> bool:
        """Whether the customer would have got anything else; another rule alone is not that."""
        return bool(self.lost or self.gained)


class Comparer:
    """Compares events, in the order in which they were decided."""

    def __init__(self, live: RuleSet, draft: RuleSet, counts: Counts) -> None:
        self._live = live
        self._draft = draft
        self._counts = counts
        self._old = {rule.id: rule for rule in live.rules}
        self._new = {rule.id: rule for rule in draft.rules}

    def compare(self, was: Was) -> Compared:
        """Return what the draft makes of an event, and count it for what follows.

        Where a trace does not keep what was compared, the home's rules stand for those of then.
        """
        trace = self._match(self._draft, was)
        new = tuple(hit.rule for hit in trace.hits)
        old = was.acted
        if old is None:
            old = tuple(hit.rule for hit in self._match(self._live, was).hits)
        if was.silent:  # nothing acts, and nothing is counted
            return Compared(was=was, old=old, new=new)
        self._counts.note(was, old, new)
        self._counts.meet(was, trace.met)
        return self._compared(was, old, new)

    def _match(self, rules: RuleSet, was: Was) -> Trace:
        asking = rules.candidates(was.subject) if rules.limited else ()
        hits, met = self._counts.of(asking, was)
        return rules.match(replace(was.subject, counts=hits, met=met))

    def _compared(self, was: Was, old: tuple[str, ...], new: tuple[str, ...]) -> Compared:
        old_steps = _steps(old, self._old, was.subject)
        new_steps = _steps(new, self._new, was.subject)
        return Compared(
            was=was,
            old=old,
            new=new,
            lost=_only_in(old_steps, new_steps),
            gained=_only_in(new_steps, old_steps),
            unknown=tuple(rule for rule in old if rule not in self._old),
            old_steps=old_steps,
            new_steps=new_steps,
        )


def _steps(acting: Iterable[str], rules: Mapping[str, Rule], subject: Subject) -> tuple[Step, ...]:
    known = (rules[rule] for rule in acting if rule in rules)
    steps = (step for rule in known for step in rule.do)
    only_words = subject.channel in _TO_EMPLOYEES
    return tuple(step for step in steps if not only_words or step.verb in _WORDS)


def _only_in(some: Sequence[Step], others: Sequence[Step]) -> tuple[Step, ...]:
    left = Counter(map(_name, others))
    found = []
    for step in some:
        if left[_name(step)]:
            left[_name(step)] -= 1
        else:
            found.append(step)
    return tuple(found)


def _name(step: Step) -> bytes:
    args = {name: value for name, value in step.args.items() if value != ""}
    return orjson.dumps((step.verb, args), option=orjson.OPT_SORT_KEYS)
