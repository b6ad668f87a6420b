"""Adds up what a draft would have changed: by rule, tag, campaign and pool."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from commands.replay.comparing import Compared
from keyword_rules.rule import Step


@dataclass(slots=True, kw_only=True)
class Tally:
    """Events and members that gain something, or lose it."""

    gained: int = 0
    lost: int = 0
    gaining: set[str] = field(default_factory=set)
    losing: set[str] = field(default_factory=set)

    def gain(self, person: str) -> None:
        """Count one more for a member."""
        self.gained += 1
        self.gaining |= {person} - {""}

    def lose(self, person: str) -> None:
        """Count one less for a member."""
        self.lost += 1
        self.losing |= {person} - {""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How often something was given to each member: then, and by the draft."""

    old: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)


class Totals:
    """What came of all events; `changes` are the first `limit` that differ."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.events = 0
        self.changed = 0
        self.otherwise = 0  # another rule acts, and does the same
        self.silent = 0
        self.of_words_only = 0
        self.by_other_rules = 0
        self.members: set[str] = set()
        self.changes: list[Compared] = []
        self.rules: dict[str, Tally] = defaultdict(Tally)
        self.verbs: dict[str, Tally] = defaultdict(Tally)
        self.tags: dict[str, Tally] = defaultdict(Tally)
        self.campaigns: dict[str, Shown] = defaultdict(Shown)
        self.pools: dict[str, Shown] = defaultdict(Shown)
        self.unknown: Counter[str] = Counter()

    def add(self, compared: Compared, live: str) -> None:
        """Count one event; `live` is the hash of the rules that the home has now."""
        was = compared.was
        self.events += 1
        self.silent += was.silent
        self.of_words_only += was.acted is None
        self.by_other_rules += was.ruleset != live
        self.unknown.update(compared.unknown)
        if was.silent:
            return
        self._add_rules(compared)
        self._add_steps(compared)
        if compared.changed:
            self.changed += 1
            self.members |= {was.person} - {""}
            if len(self.changes) < self._limit:
                self.changes.append(compared)
        elif set(compared.old) != set(compared.new):
            self.otherwise += 1

    def _add_rules(self, compared: Compared) -> None:
        person = compared.was.person
        for rule in compared.new:
            if rule not in compared.old:
                self.rules[rule].gain(person)
        for rule in compared.old:
            if rule not in compared.new:
                self.rules[rule].lose(person)

    def _add_steps(self, compared: Compared) -> None:
        person = compared.was.person
        for step in compared.gained:
            self.verbs[step.verb].gain(person)
        for step in compared.lost:
            self.verbs[step.verb].lose(person)
        self._add_tags(compared)
        for step in compared.old_steps:
            if shown := self._shown(step):
                shown.old[person] += 1
        for step in compared.new_steps:
            if shown := self._shown(step):
                shown.new[person] += 1

    def _add_tags(self, compared: Compared) -> None:
        gained, lost = _tags(compared.gained), _tags(compared.lost)
        for tag in gained - lost:
            self.tags[tag].gain(compared.was.person)
        for tag in lost - gained:
            self.tags[tag].lose(compared.was.person)

    def _shown(self, step: Step) -> Shown | None:
        if step.verb == "grant":
            return self.campaigns[str(step.args["campaign"])]
        if step.verb == "invite":
            return self.pools[str(step.args["pool"])]
        return None


def _tags(steps: Iterable[Step]) -> set[str]:
    """Return tags as they are changed: +name is written, -name is taken away."""
    found = set()
    for step in steps:
        sign = {"tag": "+", "untag": "-"}.get(step.verb)
        names = step.args.get("names", ())
        if sign and isinstance(names, tuple):
            found |= {f"{sign}{name}" for name in names}
    return found
