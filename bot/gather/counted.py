"""Counts what was, for the rules that ask for it: hits within their limits, meetings with them.

Only rules whose words are in what happened are counted, all of them in one query: a shop may have
thousands with a limit, and a message shows the words of few.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.clock import micros
from bot.db import rule_hits
from bot.db.rule_hits import MET, Tally, Whose
from bot.db.tx import Tx
from keyword_rules.rule import Limit, Rule

_SHARED = frozenset({"group", "store"})  # limits that several members use up together


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Who is counted here: the member, the store and the group; "" = there is none."""

    person: str
    store: str
    chat: str

    def id_of(self, limit: Limit) -> tuple[Whose, str]:
        """Return whom a limit counts here."""
        match limit.of:
            case "store":
                return Whose.STORE, self.store
            case "group":
                return Whose.GROUP, self.chat
            case _:
                return Whose.MEMBER, self.person


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Earlier hits by rule and limit, and the member's meetings by rule."""

    hits: Mapping[tuple[str, Limit], int] = field(default_factory=dict)
    met: Mapping[str, int] = field(default_factory=dict)


async def counted(tx: Tx, rules: Sequence[Rule], place: Place, local: datetime) -> Counted:
    """Count for these rules; what a store or a group shares is held until the decision is made.

    Two deciders that come at once must not both find the last place free.
    """
    if not rules:
        return Counted()
    await tx.lock(*_shared(rules, place))
    limits, nths = [*_limits(rules, place, local)], [*_nths(rules, place)]
    tallies = [tally for _, tally in limits] + [tally for _, tally in nths]
    found = await rule_hits.counts(tx, tallies)
    hits = dict(zip((name for name, _ in limits), found, strict=False))
    met = dict(zip((rule for rule, _ in nths), found[len(limits) :], strict=True))
    return Counted(hits=hits, met=met)


def _shared(rules: Sequence[Rule], place: Place) -> Iterator[str]:
    for rule in rules:
        for limit in rule.where.limits:
            whose, which = place.id_of(limit)
            if limit.of in _SHARED and which:
                yield f"limit:{whose.value}:{which}:{rule.id}"


def _limits(
    rules: Sequence[Rule], place: Place, local: datetime
) -> Iterator[tuple[tuple[str, Limit], Tally]]:
    for rule in rules:
        for limit in rule.where.limits:
            whose, which = place.id_of(limit)
            if which:
                yield (
                    (rule.id, limit),
                    Tally(
                        rule=rule.id, whose=whose, id=which, since_us=_since(limit, local),
                        most=limit.times,
                    ),
                )  # fmt: skip


def _nths(rules: Sequence[Rule], place: Place) -> Iterator[tuple[str, Tally]]:
    for rule in rules:
        if rule.where.nth and place.person:
            yield rule.id, Tally(rule=rule.id, whose=Whose.MEMBER, id=place.person, op=MET)


def _since(limit: Limit, local: datetime) -> int:
    since = limit.since(local)
    return micros(since) if since else 0
