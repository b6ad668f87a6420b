"""Counts hits and meetings as they would have come by a draft, for the rules that ask for them."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from bot.clock import micros, moment
from commands.replay.kept import Was
from keyword_rules.rule import Limit, Rule, Subject

_Whose = tuple[str, str, str]  # a rule, whom it counts, and which of those


class Counts:
    """What was counted, and by how much the draft has moved it since the replay began.

    A count that a trace kept is right but for what the draft did otherwise. One that it did not
    keep, as of a limit that the draft brings, is of the hits known from before and the draft's.
    """

    def __init__(self) -> None:
        self._hits: dict[_Whose, list[int]] = defaultdict(list)
        self._moved: dict[_Whose, list[tuple[int, int]]] = defaultdict(list)
        self._met: dict[tuple[str, str], int] = defaultdict(int)
        self._met_moved: dict[tuple[str, str], int] = defaultdict(int)

    def before(self, rule: str, whose: Mapping[str, str], at_us: int) -> None:
        """Count a hit from before the replay, in order of time."""
        for of, which in whose.items():
            if which:
                self._hits[rule, of, which].append(at_us)

    def of(
        self, rules: Iterable[Rule], was: Was
    ) -> tuple[Mapping[tuple[str, Limit], int], Mapping[str, int]]:
        """Return the earlier hits and meetings of these rules at an event, by the draft."""
        rules = tuple(rules)
        hits = {
            (rule.id, limit): self._count(rule.id, limit, was)
            for rule in rules
            for limit in rule.where.limits
        }
        return hits, {rule.id: self._meetings(rule.id, was) for rule in rules if rule.where.nth}

    def note(self, was: Was, old: Sequence[str], new: Sequence[str]) -> None:
        """Count what acted then, and what acts by the draft."""
        places = whose(was.subject)
        for rule in {*old, *new}:
            moved = (rule in new) - (rule in old)
            for of, which in places.items():
                if which and rule in new:
                    self._hits[rule, of, which].append(was.at_us)
                if which and moved:
                    self._moved[rule, of, which].append((was.at_us, moved))

    def meet(self, was: Was, new: Sequence[str]) -> None:
        """Count who met what then, and who meets it by the draft."""
        for rule in new:
            self._met[rule, was.person] += 1
        for rule in was.met.union(new):
            self._met_moved[rule, was.person] += (rule in new) - (rule in was.met)

    def _count(self, rule: str, limit: Limit, was: Was) -> int:
        local = was.subject.local or moment(was.at_us)
        since_local = limit.since(local)
        since = micros(since_local) if since_local else 0
        asked = (rule, limit.of, whose(was.subject).get(limit.of, ""))
        known = was.subject.counts.get((rule, limit))
        if known is None:
            times = self._hits.get(asked, ())
            return len(times) - bisect_left(times, since)
        return known + sum(by for at, by in self._moved.get(asked, ()) if at >= since)

    def _meetings(self, rule: str, was: Was) -> int:
        known = was.subject.met.get(rule)
        if known is None:
            return self._met.get((rule, was.person), 0)
        return known + self._met_moved.get((rule, was.person), 0)


def whose(subject: Subject) -> Mapping[str, str]:
    """Return whom a hit of this subject is counted for; a group is known by its pool."""
    return {"member": subject.person, "store": subject.store, "group": subject.group}
