"""Stages: where a member stands is what their orders and names speak for, and nothing else."""

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import replace

from bot.actions import Action, MoveStage, Tag, Untag
from bot.facts import Facts, Member, Situation, StageRule

Finish = Callable[[Situation, Sequence[Action]], Iterable[Action]]
FIRST_ORDER, AGAIN = "消费/首单", "消费/复购"
PREFIX = "阶段/"
VISITOR = "visitor"


def moved(situation: Situation) -> Iterable[Action]:
    """Yield the move to the stage that is due, and the tags that go with it, at any event.

    A refund moves back as an order moves forward. Nothing is yielded where the content has no
    stages, or all is as it should be.
    """
    facts = situation.facts
    member, ladder = facts.member, facts.content.stages
    if member is None or not ladder:
        return
    due = reached(facts, member)
    stage = due.stage if due else VISITOR
    if stage != member.stage:
        yield MoveStage(stage=stage, why=_why(facts, due))
    had = {name for name in member.tags if name.startswith(PREFIX)}
    yield from _tagged(member, had, {PREFIX + due.name} if due else set())
    bought = {FIRST_ORDER: facts.orders.count > 0, AGAIN: facts.orders.count > 1}
    yield from _tagged(member, bought.keys(), {name for name, true in bought.items() if true})


def then(finish: Finish) -> Finish:
    """Let a page that sees the whole plan see what `moved` adds to it."""

    def both(situation: Situation, actions: Sequence[Action]) -> Iterable[Action]:
        steps = tuple(moved(situation))
        yield from steps
        yield from finish(situation, (*actions, *steps))

    return both


def reached(facts: Facts, member: Member) -> StageRule | None:
    """Return the highest stage whose condition the member meets; None: a visitor."""
    met = [rule for rule in facts.content.stages if _meets(rule, facts, member)]
    return met[-1] if met else None


def as_due(situation: Situation) -> Situation:
    """Return the situation with the member in the stage that is due, for what is said at once."""
    facts = situation.facts
    if facts.member is None or not facts.content.stages:
        return situation
    due = reached(facts, facts.member)
    member = replace(facts.member, stage=due.stage if due else VISITOR)
    return replace(situation, facts=replace(facts, member=member))


def _meets(rule: StageRule, facts: Facts, member: Member) -> bool:
    bought = facts.orders
    return (
        (rule.orders > 0 and bought.count >= rule.orders)
        or (rule.spend_fen > 0 and bought.spend_fen >= rule.spend_fen)
        or any(alias.kind in rule.names for alias in member.aliases)
    )


def _why(facts: Facts, due: StageRule | None) -> str:
    bought = f"{facts.orders.count} 单，净消费 {facts.orders.spend_fen} 分"
    return bought if due is None or facts.orders.count else "留了手机号或会员卡"


def _tagged(member: Member, ours: Set[str], due: set[str]) -> Iterable[Action]:
    for name in sorted(due - member.tags.keys()):
        yield Tag(name=name)
    for name in sorted((ours & member.tags.keys()) - due):
        yield Untag(name=name)
