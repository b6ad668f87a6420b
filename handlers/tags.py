"""Tags: every interaction leaves a line in the member's journal; the platforms' labels follow."""

from collections.abc import Iterable, Sequence

from bot.actions import Action, Label, MarkReach, Output, Tag, Untag
from bot.events import ProfileRead
from bot.facts import Reach, Situation
from keyword_rules.rule import Step

_PROOFS = ("token", "passphrase")  # both are one now, though only one of them may have a way
_OA_LABEL_BYTES = 30  # oa/api.md section 4; a longer tag stays ours alone


def tag(situation: Situation, step: Step) -> Iterable[Output]:
    """Add the rule's tags."""
    for name in names_of(step):
        yield Tag(name=name)


def untag(situation: Situation, step: Step) -> Iterable[Output]:
    """Take the rule's tags back; one the member does not have is left alone."""
    member = situation.facts.member
    for name in names_of(step):
        if member and name in member.tags:
            yield Untag(name=name)


def names_of(step: Step) -> tuple[str, ...]:
    """Return the tag names of a step."""
    names = step.args["names"]
    return names if isinstance(names, tuple) else (str(names),)


def mirror(situation: Situation, actions: Sequence[Action]) -> Iterable[Action]:
    """Yield labels that follow this plan's tags, for each way the member can be reached.

    When a way was just learnt to be the same person's, every current tag follows to every way; to
    one by which they had gone and are back, every current tag, for its platform may have none.
    """
    member = situation.facts.member
    if member is None:
        return
    add = [a.name for a in actions if isinstance(a, Tag) and a.name not in member.tags]
    remove = [a.name for a in actions if isinstance(a, Untag)]
    linked = isinstance(situation.event, ProfileRead) or situation.facts.links.how
    ways = [*_ways(situation, member.reaches, actions)]
    if linked and (len(ways) > 1 or situation.facts.links.how in _PROOFS):
        add = [*member.tags, *(n for n in add if n not in member.tags)]
    kept = [n for n in member.tags if n not in remove]
    lost = {_key(one) for one in member.reaches if not one.on}
    for reach in ways:
        wanted = [*kept, *add] if _key(reach) in lost else add
        fitting = [n for n in dict.fromkeys(wanted) if _fits(reach, n)]
        gone = [n for n in dict.fromkeys(remove) if _fits(reach, n)]
        if fitting or gone:
            yield Label(
                account=reach.account,
                member=reach.address,
                staff=reach.staff,
                add=tuple(fitting),
                remove=tuple(gone),
            )


def _fits(reach: Reach, name: str) -> bool:
    return reach.channel != "oa" or len(name.encode()) <= _OA_LABEL_BYTES


def _key(way: Reach | MarkReach) -> tuple[str, str, str]:
    return way.account, way.address, way.staff


def _ways(
    situation: Situation, known: Sequence[Reach], actions: Sequence[Action]
) -> Iterable[Reach]:
    ways = {_key(r): r for r in known}
    for action in actions:
        if isinstance(action, MarkReach):
            channel = "wecom" if action.staff else "oa"
            ways[_key(action)] = Reach(
                account=action.account,
                channel=channel,
                address=action.address,
                staff=action.staff,
                on=action.on,
            )
    return [w for w in ways.values() if w.on]
